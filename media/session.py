"""One peer: the ICE checks it must pass, its DTLS association, its SRTP keys, and its deadlines.

States run one way: ICE -> DTLS -> CONNECTED -> CLOSED. The agent is ICE-lite (RFC 8445 section 2.5):
it answers checks, contacts nobody, and sends where `PeerPaths` says. A datagram that
makes no sense is counted and dropped; only a flood of authentic ones, a goodbye or a deadline ends a session.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from config.ids import SessionId
from media import rtcp, rtp, stun
from media.batch import Address
from media.dtls import Certificate, DtlsAssociation, DtlsRole, DtlsState, Fingerprint
from media.endpoint import Endpoint
from media.malformed import Malformed
from media.peer_paths import PeerPaths
from media.srtp import SrtpError, SrtpReceiver, SrtpSender

MAX_MALFORMED_PER_SECOND = 1000
MAX_REPORTERS = 16
"""Different senders of RTCP that one peer may have."""
REFUSED, ADMITTED, UNNAMED = 0, 1, 2
"""What a party says to packets of a source; with the last the packet itself has to say what it belongs to."""


class Stage(StrEnum):
    """How far a session has come; the first three have deadlines named after them."""

    ICE = "ice"
    DTLS = "dtls"
    MEDIA = "media"
    CONNECTED = "connected"
    CLOSED = "closed"


class Role(StrEnum):
    """What a session is for."""

    PUBLISHER = "publisher"
    VIEWER = "viewer"


class Party(Protocol):
    """The publisher or viewer behind a session; called on the loop, must not raise."""

    def connected(self, session: Session) -> None:
        """The keys are there: media may flow."""

    def moved(self) -> None:
        """The peer is now reached at another address."""

    def admits(self, ssrc: int, payload_type: int) -> int:
        """Tell, before anything is decrypted or remembered, whether such packets were agreed on."""

    def introduce(self, packet: rtp.RtpPacket, data: bytes) -> None:
        """Hear, in the header of `data`, which source an authentic packet of an unnamed one belongs to."""

    def take_rtp(self, packet: rtp.RtpPacket, now: float) -> None:
        """Take a packet that was admitted and is authentic."""

    def take_rtcp(self, parts: list[rtcp.Part], now: float) -> None:
        """Take reports and requests."""

    def closed(self) -> None:
        """The session is over; nothing more will come or can be sent."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """The ICE and DTLS facts of both sides that the offer and the answer exchanged."""

    name: str
    password: str
    fingerprints: tuple[Fingerprint, ...]
    peer_waits: bool


class Session:
    """One peer from its offer to its end; `close` may be called at any time, more than once."""

    def __init__(
        self, id_: SessionId, role: Role, address: str, credentials: Credentials, certificate: Certificate,
        endpoint: Endpoint, party: Party, malformed: Malformed, clock: Callable[[], float],
        on_close: Callable[[Session], None],
    ) -> None:
        self.id = id_
        self.role = role
        self.network_address = address
        self.stage = Stage.ICE
        self.party = party
        self.sender: SrtpSender | None = None
        self._receiver: SrtpReceiver | None = None
        self._credentials = credentials
        self._endpoint = endpoint
        self._malformed = malformed
        self._clock = clock
        self._on_close = on_close
        self._paths = PeerPaths(endpoint)
        dtls_role = DtlsRole.CLIENT if credentials.peer_waits else DtlsRole.SERVER
        self._dtls = DtlsAssociation(certificate, dtls_role, credentials.fingerprints, self.send)
        self.stage_since = self.heard_at = clock()
        self.retransmit_at: float | None = None
        self._bad_second, self._bad_count = 0, 0
        self._reporters: set[bytes] = set()
        self._next_name = self._next_password = ""
        endpoint.expect(credentials.name, self)

    # What the socket calls.

    def check_path(self, request: stun.StunMessage, address: Address) -> bytes | None:
        """Answer an ICE check (RFC 8445 section 7.3); None when it was not made with our password."""
        password = self._password_for(request)
        if request.kind != stun.BINDING_REQUEST or not request.is_signed_with(password):
            return None
        if stun.ICE_CONTROLLED in request.attributes:
            return stun.binding_error(request, 487, "Role Conflict", password)
        if self._paths.is_anothers(address, self):
            return None
        self.heard_at = now = self._clock()
        self._paths.remember(address, self)
        if self.remote is None or request.nominates:
            self._finish_restart(request)
            if self._paths.nominate(address, now):
                self.party.moved()
        if self.stage is Stage.ICE:
            self._enter(Stage.DTLS)
            self._dtls.start()
            self._after_dtls()
        return stun.binding_success(request, address[:2], password)

    def take_dtls(self, data: bytes, address: Address) -> None:
        """Take a handshake datagram from an address that passed a check."""
        if self._paths.shake_hands(address):
            self.party.moved()
        self._dtls.handle(data)
        self._after_dtls()

    def take_media(self, data: bytes, address: Address) -> None:
        """Open an SRTP or SRTCP datagram and pass it on; what is not authentic is counted and dropped.

        libsrtp keeps state for every SSRC it opens a packet of, so those not agreed on go unopened.
        """
        if self._receiver is None:
            return
        try:
            if len(data) < rtp.HEADER_BYTES:
                self._malformed.counts["srtp"] += 1
            elif 192 <= data[1] <= 223:
                self._take_rtcp(self._receiver, data, address)
            elif admission := self.party.admits(int.from_bytes(data[8:12], "big"), data[1] & 0x7F):
                self._take_rtp(self._receiver, data, address, admission)
            else:
                self._malformed.counts["rtp"] += 1  # not agreed on, but no nonsense either
        except SrtpError:
            self._malformed.counts["srtp"] += 1  # anybody may have written it in the peer's name

    def holds(self, address: Address) -> bool:
        """Whether the peer has just sent something authentic from there."""
        return self._paths.holds(address, self._clock())

    # What the relay calls.

    @property
    def remote(self) -> Address | None:
        """Where the peer is reached; None before its first check."""
        return self._paths.remote

    def overdue(self, now: float, pending_seconds: float, consent_seconds: float) -> str | None:
        """Return the stage whose deadline has passed: ice, dtls, media or consent."""
        if self.stage in (Stage.ICE, Stage.DTLS, Stage.MEDIA) and now - self.stage_since > pending_seconds:
            return str(self.stage)
        return "consent" if now - self.heard_at > consent_seconds else None

    def retransmit_handshake(self, now: float) -> None:
        """Send the last flight of the handshake again when its answer is overdue."""
        if self.stage is not Stage.DTLS:
            self.retransmit_at = None
        elif self.retransmit_at is not None and now >= self.retransmit_at:
            self._dtls.handle_timeout()
            self._after_dtls()

    def send(self, data: bytes) -> None:
        """Send bytes to the peer as they are."""
        remote = self._paths.remote
        if remote is not None and self.stage is not Stage.CLOSED:
            self._endpoint.send(data, remote)

    def send_rtcp(self, packet: bytes) -> None:
        """Protect and send a compound packet, if the keys are there."""
        if self.sender is not None:
            self.send(self.sender.protect_rtcp(packet))

    def close(self) -> None:
        """Say goodbye, free all the peer holds here, and tell those concerned."""
        if self.stage is Stage.CLOSED:
            return
        self._dtls.close()
        self.stage = Stage.CLOSED
        for name in filter(None, (self._credentials.name, self._next_name)):
            self._endpoint.forget_name(name)
        self._paths.forget(self)
        self._on_close(self)
        self.party.closed()

    @property
    def is_pending(self) -> bool:
        """Whether the session still has to prove that it is real."""
        return self.stage in (Stage.ICE, Stage.DTLS, Stage.MEDIA)

    def restart_ice(self, name: str, password: str) -> None:
        """Take checks under new credentials too (RFC 8445 section 9); another restart replaces them.

        DTLS and SRTP stay as they are. The old credentials and the path hold until the peer nominates a path
        under the new ones, so a restart that comes to nothing ends nothing.
        """
        if self._next_name:
            self._endpoint.forget_name(self._next_name)
        self._next_name, self._next_password = name, password
        self._endpoint.expect(name, self)

    def media_flows(self) -> None:
        """Note a publisher's first packet: the last deadline is met."""
        if self.stage is Stage.MEDIA:
            self._enter(Stage.CONNECTED)

    def _password_for(self, request: stun.StunMessage) -> str:
        is_next = self._next_name and request.username.partition(":")[0] == self._next_name
        return self._next_password if is_next else self._credentials.password

    def _finish_restart(self, request: stun.StunMessage) -> None:
        """Forget the old credentials if the path was nominated under the new ones."""
        if self._next_name and request.username.partition(":")[0] == self._next_name:
            self._endpoint.forget_name(self._credentials.name)
            self._credentials = replace(self._credentials, name=self._next_name, password=self._next_password)
            self._next_name = self._next_password = ""

    def _take_rtp(self, receiver: SrtpReceiver, data: bytes, address: Address, admission: int) -> None:
        now = self._clock()
        try:
            packet = receiver.open_rtp(data)
        except rtp.RtpError:
            self.heard_at = now
            self._count_malformed("rtp")
            return
        self.heard_at = now
        if self._paths.follow(address, now):
            self.party.moved()
        if admission == UNNAMED:
            self.party.introduce(packet, data)
        self.party.take_rtp(packet, now)

    def _take_rtcp(self, receiver: SrtpReceiver, data: bytes, address: Address) -> None:
        reporter = data[4:8]
        if reporter not in self._reporters and len(self._reporters) >= MAX_REPORTERS:
            self._malformed.counts["rtcp"] += 1
            return
        plain = receiver.unprotect_rtcp(data)
        self._reporters.add(reporter)
        self.heard_at = now = self._clock()
        if self._paths.follow(address, now):
            self.party.moved()
        try:
            parts = rtcp.parse(plain)
        except rtcp.RtcpError:
            self._count_malformed("rtcp")
            return
        self.party.take_rtcp(parts, now)

    def _count_malformed(self, kind: str) -> None:
        """Count, and close when one peer sends a thousand such authentic packets in a second."""
        self._malformed.counts[kind] += 1
        second = int(self._clock())
        self._bad_count = self._bad_count + 1 if second == self._bad_second else 1
        self._bad_second = second
        if self._bad_count > MAX_MALFORMED_PER_SECOND:
            self.close()

    def _after_dtls(self) -> None:
        if self._dtls.state in (DtlsState.FAILED, DtlsState.CLOSED):
            self.close()
            return
        wait = self._dtls.timeout()
        self.retransmit_at = None if wait is None else self._clock() + wait
        if self._dtls.state is DtlsState.CONNECTED and self.sender is None:
            keys = self._dtls.keys()
            publishes = self.role is Role.PUBLISHER
            self.sender, self._receiver = SrtpSender(keys), SrtpReceiver(keys, expects_media=publishes)
            self._enter(Stage.MEDIA if publishes else Stage.CONNECTED)
            self.party.connected(self)

    def _enter(self, stage: Stage) -> None:
        self.stage = stage
        self.stage_since = self._clock()

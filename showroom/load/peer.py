"""A light WebRTC peer: full ICE, DTLS client, SRTP.

One UDP socket each, connected to the server's one candidate. The owner reads the socket, hands datagrams
to `take`, calls `tick` a few times a second, and gets the media that arrives from `on_media`.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from enum import StrEnum

from media import stun
from media.dtls import Certificate, DtlsAssociation, DtlsRole, DtlsState
from media.srtp import SrtpReceiver, SrtpSender
from showroom.load.sdp import Answer, Direction, Identity, read_answer, write_offer, write_reply

CHECK_SECONDS = 0.1
"""Between two checks of the path until the first is answered."""
CONSENT_SECONDS = 5.0
SILENCE_SECONDS = 15.0
"""A server that answers no check for so long is gone (RFC 7675 allows twice that)."""
BUFFER_BYTES = 4 << 20
SO_RCVBUFFORCE = 33
"""Linux, for the privileged: beyond the limit of the system."""
PRIORITY = 1_845_501_695


class PeerState(StrEnum):
    """How far a peer has come; CLOSED is final."""

    NEW = "new"
    CHECKING = "checking"
    SHAKING_HANDS = "shaking hands"
    CONNECTED = "connected"
    CLOSED = "closed"


class Peer:
    """One end of one session. `close` frees the socket; a goodbye is said when connected."""

    def __init__(
        self, certificate: Certificate, on_media: Callable[[memoryview], None],
        consent_seconds: float = CONSENT_SECONDS,
        *,
        controlling: bool = True,
    ) -> None:
        self.state = PeerState.NEW
        self.sender: SrtpSender | None = None
        self.receiver: SrtpReceiver | None = None
        self.on_connected: Callable[[], None] = _nothing
        self.on_closing: Callable[[int], object] = _nobody
        """Told the socket's file before it is closed, whoever closes it."""
        self.payload_types: dict[str, int] = {}
        self._certificate = certificate
        self._identity = Identity.fresh(certificate.fingerprint)
        self._on_media = on_media
        self._consent_seconds = consent_seconds
        self._controlling = controlling
        self._answer: Answer | None = None
        self._dtls: DtlsAssociation | None = None
        self._next_check = 0.0
        self._heard_at = 0.0
        self._next_handshake: float | None = None
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        widen(self.socket)

    def offer(self, direction: Direction, ssrcs: dict[str, int], video: str = "h264") -> str:
        """Return the offer to post."""
        return write_offer(self._identity, direction, ssrcs, video)

    def reply(self, offer: str) -> str:
        """Return the answer to the offer of a server that offers itself."""
        return write_reply(self._identity, offer)

    def begin(self, answer: str, now: float) -> None:
        """Take the server's answer and begin to check the path; raises `AnswerError`."""
        self._answer = read_answer(answer)
        self.payload_types = self._answer.payload_types
        self.socket.connect(self._answer.address)
        self._dtls = DtlsAssociation(
            self._certificate, DtlsRole.CLIENT, self._answer.fingerprints, self._send_handshake
        )
        self.state = PeerState.CHECKING
        self._heard_at = now
        self.tick(now)

    def take(self, data: memoryview, now: float) -> None:
        """Take one datagram (RFC 7983 tells them apart)."""
        first = data[0] if len(data) else 255
        if first >= 128:
            self._on_media(data)
        elif first < 4:
            self._take_stun(data, now)
        elif 20 <= first < 64 and self._dtls:
            self._dtls.handle(data)
            self._after_dtls(now)

    def tick(self, now: float) -> None:
        """Do what is due: checks and consent, repeats of the handshake, the end of patience."""
        if self.state in (PeerState.NEW, PeerState.CLOSED):
            return
        if now - self._heard_at > SILENCE_SECONDS:
            self.close()
            return
        if now >= self._next_check:
            self._check()
            is_new = self.state is PeerState.CHECKING
            self._next_check = now + (CHECK_SECONDS if is_new else self._consent_seconds)
        if self._dtls and self._next_handshake is not None and now >= self._next_handshake:
            self._dtls.handle_timeout()
            self._after_dtls(now)

    def send(self, data: bytes) -> bool:
        """Send bytes as they are; tell whether the kernel took them."""
        if self.state is PeerState.CLOSED:
            return False
        try:
            self.socket.send(data)
        except (BlockingIOError, ConnectionRefusedError):
            return False  # a full buffer, or nobody there any more: silence ends the session
        return True

    @property
    def is_closed(self) -> bool:
        """Whether the session is over."""
        return self.state is PeerState.CLOSED

    def close(self) -> None:
        """Say goodbye and free the socket."""
        if self.state is PeerState.CLOSED:
            return
        if self._dtls:
            self._dtls.close()
        self.vanish()

    def vanish(self) -> None:
        """Free the socket without a goodbye."""
        if self.state is not PeerState.CLOSED:
            self.on_closing(self.socket.fileno())
        self.state = PeerState.CLOSED
        self.socket.close()

    def _send_handshake(self, data: bytes) -> None:
        self.send(data)

    def _take_stun(self, data: memoryview, now: float) -> None:
        try:
            message = stun.parse(data)
        except stun.StunError:
            return
        if message.kind == stun.BINDING_REQUEST and message.is_signed_with(self._identity.password):
            self.send(stun.binding_success(message, self.socket.getpeername(), self._identity.password))
            return  # a server with full ICE checks the path from its side too
        if self._answer is None or message.kind != stun.BINDING_SUCCESS:
            return
        if not message.is_signed_with(self._answer.password):
            return
        self._heard_at = now
        if self.state is PeerState.CHECKING and self._dtls:
            self.state = PeerState.SHAKING_HANDS
            self._next_check = now + self._consent_seconds
            self._dtls.start()
            self._after_dtls(now)

    def _check(self) -> None:
        if self._answer is None:
            return
        names = f"{self._answer.ufrag}:{self._identity.ufrag}"
        is_ours = self._controlling
        self.send(stun.binding_request(names, self._answer.password, priority=PRIORITY, controlling=is_ours,
                                       nominate=is_ours))

    def _after_dtls(self, now: float) -> None:
        if self._dtls is None:
            return
        if self._dtls.state in (DtlsState.FAILED, DtlsState.CLOSED):
            self.close()
            return
        wait = self._dtls.timeout()
        self._next_handshake = None if wait is None else now + wait
        if self._dtls.state is DtlsState.CONNECTED and self.sender is None:
            keys = self._dtls.keys()
            self.sender, self.receiver = SrtpSender(keys), SrtpReceiver(keys)
            self.state = PeerState.CONNECTED
            self.on_connected()


def widen(sock: socket.socket) -> None:
    """Ask for a large receive buffer: a process that waits for its core must not lose packets meanwhile."""
    try:
        sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER_BYTES)
    except OSError:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)


def _nothing() -> None:
    """Nobody waits for the connection."""


def _nobody(_file: int) -> None:
    """Nobody reads the socket."""

"""A small WebRTC peer for tests: a real socket, real ICE checks, DTLS and SRTP, and a link that may lose."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable
from typing import Any

from media import rtcp, rtp, stun
from media.dtls import Certificate, DtlsAssociation, DtlsRole, DtlsState, Fingerprint
from media.srtp import SrtpError, SrtpReceiver, SrtpSender
from showroom.load.peer import widen

VIDEO, AUDIO, AGAIN = 96, 111, 97
KEY, DELTA = b"\x10\x00" + bytes(40), b"\x10\x01" + bytes(40)
"""VP8 payloads that begin a keyframe and another frame."""


class Peer(asyncio.DatagramProtocol):
    """Publishes or views; `lose_out` and `lose_in` tell which datagrams of SRTP get lost."""

    def __init__(self, direction: str = "recvonly") -> None:
        self.direction = direction
        self.ssrcs = {VIDEO: secrets.randbits(31), AUDIO: secrets.randbits(31)}
        self.ufrag, self.password = secrets.token_hex(4), secrets.token_hex(12)
        self.certificate = Certificate.generate()
        self.packets: list[rtp.RtpPacket] = []
        self.parts: list[rtcp.Part] = []
        self.lose_out: Callable[[bytes], bool] = lambda _: False
        self.lose_in: Callable[[bytes], bool] = lambda _: False
        self.changed = asyncio.Event()
        self.transport: Any = None
        self.dtls: DtlsAssociation | None = None
        self.sender: SrtpSender | None = None
        self._receiver: SrtpReceiver | None = None
        self.checked = False
        self.mapped: stun.Address = ("", 0)
        """Where the relay says that a check came from."""
        self.replays = 0

    def offer(self, *, extra: str = "", video: str = "VP8/90000", ssrcs: bool = True,
              again: bool = False) -> str:
        """Return an offer of one audio and one video section; `again` for retransmissions (RFC 4588)."""
        number = f"{VIDEO} {AGAIN}" if again else f"{VIDEO}"
        extra += f"a=rtpmap:{AGAIN} rtx/90000\r\na=fmtp:{AGAIN} apt={VIDEO}\r\n" if again else ""
        common = (f"c=IN IP4 0.0.0.0\r\na=ice-ufrag:{self.ufrag}\r\na=ice-pwd:{self.password}\r\n"
                  f"a=fingerprint:sha-256 {self.certificate.fingerprint}\r\na=setup:actpass\r\n"
                  f"a={self.direction}\r\na=rtcp-mux\r\n")
        named = ssrcs and self.direction == "sendonly"

        def source(kind: int) -> str:
            return f"a=ssrc:{self.ssrcs[kind]} cname:x\r\n" if named else ""

        return ("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n"
                f"m=audio 9 UDP/TLS/RTP/SAVPF {AUDIO}\r\na=mid:0\r\n{common}a=rtpmap:{AUDIO} opus/48000/2\r\n"
                f"{source(AUDIO)}m=video 9 UDP/TLS/RTP/SAVPF {number}\r\na=mid:1\r\n{common}"
                f"a=rtpmap:{VIDEO} {video}\r\na=rtcp-fb:{VIDEO} nack\r\na=rtcp-fb:{VIDEO} nack pli\r\n"
                f"{source(VIDEO)}{extra}")

    async def open(self, answer: str) -> None:
        """Bind a socket and note what the answer says, without sending anything."""
        self.remote_ufrag = _find(answer, r"a=ice-ufrag:(\S+)")
        self.remote_password = _find(answer, r"a=ice-pwd:(\S+)")
        self.remote_fingerprint = _find(answer, r"a=fingerprint:sha-256 (\S+)")
        self.remote = (_find(answer, r" udp \d+ (\S+)"), int(_find(answer, r" udp \d+ \S+ (\d+) typ")))
        loop = asyncio.get_running_loop()
        self.transport, _ = await loop.create_datagram_endpoint(lambda: self, remote_addr=self.remote)
        widen(self.transport.get_extra_info("socket"))

    async def connect(self, answer: str) -> Peer:
        """Run checks and the handshake to the end."""
        await self.open(answer)
        self.check()
        await self.until(lambda: self.checked)
        self.shake_hands()
        await self.until(lambda: self.sender is not None)
        return self

    async def move(self, fragment: str = "") -> None:
        """Check from another port, as another network would give, under what a restart may have said."""
        old = self.transport
        if fragment:
            self.remote_ufrag = _find(fragment, r"a=ice-ufrag:(\S+)")
            self.remote_password = _find(fragment, r"a=ice-pwd:(\S+)")
        loop = asyncio.get_running_loop()
        self.transport, _ = await loop.create_datagram_endpoint(lambda: self, remote_addr=self.remote)
        widen(self.transport.get_extra_info("socket"))
        old.close()
        await self.answered_check()

    async def answered_check(self, **changes: Any) -> None:
        """Check the path and wait for the answer."""
        self.checked = False
        self.check(**changes)
        await self.until(lambda: self.checked)

    def check(self, **changes: Any) -> None:
        username = f"{self.remote_ufrag}:{self.ufrag}"
        request = {"nominate": True, **changes}
        self.transport.sendto(stun.binding_request(username, self.remote_password, **request))

    def shake_hands(self) -> None:
        expected = (Fingerprint("sha-256", self.remote_fingerprint),)
        self.dtls = DtlsAssociation(self.certificate, DtlsRole.CLIENT, expected, self.transport.sendto)
        self.dtls.start()

    def datagram_received(self, data: bytes, addr: Any) -> None:
        if data[0] < 4:
            answer = stun.parse(data)
            self.checked = answer.kind == stun.BINDING_SUCCESS
            self.mapped = answer.mapped_address if self.checked else self.mapped
        elif data[0] < 64 and self.dtls:
            self.dtls.handle(data)
            if self.dtls.state is DtlsState.CONNECTED and self.sender is None:
                self.sender, self._receiver = SrtpSender(self.dtls.keys()), SrtpReceiver(self.dtls.keys())
        elif self._receiver and not self.lose_in(data):
            self._take_media(self._receiver, data)
        self.changed.set()

    def _take_media(self, receiver: SrtpReceiver, data: bytes) -> None:
        try:
            if 192 <= data[1] <= 223:
                self.parts += rtcp.parse(receiver.unprotect_rtcp(data))
            else:
                self.packets.append(rtp.parse(receiver.unprotect_rtp(data)))
        except SrtpError:
            self.replays += 1  # sent again although it had come

    def send(self, kind: int, sequence: int, payload: bytes, *, timestamp: int | None = None,
             marker: bool = True, ssrc: int | None = None) -> None:
        """Send one RTP packet; timestamps advance 3000 a packet unless given."""
        timestamp = sequence * 3000 if timestamp is None else timestamp
        self.send_plain(rtp.build(kind, marker, sequence, timestamp, ssrc or self.ssrcs[kind], payload))

    def send_plain(self, packet: bytes) -> None:
        assert self.sender
        data = self.sender.protect_rtp(packet)
        if not self.lose_out(data):
            self.transport.sendto(data)

    def send_rtcp(self, packet: bytes) -> None:
        assert self.sender
        self.transport.sendto(self.sender.protect_rtcp(packet))

    def video(self) -> list[rtp.RtpPacket]:
        return [p for p in self.packets if p.payload_type == VIDEO]

    @property
    def is_closed(self) -> bool:
        return self.dtls is not None and self.dtls.state is DtlsState.CLOSED

    async def until(self, condition: Callable[[], bool], seconds: float = 20) -> None:
        """Wait until what arrives makes the condition true."""
        async with asyncio.timeout(seconds):
            while not condition():
                self.changed.clear()
                await self.changed.wait()

    def close(self) -> None:
        if self.transport:
            self.transport.close()


def _find(text: str, pattern: str) -> str:
    found = re.search(pattern, text)
    assert found, pattern
    return found.group(1)

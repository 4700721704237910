"""A light WHIP publisher: sends an encoded clip in a loop, in real time, as an encoder would."""

from __future__ import annotations

import asyncio
import random
import time
from collections import OrderedDict
from dataclasses import dataclass

import aiohttp
from yarl import URL

from media import rtcp, rtp
from media.dtls import Certificate
from media.srtp import SrtpError
from showroom.load.clip_file import CLOCK_RATES, Clip, Moment
from showroom.load.delay import Departures
from showroom.load.door import knock, leave
from showroom.load.peer import Peer
from showroom.load.sdp import Direction

CONNECT_SECONDS = 10.0
HISTORY_PACKETS = 1024
"""Packets kept per kind to be sent again when the server misses them."""
BURST_PACKETS = 12
BURST_SECONDS = 0.002
"""A large key frame is sent in bursts, so that it does not overrun the first buffer on its way."""
REPORT_SECONDS = 1.0
READS_PER_WAKE = 64
NAME = "light"


class Lost(Exception):
    """The session ended before it was meant to."""


@dataclass(slots=True)
class Source:
    """One stream: where its counters stand, and what was sent lately."""

    ssrc: int
    payload_type: int
    sequence: int
    """Counts on beyond 16 bits."""
    start: int
    packets: int = 0
    octets: int = 0
    timestamp: int = 0


class Publisher:
    """Publishes one clip to one WHIP address. `open`, then `play` until cancelled or `Lost`, then `close`."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        url: str,
        clip: Clip,
        bearer: str = "",
        certificate: Certificate | None = None,
    ) -> None:
        self._http = http
        self._url = url
        self._clip = clip
        self._bearer = bearer
        self._peer = Peer(certificate or Certificate.generate(), self._take_media)
        self._sources = {
            kind: Source(random.getrandbits(32), 0, random.getrandbits(15), random.getrandbits(31))
            for kind in CLOCK_RATES
        }
        self._history: OrderedDict[tuple[int, int], bytes] = OrderedDict()
        self._session: URL | None = None
        self._buffer = memoryview(bytearray(2048))
        self.departures: Departures | None = None
        self.resent = 0
        self.keyframe_requests = 0

    @property
    def packets(self) -> int:
        """How many packets have been sent, repeats not counted."""
        return sum(source.packets for source in self._sources.values())

    async def open(self) -> None:
        """Post the offer and connect; raises `Refused`, `AnswerError` or `Lost`."""
        loop = asyncio.get_running_loop()
        ssrcs = {kind: source.ssrc for kind, source in self._sources.items()}
        offer = self._peer.offer(Direction.SEND, ssrcs, self._clip.video)
        opened = await knock(self._http, self._url, offer, self._bearer)
        self._session = opened.location
        connected = loop.create_future()
        self._peer.on_connected = lambda: connected.set_result(None)
        self._peer.begin(opened.answer, loop.time())
        for kind, source in self._sources.items():
            source.payload_type = self._peer.payload_types.get(kind, 0)
        loop.add_reader(self._peer.socket.fileno(), self._read)
        self._peer.on_closing = loop.remove_reader
        deadline = loop.time() + CONNECT_SECONDS
        while not connected.done():
            if loop.time() > deadline or self._peer.is_closed:
                raise Lost("the server answered the offer, but no media path opened")
            self._peer.tick(loop.time())
            await asyncio.wait([connected], timeout=0.05)

    async def play(self, after_seconds: float = 0.0) -> None:
        """Send the clip round after round; raises `Lost` when the server ends the session."""
        loop = asyncio.get_running_loop()
        start, report_at, lap = loop.time() + after_seconds, 0.0, 0
        while True:
            for moment in self._clip.moments:
                at = lap * self._clip.seconds + moment.at_seconds
                await asyncio.sleep(start + at - loop.time())
                await self._send_moment(moment, at)
                now = loop.time()
                self._peer.tick(now)
                if self._peer.is_closed:
                    raise Lost("the server ended the session")
                if now >= report_at:
                    self._report()
                    report_at = now + REPORT_SECONDS
            lap += 1

    async def close(self) -> None:
        """End the session and free the socket."""
        self._peer.close()
        if self._session is not None:
            await leave(self._http, self._session, self._bearer)
            self._session = None

    async def _send_moment(self, moment: Moment, at: float) -> None:
        source = self._sources[moment.kind]
        source.timestamp = source.start + round(at * CLOCK_RATES[moment.kind])
        last = len(moment.payloads) - 1
        for index, payload in enumerate(moment.payloads):
            if index and index % BURST_PACKETS == 0:
                await asyncio.sleep(BURST_SECONDS)
            self._send(source, payload, marker=moment.kind == "video" and index == last)

    def _send(self, source: Source, payload: bytes, *, marker: bool) -> None:
        packet = rtp.build(
            source.payload_type, marker, source.sequence, source.timestamp, source.ssrc, payload
        )
        if self.departures:
            self.departures.note(payload)
        protected = self._transmit(packet, source.sequence >> 16)
        self._history[source.ssrc, source.sequence & 0xFFFF] = protected
        if len(self._history) > 2 * HISTORY_PACKETS:
            self._history.popitem(last=False)
        source.sequence += 1
        source.packets += 1
        source.octets += len(payload)

    def _transmit(self, packet: bytes, wraps: int) -> bytes:
        """Send a packet and return what may be sent again in its place."""
        protected = self._peer.sender.protect_numbered(packet, wraps) if self._peer.sender else None
        if protected is None:
            return b""
        self._peer.send(protected)
        return protected

    def _report(self) -> None:
        """Tell how the streams' clocks relate to time (RFC 3550 section 6.4.1)."""
        if self._peer.sender is None:
            return
        ntp = rtcp.ntp_time(time.time())
        for source in self._sources.values():
            report = rtcp.SenderReport(source.ssrc, ntp, source.timestamp, source.packets, source.octets)
            self._peer.send(self._peer.sender.protect_rtcp(rtcp.sender_report(report, NAME)))

    def _read(self) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(READS_PER_WAKE):
            try:
                size = self._peer.socket.recv_into(self._buffer)
            except (BlockingIOError, ConnectionRefusedError):
                return
            self._peer.take(self._buffer[:size], loop.time())
            if self._peer.is_closed:
                return

    def _take_media(self, data: memoryview) -> None:
        """Read the server's reports and requests; nobody sends media to a publisher."""
        if self._peer.receiver is None or len(data) < 2 or not 192 <= data[1] <= 223:
            return
        try:
            parts = rtcp.parse(self._peer.receiver.unprotect_rtcp(data))
        except (SrtpError, rtcp.RtcpError):
            return
        for part in parts:
            if isinstance(part, rtcp.Nack):
                self._send_again(part)
            elif isinstance(part, rtcp.KeyframeRequest):
                self.keyframe_requests += 1  # a clip cannot make one: the next is two seconds away at most

    def _send_again(self, request: rtcp.Nack) -> None:
        for sequence in request.lost:
            packet = self._history.get((request.media_ssrc, sequence))
            if packet and self._peer.send(packet):
                self.resent += 1

"""Light WHEP viewers, many in one process: each a real session with its own UDP port.

A viewer answers for little: it counts packets by SSRC and sequence number from their clear headers, sends
consent checks and receiver reports, and only opens (decrypts) packets when it is one of the sample.
"""

from __future__ import annotations

import asyncio
import random
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import aiohttp
from yarl import URL

from media import rtcp
from media.dtls import Certificate
from media.srtp import SrtpError
from showroom.load.delay import ROOM, Departures, arrival, stamp_arrivals
from showroom.load.door import knock, leave
from showroom.load.peer import CONSENT_SECONDS, Peer, PeerState
from showroom.load.sdp import Direction

READS_PER_WAKE = 64
TICK_SECONDS = 0.1
REPORT_SECONDS = 1.0
CONNECT_SECONDS = 20.0
RTCP_TYPES = range(192, 224)
_HEADER = struct.Struct("!xBH4xI")
NAME = "light"


@dataclass(slots=True)
class Track:
    """What has come of one SSRC: packets in all, and those whose numbers lie within a window."""

    ssrc: int
    highest: int
    packets: int = 0
    counted: int = 0
    window: tuple[int, int] | None = None
    """The first number of the window and how many numbers it has; 32,767 at most."""

    def take(self, sequence: int) -> None:
        """Count a packet by its sequence number."""
        self.packets += 1
        ahead = (sequence - self.highest) & 0xFFFF
        if ahead < 0x8000:
            self.highest = sequence
        if self.window is not None and (sequence - self.window[0]) & 0xFFFF < self.window[1]:
            self.counted += 1


@dataclass(slots=True)
class Viewer:
    """One viewer of a show; `open`, then packets are counted until `close`."""

    http: aiohttp.ClientSession
    url: str
    certificate: Certificate
    bearer: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    """What the offer carries beside it, where a server wants to be told more."""
    opens: bool = False
    """Whether it decrypts what it receives."""
    tracks: dict[int, Track] = field(default_factory=dict)
    opened: int = 0
    damaged: int = 0
    session: URL | None = None
    consent_seconds: float = CONSENT_SECONDS
    """Between two checks that the server is still there."""
    departures: Departures | None = None
    """Asked how long each packet took, by a viewer that opens."""
    delays: list[float] = field(default_factory=list)
    """Seconds that packets took, from the publisher's socket to this one's."""
    first_packet_seconds: float | None = None
    """From the beginning of `open` to the first packet of media."""
    _began: float = 0.0
    _arrived_ns: int = 0
    _peer: Peer | None = None
    _ssrc: int = field(default_factory=lambda: random.getrandbits(32))
    _report_at: float = 0.0
    _buffer: memoryview = field(default_factory=lambda: memoryview(bytearray(2048)))

    @property
    def is_connected(self) -> bool:
        """Whether media can flow."""
        return self._peer is not None and self._peer.state is PeerState.CONNECTED

    @property
    def packets(self) -> int:
        """How many RTP packets have come."""
        return sum(track.packets for track in self.tracks.values())

    async def open(self) -> None:
        """Post the offer and connect; raises `Refused`, `AnswerError` or TimeoutError."""
        loop = asyncio.get_running_loop()
        self._began = loop.time()
        peer = self._peer = self._new_peer()
        if self.departures:
            stamp_arrivals(peer.socket)
        said = await self._negotiate(peer)
        connected = loop.create_future()
        peer.on_connected = lambda: None if connected.done() else connected.set_result(None)
        peer.begin(said, loop.time())
        loop.add_reader(peer.socket.fileno(), self._read)
        peer.on_closing = loop.remove_reader
        async with asyncio.timeout(CONNECT_SECONDS):
            while not connected.done():
                await asyncio.wait([connected], timeout=TICK_SECONDS)
                self.tick(loop.time())

    def _new_peer(self) -> Peer:
        return Peer(self.certificate, self._take_media, self.consent_seconds)

    async def _negotiate(self, peer: Peer) -> str:
        """Return what the server says of itself."""
        offer = peer.offer(Direction.RECEIVE, {})
        answered = await knock(self.http, self.url, offer, self.bearer, self.headers)
        self.session = answered.location
        return answered.answer

    def tick(self, now: float) -> None:
        """Do what is due: consent, handshake repeats, a report each second."""
        if self._peer is None:
            return
        self._peer.tick(now)
        if self._peer.sender is None or now < self._report_at or not self.tracks:
            return
        self._report_at = now + REPORT_SECONDS
        blocks = [rtcp.ReportBlock(t.ssrc, 0, 0, t.highest, 0, 0, 0) for t in self.tracks.values()]
        self._peer.send(self._peer.sender.protect_rtcp(rtcp.receiver_report(self._ssrc, blocks[:8], NAME)))

    def drop(self) -> None:
        """Vanish without a word, as a phone does in a tunnel."""
        if self._peer is not None:
            self._peer.vanish()

    async def close(self) -> None:
        """End the session and free the socket."""
        if self._peer is not None:
            self._peer.close()
        if self.session is not None:
            await leave(self.http, self.session, self.bearer)
            self.session = None

    def _read(self) -> None:
        """Take what has arrived; media is the common case and is kept short."""
        peer, buffer = self._peer, self._buffer
        if peer is None:
            return
        receive = self._receiver(peer)
        for _ in range(READS_PER_WAKE):
            try:
                size = receive(buffer)
            except (BlockingIOError, ConnectionRefusedError):
                return
            if size and buffer[0] >= 128:
                self._take_media(buffer[:size])
                continue
            peer.take(buffer[:size], asyncio.get_running_loop().time())
            if peer.is_closed:
                return

    def _receiver(self, peer: Peer) -> Callable[[memoryview], int]:
        """Return what reads one datagram into a buffer and returns its length."""
        if not self.departures:
            return peer.socket.recv_into

        def receive(buffer: memoryview) -> int:
            size, ancillary, _, _ = peer.socket.recvmsg_into([buffer], ROOM)
            self._arrived_ns = arrival(ancillary)
            return size

        return receive

    def _take_media(self, data: memoryview) -> None:
        if len(data) < 12:
            return
        kind, sequence, ssrc = _HEADER.unpack_from(data)
        if kind in RTCP_TYPES:
            return
        track = self.tracks.get(ssrc)
        if track is None:
            track = self.tracks[ssrc] = Track(ssrc, sequence)
            if self.first_packet_seconds is None:
                self.first_packet_seconds = asyncio.get_running_loop().time() - self._began
        track.take(sequence)
        if self.opens:
            self._open_packet(data)

    def _open_packet(self, data: memoryview) -> None:
        if self._peer is None or self._peer.receiver is None:
            return
        try:
            plain = self._peer.receiver.unprotect_rtp(data)
        except SrtpError:
            self.damaged += 1
            return
        self.opened += 1
        if self.departures and (delay := self.departures.delay(plain, self._arrived_ns)) is not None:
            self.delays.append(delay)

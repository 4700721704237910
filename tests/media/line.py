"""A way by TCP for the peers of tests: the connection, and who uses it."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from tests.media.peer import Peer
from tests.media.world import World


class Line(asyncio.Protocol):
    """A TCP connection that a peer uses in place of its socket; `pieces` cuts what it sends."""

    def __init__(self, peer: Peer, pieces: int = 0) -> None:
        self._peer = peer
        self._pieces = pieces
        self._buffer = b""
        self.transport: Any = None
        self.is_lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while len(self._buffer) >= 2:
            size = int.from_bytes(self._buffer[:2], "big")
            if len(self._buffer) < 2 + size:
                return
            frame, self._buffer = self._buffer[2 : 2 + size], self._buffer[2 + size :]
            self._peer.datagram_received(frame, None)

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_lost = True

    def sendto(self, data: bytes) -> None:
        framed = len(data).to_bytes(2, "big") + data
        step = self._pieces or len(framed)
        for start in range(0, len(framed), step):
            self.transport.write(framed[start : start + step])

    def close(self) -> None:
        self.transport.close()


async def by_tcp(peer: Peer, answer: str, pieces: int = 0) -> Line:
    """Connect a peer by TCP alone and return its line."""
    await peer.open(answer)
    peer.transport.close()
    found = re.search(r" tcp \d+ (\S+) (\d+) typ host tcptype passive", answer)
    assert found
    loop = asyncio.get_running_loop()
    _, line = await loop.create_connection(lambda: Line(peer, pieces), found[1], int(found[2]))
    peer.transport = line
    peer.check()
    await peer.until(lambda: peer.checked)
    peer.shake_hands()
    await peer.until(lambda: peer.sender is not None)
    return line


async def publisher_by_tcp(w: World, name: str = "room", pieces: int = 0) -> Peer:
    peer = w.peer("sendonly")
    answered = await w.relay.publish(name, peer.offer(), "192.0.2.1")
    w.sessions[peer] = answered.session
    await by_tcp(peer, answered.sdp, pieces)
    return peer


async def viewer_by_tcp(w: World) -> Peer:
    peer = w.peer("recvonly")
    answered = await w.relay.subscribe("room", peer.offer(), "192.0.2.2")
    w.sessions[peer] = answered.session
    await by_tcp(peer, answered.sdp)
    return peer

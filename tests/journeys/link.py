"""A bad line: datagrams pass through it both ways, and a seeded share of them is lost."""

from __future__ import annotations

import asyncio
import random
import socket
from typing import Any

MAX_DATAGRAM = 2048
BUFFER_BYTES = 4 << 20


class Link:
    """Listens on loopback for any number of clients and leads each to `port`; `loss` may change meanwhile.

    So may `kbps`: what comes back then passes no faster, and is lost when it would wait for `queue_seconds`.
    """

    def __init__(self, port: int, loss: float, seed: int = 5) -> None:
        self.passed = self.lost = 0
        self._target = ("127.0.0.1", port)
        self.loss = loss
        self.kbps: float | None = None
        self.queue_seconds = 0.3
        self._free_at = 0.0
        self._random = random.Random(seed)
        self._front = _socket()
        self._front.bind(("127.0.0.1", 0))
        self._backs: dict[Any, socket.socket] = {}
        self._gone: set[Any] = set()
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._front, self._read_front)
        self.port = int(self._front.getsockname()[1])

    def detour(self, port: int) -> str:
        """Return a script for a page that makes it come by this link instead of going to `port`."""
        return f"""
        (() => {{
          const set = RTCPeerConnection.prototype.setRemoteDescription;
          RTCPeerConnection.prototype.setRemoteDescription = function(given) {{
            const sdp = given.sdp.replaceAll(' {port} typ host', ' {self.port} typ host');
            return set.call(this, {{type: given.type, sdp}});
          }};
        }})();
        """

    def cut_off(self) -> None:
        """Lose, without a word, all from and to the addresses seen so far: that network is gone."""
        self._gone.update(self._backs)

    def close(self) -> None:
        """Let nothing through any more."""
        for sock in (self._front, *self._backs.values()):
            self._loop.remove_reader(sock)
            sock.close()

    def _read_front(self) -> None:
        for data, address in _datagrams(self._front):
            back = self._backs.get(address)
            if back is None:
                back = self._backs[address] = _socket()
                back.connect(self._target)
                self._loop.add_reader(back, self._read_back, back, address)
            if self._survives(address):
                back.send(data)

    def _read_back(self, back: socket.socket, address: Any) -> None:
        for data, _ in _datagrams(back):
            wait = self._wait(len(data))
            if wait > self.queue_seconds:
                self.lost += 1
            elif self._survives(address):
                self._loop.call_later(wait, self._front.sendto, data, address)

    def _wait(self, size: int) -> float:
        """Return how long a datagram waits for those before it on a narrow line."""
        if self.kbps is None:
            return 0.0
        now = self._loop.time()
        wait = max(0.0, self._free_at - now)
        if wait <= self.queue_seconds:
            self._free_at = now + wait + size * 8 / (1000 * self.kbps)
        return wait

    def _survives(self, address: Any) -> bool:
        survives = address not in self._gone and self._random.random() >= self.loss
        self.passed += survives
        self.lost += not survives
        return survives


def _socket() -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setblocking(False)
    for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
        sock.setsockopt(socket.SOL_SOCKET, option, BUFFER_BYTES)
    return sock


def _datagrams(sock: socket.socket) -> Any:
    while True:
        try:
            yield sock.recvfrom(MAX_DATAGRAM)
        except (BlockingIOError, ConnectionRefusedError):
            return

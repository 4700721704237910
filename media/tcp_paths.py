"""ICE over TCP (RFC 6544): passive candidates under the number of the UDP port, for lines without UDP.

A connection carries what would otherwise be datagrams, each behind its length (RFC 4571). It is one more
address to the rest of the server: what comes by it is sorted like a datagram. Its first frame has to be a
signed ICE check, before a deadline; anything else ends it, and nothing but the answer is sent there.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections import Counter as Tally
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

from config.networks import network_of
from media.batch import Address

LENGTH_BYTES = 2
MAX_FRAME = 2048
MAX_WAITING_BYTES = 256 * 1024
"""What may wait for a slow reader: a second of a show. Beyond it frames are dropped, as a router would."""
GOODBYE_SECONDS = 2.0
"""How long a connection that is needed no more may take over sending what waits."""
TURN_SECONDS = 0.002
"""How long frames are taken before others have the loop, whoever sent them: one read may bring thousands."""
BACKLOG = 128
"""Connections the kernel keeps until we take them."""


@dataclass(frozen=True, slots=True)
class TcpLimits:
    """How many connections there may be, in all and unproved from one host, and how long those have."""

    total: int
    unproved_per_host: int
    unproved_seconds: float


def is_tcp(address: Address) -> bool:
    """Tell whether an address is a TCP connection: host, port and a number of its own."""
    return len(address) == 3


class TcpPaths:
    """The connections of one listening socket; `take` gets every frame with its address."""

    def __init__(self, take: Callable[[bytes, Address], None], limits: TcpLimits) -> None:
        self._take = take
        self._limits = limits
        self._paths: dict[Address, _Path] = {}
        self._unproved: Tally[str] = Tally()
        self._numbers = count(1)
        self._server: asyncio.Server | None = None
        self._late: deque[_Path] = deque()
        self._turn_ends: float | None = None
        self.refused = 0
        """Connections turned away or given up since the last look."""
        self.dropped = 0
        """Frames that did not fit a connection since the last look."""

    def __len__(self) -> int:
        return len(self._paths)

    async def open(self, sock: socket.socket) -> None:
        """Take connections from a bound socket, which is ours from now on."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Path(self), sock=sock, backlog=BACKLOG)

    def close(self) -> None:
        """Take no more connections and end those there are."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for path in list(self._paths.values()):
            path.abort()

    def prove(self, address: Address) -> None:
        """Lift the deadline: a signed check has come by this connection."""
        path = self._paths.get(address)
        if path is not None and not path.is_proved:
            path.is_proved = True
            path.lift_deadline()
            self._count_proved(path)

    def send(self, data: bytes, address: Address) -> None:
        """Send one frame, if the connection is still there and keeps up."""
        path = self._paths.get(address)
        if path is None or not path.send(data):
            self.dropped += 1

    def end(self, address: Address) -> None:
        """End a connection that is needed no more."""
        path = self._paths.get(address)
        if path is not None:
            path.close()

    def admit(self, path: _Path, host: str, port: int) -> Address | None:
        """Return the address of a new connection, None when there are too many."""
        network, limits = network_of(host), self._limits
        if len(self._paths) >= limits.total or self._unproved[network] >= limits.unproved_per_host:
            self.refused += 1
            return None
        address = (host, port, next(self._numbers))
        self._paths[address] = path
        self._unproved[network] += 1
        path.set_deadline(self._limits.unproved_seconds, path.give_up)
        return address

    def take(self, data: bytes, address: Address) -> None:
        """Hand a frame on."""
        self._take(data, address)

    def has_time(self) -> bool:
        """Tell whether more frames may be taken in this turn of the loop."""
        now = time.monotonic()
        if self._turn_ends is None:
            self._turn_ends = now + TURN_SECONDS
            asyncio.get_running_loop().call_soon(self._begin_turn)
        return now < self._turn_ends

    def put_off(self, path: _Path) -> None:
        """Have a connection go on in the next turn, behind those that have waited longer."""
        self._late.append(path)

    def forget(self, path: _Path) -> None:
        """Note that a connection has ended."""
        self._paths.pop(path.address, None)
        path.lift_deadline()
        if not path.is_proved:
            self._count_proved(path)

    def _begin_turn(self) -> None:
        self._turn_ends = None
        for _ in range(len(self._late)):
            self._late.popleft().go_on()

    def _count_proved(self, path: _Path) -> None:
        network = network_of(path.address[0])
        self._unproved[network] -= 1
        if self._unproved[network] <= 0:
            del self._unproved[network]


class _Path(asyncio.Protocol):
    """One connection: cuts the stream into frames."""

    def __init__(self, paths: TcpPaths) -> None:
        self._paths = paths
        self._transport: Any = None
        self._buffer = bytearray()
        self._is_answered = False
        self._is_late = False
        self.address: Address = ()
        self.is_proved = False
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        host, port = transport.get_extra_info("peername")[:2]
        self.address = self._paths.admit(self, host, port) or ()
        if not self.address:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._is_late:
            self._take_frames()

    def go_on(self) -> None:
        """Take what was left for lack of time, and read again when nothing is."""
        self._is_late = False
        self._take_frames()
        if not self._is_late and not self._transport.is_closing():
            self._transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.address:
            self._paths.forget(self)
            self.address = ()

    def send(self, data: bytes) -> bool:
        """Send one frame; False when too much waits already, or the connection is ending."""
        if self._transport.is_closing() or self._transport.get_write_buffer_size() > MAX_WAITING_BYTES:
            return False
        self._is_answered = True
        self._transport.write(len(data).to_bytes(LENGTH_BYTES, "big") + data)
        return True

    def set_deadline(self, seconds: float, action: Callable[[], None]) -> None:
        """Do this unless the deadline is lifted before; it takes the place of an earlier one."""
        self.lift_deadline()
        self._deadline = asyncio.get_running_loop().call_later(seconds, action)

    def lift_deadline(self) -> None:
        """Let things take their time."""
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def give_up(self) -> None:
        """End a connection that has not shown what it is for."""
        self._paths.refused += 1
        self.abort()

    def close(self) -> None:
        """End the connection when what waits has gone out, and soon even when the peer does not read it."""
        self._transport.close()
        self.set_deadline(GOODBYE_SECONDS, self.abort)

    def abort(self) -> None:
        """End the connection now."""
        self._transport.abort()

    def _take_frames(self) -> None:
        start = 0
        while len(self._buffer) - start >= LENGTH_BYTES and not self._transport.is_closing():
            size = int.from_bytes(self._buffer[start : start + LENGTH_BYTES], "big")
            end = start + LENGTH_BYTES + size
            if size > MAX_FRAME or not (size or self.is_proved):
                self.give_up()
                return
            if end > len(self._buffer):
                break
            if size:  # zero is the null packet (RFC 4571 section 2)
                self._take_frame(bytes(self._buffer[start + LENGTH_BYTES : end]))
            start = end
            if not self._paths.has_time():
                self._put_off()
                break
        del self._buffer[:start]

    def _put_off(self) -> None:
        self._is_late = True
        if not self._transport.is_closing():
            self._transport.pause_reading()
        self._paths.put_off(self)

    def _take_frame(self, frame: bytes) -> None:
        """Hand a frame on; until one has proved the connection, each has to be a check that is answered.

        There may be more than one: a role conflict is answered, but proves nothing.
        """
        self._is_answered = False
        self._paths.take(frame, self.address)
        if not (self.is_proved or self._is_answered):
            self.give_up()

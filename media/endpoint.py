"""The one media port of a process, and who of the peers a datagram is for.

A datagram reaches a peer only from an address at which that peer has proved, by a signed ICE check,
that it is there. Everything else is dropped and counted before any parser of DTLS, RTP or RTCP sees
it. Nothing is ever sent to an address that did not do so.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections import Counter as Tally
from collections import deque
from collections.abc import Callable
from typing import Protocol

from media import stun
from media.arena import Arena
from media.batch import Address
from media.compiled import make_fanout, make_inlet
from media.guard import Guard
from media.tcp_paths import TcpLimits, TcpPaths, is_tcp

READ_SECONDS = 0.002
"""How long reading goes on before others have the loop."""
MAX_WAITING = 8192
"""Datagrams that may wait for room in the socket: about 10 MB."""
BUFFER_BYTES = 8 << 20
ANY_PORT_TRIES = 10
"""Where any port will do, it has to be free for TCP as well."""
ANY_ADDRESS = "::"
"""Bound to it a socket takes IPv4 as well, as addresses that begin with ::ffff: (RFC 4291)."""
MAX_DATAGRAM = 2048
SO_SNDBUFFORCE, SO_RCVBUFFORCE = 32, 33
"""Linux, for the privileged: beyond the limits of the system."""


class Listener(Protocol):
    """A peer, as the socket sees it."""

    def check_path(self, request: stun.StunMessage, address: Address) -> bytes | None:
        """Return the answer to an ICE check, or None when it is not authentic."""

    def take_dtls(self, data: bytes, address: Address) -> None:
        """Take a handshake datagram from an address where it is listened to."""

    def take_media(self, data: bytes, address: Address) -> None:
        """Take an SRTP or SRTCP datagram from such an address."""

    def holds(self, address: Address) -> bool:
        """Whether the peer is there for certain."""


class Watcher(Protocol):
    """The event loop as far as it watches sockets: loops differ in what they return from it."""

    def add_reader(self, fd: int, callback: Callable[[], object], /) -> object:
        """Call back whenever something can be read."""

    def remove_reader(self, fd: int, /) -> object:
        """Do so no more."""

    def add_writer(self, fd: int, callback: Callable[[], object], /) -> object:
        """Call back whenever there is room to write."""

    def remove_writer(self, fd: int, /) -> object:
        """Do so no more."""


class Endpoint:
    """Reads, sorts and sends datagrams. `open` binds, `close` frees the port."""

    def __init__(self, host: str, port: int, threads: int = 1, tcp: TcpLimits | None = None) -> None:
        self._host = host
        self._port = port
        self._socket: socket.socket | None = None
        self._inlet = make_inlet()
        self._loop: Watcher | None = None
        self._by_name: dict[str, Listener] = {}
        self._by_address: dict[Address, Listener] = {}
        self._waiting: deque[tuple[bytes, Address]] = deque()
        self.fileno = -1
        self.arena = Arena()
        """Where batches for this socket are laid out."""
        self.fanout = make_fanout(threads)
        """What sends them where it is installed."""
        self.tcp = TcpPaths(self._take, tcp) if tcp else None
        """The connections that carry datagrams for lines without UDP, where they are allowed."""
        self.guard = Guard()
        self.foreign: Tally[str] = Tally()
        """Datagrams dropped since the last look, by reason."""
        self.malformed_stun = 0
        self.dropped = 0

    async def open(self) -> int:
        """Bind the port and start reading; return its number. Raises `OSError` when it is taken."""
        tries = 1 if self._port or self.tcp is None else ANY_PORT_TRIES
        for left in reversed(range(tries)):
            sock = _bound(self._host, self._port, socket.SOCK_DGRAM)
            port = int(sock.getsockname()[1])
            try:
                if self.tcp is not None:
                    await self.tcp.open(_bound(self._host, port, socket.SOCK_STREAM))
            except OSError:
                sock.close()
                if not left:
                    raise
            else:
                break
        self._socket = sock
        self.fileno = sock.fileno()
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self.fileno, self._read)
        return port

    def close(self) -> None:
        """Stop reading and give the port back; what waits for room is lost."""
        if self._socket is None or self._loop is None:
            return
        if self.tcp is not None:
            self.tcp.close()
        self._loop.remove_reader(self.fileno)
        self._loop.remove_writer(self.fileno)
        self._waiting.clear()
        self._socket.close()
        self._socket = None
        self.fileno = -1

    def expect(self, name: str, listener: Listener) -> None:
        """Answer ICE checks addressed to the user name fragment `name` through `listener`."""
        self._by_name[name] = listener

    def trust(self, address: Address, listener: Listener) -> None:
        """Let datagrams from `address` through to `listener`; a later listener takes the address over."""
        self._by_address[address] = listener
        if self.tcp is not None and is_tcp(address):
            self.tcp.prove(address)

    def listener_at(self, address: Address) -> Listener | None:
        """Return whom datagrams from `address` reach."""
        return self._by_address.get(address)

    def forget_address(self, address: Address, listener: Listener) -> None:
        """Drop what comes from `address` unless another listener has taken it over."""
        if self._by_address.get(address) is listener:
            del self._by_address[address]
            if self.tcp is not None and is_tcp(address):
                self.tcp.end(address)

    def forget_name(self, name: str) -> None:
        """Drop ICE checks addressed to `name`."""
        self._by_name.pop(name, None)

    @property
    def is_congested(self) -> bool:
        """Whether datagrams wait for room in the socket."""
        return bool(self._waiting)

    def send(self, data: bytes, address: Address) -> None:
        """Send one datagram now, or when the socket has room again; beyond a bound it is dropped."""
        if self._socket is None:
            return
        if self.tcp is not None and is_tcp(address):
            self.tcp.send(data, address)
            return
        if self._waiting:
            self._wait(data, address)
            return
        try:
            self._socket.sendto(data, address)
        except BlockingIOError:
            self._wait(data, address)
        except OSError:
            self.dropped += 1  # no route to this one

    def count_dropped(self, count: int) -> None:
        """Note datagrams the kernel would not take."""
        self.dropped += count

    def _wait(self, data: bytes, address: Address) -> None:
        if len(self._waiting) >= MAX_WAITING:
            self.dropped += 1
            return
        if not self._waiting and self._loop is not None:
            self._loop.add_writer(self.fileno, self._write)
        self._waiting.append((data, address))

    def _write(self) -> None:
        while self._waiting and self._socket is not None:
            try:
                self._socket.sendto(*self._waiting[0])
            except BlockingIOError:
                return
            except OSError:
                self.dropped += 1
            self._waiting.popleft()
        if self._loop is not None and self.fileno >= 0:
            self._loop.remove_writer(self.fileno)

    def _read(self) -> None:
        """Take what has arrived, but let others have the loop in between."""
        until = time.monotonic() + READ_SECONDS
        while self._socket is not None and time.monotonic() < until:
            try:
                arrived = self._inlet.read(self.fileno) if self._inlet else self._read_one(self._socket)
            except BlockingIOError:
                return
            except OSError:
                continue  # an earlier send was refused by the far side: of no meaning here
            for data, address in arrived:
                self._take(data, address)
            if not arrived:
                return

    def _read_one(self, sock: socket.socket) -> list[tuple[bytes, Address]]:
        return [sock.recvfrom(MAX_DATAGRAM)]

    def _take(self, data: bytes, address: Address) -> None:
        self.guard.do(self._sort, data, address)

    def _sort(self, data: bytes, address: Address) -> None:
        """Tell STUN, DTLS and SRTP apart by the first byte (RFC 7983)."""
        if not data:
            self.foreign["empty"] += 1
            return
        first = data[0]
        if first < 4:
            self._answer_check(data, address)
            return
        listener = self._by_address.get(address)
        if listener is None:
            self.foreign["source"] += 1
        elif first > 127:
            listener.take_media(data, address)
        elif 20 <= first < 64:
            listener.take_dtls(data, address)

    def _answer_check(self, data: bytes, address: Address) -> None:
        try:
            request = stun.parse(data)
        except stun.StunError:
            self.malformed_stun += 1
            return
        listener = self._by_name.get(request.username.partition(":")[0])
        answer = listener.check_path(request, address) if listener else None
        if answer is None:
            self.foreign["stun"] += 1
        else:
            self.send(answer, address)


def _bound(host: str, port: int, kind: socket.SocketKind) -> socket.socket:
    """Return a non-blocking socket that is bound to the port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, kind)
    try:
        sock.setblocking(False)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, host != ANY_ADDRESS)
        if kind == socket.SOCK_STREAM:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        else:
            _widen(sock)
        sock.bind((host, port))
    except OSError:
        sock.close()
        raise
    return sock


def _widen(sock: socket.socket) -> None:
    """Ask for large buffers; a kernel that caps them gives what it allows."""
    for forced, plain in ((SO_SNDBUFFORCE, socket.SO_SNDBUF), (SO_RCVBUFFORCE, socket.SO_RCVBUF)):
        try:
            sock.setsockopt(socket.SOL_SOCKET, forced, BUFFER_BYTES)
        except OSError:
            sock.setsockopt(socket.SOL_SOCKET, plain, BUFFER_BYTES)

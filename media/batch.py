"""One packet to many receivers: copied once for each, protected in place, handed to the kernel at once.

All receivers of a batch know the codec by the same payload type and have tags of the same length, so
one packet differs for them by its encryption only. Everything that does not change from packet to
packet (slots, addresses, message headers for `sendmmsg`) is laid out when a receiver joins. The
inner loop then runs in C: one copy of the packet into all slots, `srtp_protect` mapped over them,
one system call. Where there is no `sendmmsg`, the same slots go out one by one.
"""

from __future__ import annotations

import ctypes
import errno
import socket
import struct
from array import array
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, Protocol

from media import aiortc_private as private
from media.srtp import SrtpSender

SLOT_BYTES = 1664
"""A packet of at most 1500 bytes with the trailer libsrtp may need."""
MAX_RTP_BYTES = 1500
FIRST_CAPACITY = 8

Address = tuple[Any, ...]


class _Vector(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("size", ctypes.c_size_t))


class _Header(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_void_p), ("name_size", ctypes.c_uint32),
        ("vectors", ctypes.c_void_p), ("vector_count", ctypes.c_size_t),
        ("control", ctypes.c_void_p), ("control_size", ctypes.c_size_t), ("flags", ctypes.c_int),
    )


class _Message(ctypes.Structure):
    _fields_ = (("header", _Header), ("sent", ctypes.c_uint))


_Name = ctypes.c_ubyte * 28
"""Room for the longest socket address we use."""


def _find_sendmmsg() -> Any:
    function = getattr(ctypes.CDLL(None, use_errno=True), "sendmmsg", None)
    if function is not None:
        function.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_uint, ctypes.c_int)
        function.restype = ctypes.c_int
    return function


_sendmmsg: Any = _find_sendmmsg()


class DatagramSender(Protocol):
    """What a batch needs of the socket: its number for whole batches, and a way for single datagrams."""

    @property
    def fileno(self) -> int:
        """The file descriptor of the non-blocking UDP socket."""

    @property
    def is_congested(self) -> bool:
        """Whether datagrams wait for room in the socket."""

    def send(self, data: bytes, address: Address) -> None:
        """Send one datagram now or when there is room; dropped and counted beyond a bound."""

    def count_dropped(self, count: int) -> None:
        """Note datagrams the kernel would not take."""


@dataclass(frozen=True, slots=True)
class _Receiver:
    key: Hashable
    sender: SrtpSender
    address: Address


class Batch:
    """The receivers of one payload type and tag length; order is of no meaning."""

    def __init__(self, socket_: DatagramSender, tag_bytes: int) -> None:
        self._socket = socket_
        self._tag_bytes = tag_bytes
        self._receivers: list[_Receiver] = []
        self._index: dict[Hashable, int] = {}
        self._allocate(FIRST_CAPACITY)

    def __len__(self) -> int:
        return len(self._receivers)

    def add(self, key: Hashable, sender: SrtpSender, address: Address) -> None:
        """Let a receiver take part; the same `key` again replaces it (its address has changed)."""
        receiver = _Receiver(key, sender, address)
        if key in self._index:
            self._place(self._index[key], receiver)
            return
        if len(self._receivers) == self._capacity:
            self._allocate(2 * self._capacity)
        self._index[key] = len(self._receivers)
        self._receivers.append(receiver)
        self._contexts.append(None)
        self._place(self._index[key], receiver)

    def remove(self, key: Hashable) -> None:
        """Leave a receiver out from now on; unknown ones are none to begin with."""
        index = self._index.pop(key, None)
        if index is None:
            return
        last = self._receivers.pop()
        self._contexts.pop()
        if last.key != key:
            self._index[last.key] = index
            self._place(index, last)

    def send(self, packet: bytes) -> int:
        """Send an RTP packet to all; return how many copies went out or wait for room."""
        count = len(self._receivers)
        size = len(packet)
        if not count or size > MAX_RTP_BYTES:
            return 0
        self._view[: SLOT_BYTES * count] = packet.ljust(SLOT_BYTES, b"\0") * count
        self._lengths_view[: 4 * count] = struct.pack("i", size) * count
        codes = list(map(private.srtp_protect, self._contexts, self._slots, self._lengths))
        size += self._tag_bytes
        if any(codes):
            return self._send_singly([i for i, code in enumerate(codes) if not code], size)
        if _sendmmsg is None or self._socket.is_congested:
            return self._send_singly(range(count), size)
        self._sizes[1 : 2 * count : 2] = array("Q", [size]) * count
        return self._send_all(count, size)

    def _send_all(self, count: int, size: int) -> int:
        done = 0
        while done < count:
            went = _sendmmsg(self._socket.fileno, self._first_message + done * ctypes.sizeof(_Message),
                             count - done, socket.MSG_DONTWAIT)
            if went > 0:
                done += went
                continue
            error = ctypes.get_errno()
            if error in (errno.EAGAIN, errno.ENOBUFS):
                return done + self._send_singly(range(done, count), size)
            if error != errno.EINTR:
                self._socket.count_dropped(1)  # this receiver cannot be reached; the others can
                done += 1
        return done

    def _send_singly(self, indices: Any, size: int) -> int:
        for index in indices:
            start = SLOT_BYTES * index
            self._socket.send(bytes(self._view[start : start + size]), self._receivers[index].address)
        return len(indices)

    def _allocate(self, capacity: int) -> None:
        """Lay out room for `capacity` receivers and put the present ones in."""
        self._capacity = capacity
        self._data = private.ffi.new("unsigned char[]", SLOT_BYTES * capacity)
        self._view = memoryview(private.ffi.buffer(self._data))
        self._slots = [self._data + SLOT_BYTES * i for i in range(capacity)]
        lengths = private.ffi.new("int[]", capacity)
        self._lengths_data = lengths
        self._lengths_view = memoryview(private.ffi.buffer(lengths))
        self._lengths = [lengths + i for i in range(capacity)]
        self._vectors = (_Vector * capacity)()
        self._sizes = memoryview(self._vectors).cast("B").cast("Q")
        self._messages = (_Message * capacity)()
        self._first_message = ctypes.addressof(self._messages)
        self._names = (_Name * capacity)()
        self._contexts: list[Any] = [None] * len(self._receivers)
        for index, receiver in enumerate(self._receivers):
            self._place(index, receiver)

    def _place(self, index: int, receiver: _Receiver) -> None:
        self._receivers[index] = receiver
        self._contexts[index] = receiver.sender.context
        name = pack_address(receiver.address)
        ctypes.memmove(self._names[index], name, len(name))
        vector, message = self._vectors[index], self._messages[index].header
        vector.base = int(private.ffi.cast("uintptr_t", self._slots[index]))
        message.name = ctypes.addressof(self._names[index])
        message.name_size = len(name)
        message.vectors = ctypes.addressof(vector)
        message.vector_count = 1


def pack_address(address: Address) -> bytes:
    """Return a socket address as the kernel takes it (`sockaddr_in` or `sockaddr_in6`)."""
    host, port = address[0], address[1]
    if len(address) == 2:
        return struct.pack("=H", socket.AF_INET) + struct.pack("!H", port) + socket.inet_aton(host) + bytes(8)
    flow, scope = address[2], address[3]
    packed = socket.inet_pton(socket.AF_INET6, host.partition("%")[0])
    return (struct.pack("=H", socket.AF_INET6) + struct.pack("!HI", port, flow) + packed
            + struct.pack("=I", scope))

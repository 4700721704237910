"""Packets to many receivers: protected for each in place, handed to the kernel many at a time.

All receivers of a batch know the codec by the same payload type and have tags of the same length, so one
packet differs for them by its encryption only. What does not change from packet to packet (contexts,
addresses) is laid out when a receiver joins; the inner loop then runs in C, see `Arena`. Where there is no
`sendmmsg`, or the socket is full, the same packets go out one by one.
"""

from __future__ import annotations

import ctypes
import errno
import socket
import struct
from array import array
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from media import arena as system
from media.arena import MAX_RTP_BYTES, PORTION, Arena
from media.srtp import SrtpSender

FIRST_CAPACITY = 8
FULL = (errno.EAGAIN, errno.ENOBUFS)

Address = tuple[Any, ...]

_Name = ctypes.c_ubyte * 28
"""Room for the longest socket address we use."""


class DatagramSender(Protocol):
    """What a batch needs of the socket: number and memory for batches, a way for single datagrams."""

    @property
    def fileno(self) -> int:
        """The file descriptor of the non-blocking UDP socket."""

    @property
    def arena(self) -> Arena:
        """Where batches for this socket are laid out."""

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
        self._arena = socket_.arena
        self._tag_bytes = tag_bytes
        self._receivers: list[_Receiver] = []
        self._index: dict[Hashable, int] = {}
        self._contexts: list[Any] = []
        self._name_sizes = array("Q")
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
        self._name_sizes.append(0)
        self._place(self._index[key], receiver)

    def remove(self, key: Hashable) -> None:
        """Leave a receiver out from now on; unknown ones are none to begin with."""
        index = self._index.pop(key, None)
        if index is None:
            return
        last = self._receivers.pop()
        self._contexts.pop()
        self._name_sizes.pop()
        if last.key != key:
            self._index[last.key] = index
            self._place(index, last)

    def send(self, run: Sequence[bytes]) -> int:
        """Send a run of RTP packets to all; return how many copies went out or wait for room.

        All are of one size, the last may be smaller, and there are no more than the arena takes.
        """
        if len(run[0]) > MAX_RTP_BYTES:
            return 0
        count = len(self._receivers)
        return sum(
            self._send_portion(run, start, min(start + PORTION, count)) for start in range(0, count, PORTION)
        )

    def _send_portion(self, run: Sequence[bytes], start: int, end: int) -> int:
        """Send a run to one portion of the receivers."""
        refused = self._arena.fill(run, self._contexts[start:end], self._tag_bytes)
        count = end - start
        if refused or system.sendmmsg is None or self._socket.is_congested:
            return self._send_singly(start, [place for place in range(count) if place not in refused])
        self._arena.direct(self._names[start:end], self._name_sizes[start:end])
        return self._send_all(start, count, len(run))

    def _send_all(self, start: int, count: int, length: int) -> int:
        done = sent = 0
        while done < count:
            went = self._arena.send(self._socket.fileno, done, count)
            if went > 0:
                done, sent = done + went, sent + went * length
            elif -went in FULL:
                return sent + self._send_singly(start, range(done, count))
            elif -went == errno.EIO and length > 1:
                self._arena.longest_run = 1  # this network card cannot have datagrams cut for it
                return sent + self._send_singly(start, range(done, count))
            elif -went == errno.EINVAL and length > 1:
                sent += self._send_singly(start, [done])  # the path to this one takes smaller datagrams only
                done += 1
            elif -went != errno.EINTR:
                self._socket.count_dropped(length)  # this receiver cannot be reached; the others can
                done += 1
        return sent

    def _send_singly(self, start: int, places: Iterable[int]) -> int:
        sent = 0
        for place in places:
            for data in self._arena.datagrams(place):
                self._socket.send(data, self._receivers[start + place].address)
                sent += 1
        return sent

    def _allocate(self, capacity: int) -> None:
        """Lay out room for the addresses of `capacity` receivers and put the present ones in."""
        self._capacity = capacity
        self._name_data = (_Name * capacity)()
        first, size = ctypes.addressof(self._name_data), ctypes.sizeof(_Name)
        self._names = array("Q", range(first, first + size * capacity, size))
        for index, receiver in enumerate(self._receivers):
            self._place(index, receiver)

    def _place(self, index: int, receiver: _Receiver) -> None:
        self._receivers[index] = receiver
        self._contexts[index] = receiver.sender.context
        name = pack_address(receiver.address)
        self._name_sizes[index] = len(name)
        ctypes.memmove(self._name_data[index], name, len(name))


def pack_address(address: Address) -> bytes:
    """Return a socket address as the kernel takes it (`sockaddr_in` or `sockaddr_in6`)."""
    host, port = address[0], address[1]
    if len(address) == 2:
        return struct.pack("=H", socket.AF_INET) + struct.pack("!H", port) + socket.inet_aton(host) + bytes(8)
    flow, scope = address[2], address[3]
    packed = socket.inet_pton(socket.AF_INET6, host.partition("%")[0])
    return (struct.pack("=H", socket.AF_INET6) + struct.pack("!HI", port, flow) + packed
            + struct.pack("=I", scope))

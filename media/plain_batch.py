"""A batch that Python sends: packets are protected in place by libsrtp, many receivers in one system call.

The inner loop runs in C, see `Arena`. Where there is no `sendmmsg`, or the socket is full, the same packets
go out one by one.
"""

from __future__ import annotations

import ctypes
import errno
from array import array
from collections.abc import Iterable, Sequence
from typing import Any

from media import arena as system
from media.arena import PORTION
from media.batch import MAX_RTP_BYTES, TOO_NARROW, Batch, DatagramSender, Receiver, pack_address

FIRST_CAPACITY = 8
FULL = (errno.EAGAIN, errno.ENOBUFS)

_Name = ctypes.c_ubyte * 28
"""Room for the longest socket address we use."""


class PlainBatch(Batch):
    """Receivers whose packets libsrtp protects, of whatever profile."""

    def __init__(self, socket: DatagramSender, tag_bytes: int) -> None:
        super().__init__()
        self._socket = socket
        self._arena = socket.arena
        self._tag_bytes = tag_bytes
        self._contexts: list[Any] = []
        self._name_sizes = array("Q")
        self._allocate(FIRST_CAPACITY)

    def send(self, run: Sequence[bytes], wraps: Sequence[int]) -> int:
        """Send a run to all, see `Batch`; libsrtp counts the wraps itself."""
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
            elif -went in TOO_NARROW and length > 1:
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
        for index, receiver in enumerate(self._receivers[: len(self._contexts)]):
            self._place(index, receiver)

    def _place(self, index: int, receiver: Receiver) -> None:
        if index == self._capacity:
            self._allocate(2 * self._capacity)
        if index == len(self._contexts):
            self._contexts.append(None)
            self._name_sizes.append(0)
        self._contexts[index] = receiver.sender.context
        name = pack_address(receiver.address)
        self._name_sizes[index] = len(name)
        ctypes.memmove(self._name_data[index], name, len(name))

    def _drop_last(self) -> None:
        self._contexts.pop()
        self._name_sizes.pop()

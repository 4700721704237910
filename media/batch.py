"""Packets to many receivers: what batches have in common, and which of the two kinds is at hand.

All receivers of a batch know the codec by the same payload type and have tags of the same length, so one
packet differs for them by its encryption only. What does not change from packet to packet (contexts,
addresses) is laid out when a receiver joins.
"""

from __future__ import annotations

import errno
import socket
import struct
from abc import ABC, abstractmethod
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from media.numbering import AS_IT_IS, Shift
from media.srtp import SrtpSender

if TYPE_CHECKING:
    from media.arena import Arena
    from media.compiled import Fanout

Address = tuple[Any, ...]
MAX_RTP_BYTES = 1500
TOO_NARROW = (errno.EINVAL, errno.EMSGSIZE)
"""What the kernel says where the path takes smaller datagrams than a run has; Linux 6.18 says the second."""


class DatagramSender(Protocol):
    """What a batch needs of the socket: number and memory for batches, a way for single datagrams."""

    @property
    def fileno(self) -> int:
        """The file descriptor of the non-blocking UDP socket."""

    @property
    def arena(self) -> Arena:
        """Where batches for this socket are laid out, and how many packets a message takes."""

    @property
    def fanout(self) -> Fanout | None:
        """The compiled way, where it is installed."""

    @property
    def is_congested(self) -> bool:
        """Whether datagrams wait for room in the socket."""

    def send(self, data: bytes, address: Address) -> None:
        """Send one datagram now or when there is room; dropped and counted beyond a bound."""

    def count_dropped(self, count: int) -> None:
        """Note datagrams the kernel would not take."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """One receiver: who it is to the owner of the batch, its keys, where it is reached, and how it counts."""

    key: Hashable
    sender: SrtpSender
    address: Address
    shift: Shift = AS_IT_IS


class Batch(ABC):
    """The receivers of one payload type and tag length; order is of no meaning."""

    def __init__(self) -> None:
        self._receivers: list[Receiver] = []
        self._index: dict[Hashable, int] = {}

    def __len__(self) -> int:
        return len(self._receivers)

    def add(
        self, key: Hashable, sender: SrtpSender, address: Address, shift: Shift = AS_IT_IS
    ) -> None:
        """Let a receiver take part; the same `key` again replaces it (its address has changed).

        Only a compiled batch heeds `shift`: what others send has the numbers that all in it see.
        """
        receiver = Receiver(key, sender, address, shift)
        index = self._index.setdefault(key, len(self._receivers))
        if index == len(self._receivers):
            self._receivers.append(receiver)
        else:
            self._receivers[index] = receiver
        self._place(index, receiver)

    def remove(self, key: Hashable) -> None:
        """Leave a receiver out from now on; unknown ones are none to begin with."""
        index = self._index.pop(key, None)
        if index is None:
            return
        last = self._receivers.pop()
        self._drop_last()
        if last.key != key:
            self._index[last.key] = index
            self._receivers[index] = last
            self._place(index, last)

    @abstractmethod
    def send(self, run: Sequence[bytes], wraps: Sequence[int]) -> int:
        """Send a run of RTP packets to all; return how many copies went out or wait for room.

        All are of one size, the last may be smaller, and there are no more than the arena takes. `wraps`
        says of each how often its number began anew.
        """

    @abstractmethod
    def _place(self, index: int, receiver: Receiver) -> None:
        """Lay out a receiver, which may be the first at this index."""

    @abstractmethod
    def _drop_last(self) -> None:
        """Forget the layout of the last receiver."""


def pack_address(address: Address) -> bytes:
    """Return a socket address as the kernel takes it (`sockaddr_in` or `sockaddr_in6`)."""
    host, port = address[0], address[1]
    if len(address) == 2:
        return struct.pack("=H", socket.AF_INET) + struct.pack("!H", port) + socket.inet_aton(host) + bytes(8)
    flow, scope = address[2], address[3]
    packed = socket.inet_pton(socket.AF_INET6, host.partition("%")[0])
    return (struct.pack("=H", socket.AF_INET6) + struct.pack("!HI", port, flow) + packed
            + struct.pack("=I", scope))

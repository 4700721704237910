"""Sends one track to all who have caught up with it: a sink whose packets leave in batches.

What comes in one turn of the loop leaves together. Who knows the codec by the same number and has tags of the
same length is in one batch; those who were moved between sizes, and count otherwise, only in a compiled one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import NamedTuple

from media.backlog import MediaPacket
from media.batch import Address, Batch, DatagramSender
from media.codecs import Codec, Kind
from media.compiled_batch import CompiledBatch
from media.numbering import AS_IT_IS, Shift
from media.plain_batch import PlainBatch
from media.segments import runs
from media.single_batch import SingleBatch
from media.srtp import SrtpSender
from media.subscription import Subscription
from media.tcp_paths import is_tcp
from media.track import Track

ASK_AGAIN_SECONDS = 1.0
"""A keyframe that has not come for so long was perhaps asked for in vain: requests get lost like packets."""


class Group(NamedTuple):
    """What the receivers of one batch have in common; each has a shift of its own in a compiled one."""

    codec: Codec
    payload_type: int
    tag_bytes: int
    is_tcp: bool
    shift: Shift


class Places(NamedTuple):
    """How a viewer counts, and the batches it is in."""

    shift: Shift
    groups: tuple[Group, ...]


class Fan:
    """The receivers of one track, and who waits to begin with a key frame of it."""

    def __init__(
        self, track: Track, socket: DatagramSender, loop: asyncio.AbstractEventLoop,
        request_keyframe: Callable[[], None], begin: Callable[[Subscription, Fan], None],
        count: Callable[[int, int], None],
    ) -> None:
        self.track = track
        self.request_keyframe = request_keyframe
        self.waiting: set[Subscription] = set()
        self._asked_at = 0.0
        self._socket = socket
        self._loop = loop
        self._begin = begin
        self._count = count
        self._groups: dict[Group, Batch] = {}
        self._places: dict[Subscription, Places] = {}
        self._known: dict[Places, Places] = {}
        """Viewers who were never moved are in the same places, which need not be kept for each."""
        self._turn: list[MediaPacket] = []

    def __contains__(self, viewer: Subscription) -> bool:
        return viewer in self._places

    @property
    def is_idle(self) -> bool:
        """Whether nobody takes it or waits to."""
        return not self._places and not self.waiting

    def take(self, packet: MediaPacket) -> None:
        """Send a packet to all who are caught up, with what else comes in this turn of the loop."""
        if not self._turn:
            self._loop.call_soon(self.flush)
        self._turn.append(packet)
        if not self.waiting:
            return
        if packet.begins_keyframe:
            for viewer in list(self.waiting):
                self._begin(viewer, self)
        elif self._loop.time() - self._asked_at > ASK_AGAIN_SECONDS:
            self._ask()

    def wait(self, viewer: Subscription) -> None:
        """Have a viewer begin with the next keyframe, which is asked for until it comes."""
        self.waiting.add(viewer)
        self._ask()

    def take_clock(self, kind: Kind, timestamp: int, seconds: float) -> None:
        """Viewers hear of clocks by the reports of their own."""

    def flush(self) -> None:
        """Send what has come in this turn; who joins a batch after it gets nothing twice."""
        turn, self._turn = self._turn, []
        for codec in {packet.codec for packet in turn}:
            packets = (packet for packet in turn if packet.codec is codec)
            for run in runs(packets, self._socket.arena.longest_run):
                for packet in run[:-1]:
                    if packet.padding:
                        self.track.backlog.settle(packet)
                for group, batch in self._groups.items():
                    if group.codec is codec:
                        self._send(run, group, batch)

    def add(self, viewer: Subscription, shift: Shift = AS_IT_IS) -> None:
        """Put a viewer into the batch of each codec it knows: a change of codec then changes nothing."""
        sender, address = viewer.sender, viewer.address
        if sender is None or address is None:
            return
        self.flush()
        places: list[Group] = []
        of_all = AS_IT_IS if self._is_compiled(sender, address) else shift
        for codec, payload_type in viewer.payload_types.items():
            if codec.kind is self.track.kind:
                group = Group(codec, payload_type, sender.tag_bytes, is_tcp(address), of_all)
                batch = self._groups.get(group)
                if batch is None:
                    batch = self._groups[group] = self._open_batch(sender, address)
                batch.add(viewer, sender, address, shift)
                places.append(group)
        found = Places(shift, tuple(places))
        self._places[viewer] = found if shift is not AS_IT_IS else self._known.setdefault(found, found)

    def remove(self, viewer: Subscription) -> None:
        """Send nothing more to a viewer, who has got all that has come."""
        if viewer not in self._places:
            return
        self.flush()
        for group in self._places.pop(viewer).groups:
            batch = self._groups[group]
            batch.remove(viewer)
            if not len(batch):
                del self._groups[group]

    def readdress(self, viewer: Subscription) -> None:
        """Send to the viewer's new address, if it takes part."""
        if viewer in self._places:
            shift = self._places[viewer].shift
            self.remove(viewer)
            self.add(viewer, shift)

    def _ask(self) -> None:
        self._asked_at = self._loop.time()
        self.request_keyframe()

    def _send(self, run: list[MediaPacket], group: Group, batch: Batch) -> None:
        shift = group.shift
        if run[0].sequence < shift.first:
            run = [packet for packet in run if packet.sequence >= shift.first]
        if run:
            size = len(run[0].payload)
            data = [packet.as_rtp(group.payload_type, shift.sequence, shift.timestamp) for packet in run]
            wraps = [packet.sequence + shift.sequence >> 16 for packet in run]
            self._count(batch.send(data, wraps), size + group.tag_bytes)

    def _open_batch(self, sender: SrtpSender, address: Address) -> Batch:
        if is_tcp(address):
            return SingleBatch(self._socket)
        if self._socket.fanout is not None and self._is_compiled(sender, address):
            return CompiledBatch(self._socket, self._socket.fanout)
        return PlainBatch(self._socket, sender.tag_bytes)

    def _is_compiled(self, sender: SrtpSender, address: Address) -> bool:
        return sender.protector is not None and self._socket.fanout is not None and not is_tcp(address)

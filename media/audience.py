"""All viewers of a publication: the sink that fans packets out in batches.

A viewer's sound begins at once. Picture begins at the newest keyframe: what the backlog holds since
then is sent quickly, in portions; caught up, the viewer joins the batch. Where there is no keyframe
young enough, one is asked for; an encoder that does not answer is not waited for long. Nothing is ever
queued for one viewer: whose line is too slow misses picture, then rests from it, and costs nobody anything.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection

from media import rtcp
from media.backlog import MediaPacket
from media.batch import Address, Batch, DatagramSender
from media.codecs import Codec, Kind
from media.compiled_batch import CompiledBatch
from media.plain_batch import PlainBatch
from media.publication import Publication
from media.segments import runs
from media.single_batch import SingleBatch
from media.srtp import SrtpSender
from media.subscription import Subscription
from media.tcp_paths import is_tcp

PORTION_PACKETS = 48
PORTION_SECONDS = 0.004
YOUNG_SECONDS = 2.5
YOUNG_PACKETS = 1536
PATIENCE_SECONDS = 0.5
REST_SECONDS = 2.0
OUR_NAME = "showroom"


class Audience:
    """The viewers who are connected, and what each still has to be sent."""

    def __init__(
        self, publication: Publication, socket: DatagramSender, loop: asyncio.AbstractEventLoop,
        on_change: Callable[[int], None],
    ) -> None:
        self._publication = publication
        self._socket = socket
        self._loop = loop
        self._on_change = on_change
        self._viewers: set[Subscription] = set()
        self._batches: dict[Codec, dict[tuple[int, int, bool], Batch]] = {codec: {} for codec in Codec}
        self._turn: list[MediaPacket] = []
        self._waiting: set[Subscription] = set()
        self._resting: set[Subscription] = set()
        self._catching_up: dict[Subscription, int] = {}
        self._timers: dict[Subscription, asyncio.TimerHandle] = {}
        self.packets_out = 0
        self.bytes_out = 0
        self.pauses = 0

    def __len__(self) -> int:
        return len(self._viewers)

    @property
    def viewers(self) -> list[Subscription]:
        """The connected viewers."""
        return list(self._viewers)

    def take(self, packet: MediaPacket) -> None:
        """Send a packet to all who are caught up, with what else comes in this turn of the loop."""
        if not self._turn:
            self._loop.call_soon(self.flush)
        self._turn.append(packet)
        if packet.begins_keyframe and self._waiting:
            for viewer in list(self._waiting):
                self._start_picture(viewer)

    def take_clock(self, kind: Kind, timestamp: int, seconds: float) -> None:
        """Viewers hear of clocks by the reports of their own."""

    def flush(self) -> None:
        """Send what has come in this turn; who joins a batch after it gets nothing twice."""
        turn, self._turn = self._turn, []
        for codec in {packet.codec for packet in turn}:
            batches = self._batches[codec].items()
            packets = (packet for packet in turn if packet.codec is codec)
            for run in runs(packets, self._socket.arena.longest_run):
                size = len(run[0].payload)
                for packet in run[:-1]:
                    if packet.padding:
                        self._publication.tracks[codec.kind].backlog.settle(packet)
                wraps = [packet.sequence >> 16 for packet in run]
                for (payload_type, tag_bytes, _), batch in batches:
                    data = [packet.as_rtp(payload_type) for packet in run]
                    self._count(batch.send(data, wraps), size + tag_bytes)

    def join(self, viewer: Subscription) -> None:
        """Send packets to this viewer from now on."""
        self._viewers.add(viewer)
        self._on_change(len(self._viewers))
        self._enter_batches(viewer, Kind.AUDIO)
        self.report([viewer])
        self._seek_picture(viewer)

    def rest(self, viewer: Subscription) -> None:
        """Send no picture for a while to one whose line loses most of it, then begin at a keyframe again."""
        if viewer not in self._viewers or viewer in self._without_picture:
            return
        self.pauses += 1
        self._leave_batches(viewer, Kind.VIDEO)
        self._resting.add(viewer)
        self._timers[viewer] = self._loop.call_later(REST_SECONDS, self._seek_picture, viewer)

    def _seek_picture(self, viewer: Subscription) -> None:
        """Begin at the newest keyframe, or ask for one."""
        self._resting.discard(viewer)
        backlog = self._publication.video.backlog
        count = backlog.packets_since_keyframe
        age = self._loop.time() - self._publication.video.keyframe_at
        if count is not None and count <= YOUNG_PACKETS and age <= YOUNG_SECONDS:
            self._start_picture(viewer)
            return
        self._waiting.add(viewer)
        self._publication.request_keyframe()
        if count is not None:
            self._timers[viewer] = self._loop.call_later(PATIENCE_SECONDS, self._start_picture, viewer)

    def leave(self, viewer: Subscription) -> None:
        """Send nothing to this viewer any more."""
        if viewer not in self._viewers:
            return
        self._viewers.discard(viewer)
        self._waiting.discard(viewer)
        self._resting.discard(viewer)
        self._catching_up.pop(viewer, None)
        self._stop_timer(viewer)
        for kind in Kind:
            self._leave_batches(viewer, kind)
        self._on_change(len(self._viewers))

    def readdress(self, viewer: Subscription) -> None:
        """Send to the viewer's new address."""
        if viewer in self._viewers:
            for kind in Kind:
                self._leave_batches(viewer, kind)
                if kind is Kind.AUDIO or viewer not in self._without_picture:
                    self._enter_batches(viewer, kind)

    def report(self, viewers: list[Subscription]) -> None:
        """Tell viewers how the timestamps relate to time, which holds sound and picture together."""
        if not viewers:
            return
        reports = self._publication.sender_reports(self._loop.time())
        packets = [rtcp.sender_report(report, OUR_NAME) for report in reports.values()]
        for viewer in viewers:
            for packet in packets:
                viewer.send_report(packet)

    def close(self) -> None:
        """Forget everybody."""
        for viewer in list(self._viewers):
            self.leave(viewer)

    def _start_picture(self, viewer: Subscription) -> None:
        self._stop_timer(viewer)
        start = self._publication.video.backlog.keyframe
        if start < 0:
            return
        self._waiting.discard(viewer)
        self._catching_up[viewer] = start
        self._catch_up(viewer)

    def _catch_up(self, viewer: Subscription) -> None:
        """Send the next portion; the last one ends in the batch."""
        self._timers.pop(viewer, None)
        cursor = self._catching_up.get(viewer)
        if cursor is None:
            return
        backlog = self._publication.video.backlog
        end = min(cursor + PORTION_PACKETS, backlog.newest + 1)
        for sequence in range(cursor, end):
            packet = backlog.get(sequence)
            if packet is not None and viewer.send(packet):
                self._count(1, len(packet.payload))
        if end > backlog.newest:
            del self._catching_up[viewer]
            self._enter_batches(viewer, Kind.VIDEO)
        else:
            self._catching_up[viewer] = end
            self._timers[viewer] = self._loop.call_later(PORTION_SECONDS, self._catch_up, viewer)

    def _enter_batches(self, viewer: Subscription, kind: Kind) -> None:
        """Put the viewer into the batch of each codec it knows: a change of codec then changes nothing."""
        sender, address = viewer.sender, viewer.address
        if sender is None or address is None:
            return
        self.flush()
        for codec, payload_type in viewer.payload_types.items():
            if codec.kind is kind:
                key = (payload_type, sender.tag_bytes, is_tcp(address))
                batch = self._batches[codec].get(key)
                if batch is None:
                    batch = self._batches[codec][key] = self._open_batch(sender, address)
                batch.add(viewer, sender, address)

    @property
    def _without_picture(self) -> Collection[Subscription]:
        return self._waiting | self._resting | self._catching_up.keys()

    def _leave_batches(self, viewer: Subscription, kind: Kind) -> None:
        for codec, batches in self._batches.items():
            for key, batch in list(batches.items()) if codec.kind is kind else ():
                batch.remove(viewer)
                if not len(batch):
                    del batches[key]

    def _open_batch(self, sender: SrtpSender, address: Address) -> Batch:
        if is_tcp(address):
            return SingleBatch(self._socket)
        if sender.protector is not None and self._socket.fanout is not None:
            return CompiledBatch(self._socket, self._socket.fanout)
        return PlainBatch(self._socket, sender.tag_bytes)

    def _stop_timer(self, viewer: Subscription) -> None:
        timer = self._timers.pop(viewer, None)
        if timer is not None:
            timer.cancel()

    def _count(self, packets: int, size: int) -> None:
        self.packets_out += packets
        self.bytes_out += packets * size

"""All viewers of a publication: who is sent what, and from which packet on.

A viewer's sound begins at once. Picture begins at the newest keyframe: what the backlog holds since
then is sent quickly, in portions; caught up, the viewer joins the fan. Where there is no keyframe
young enough, one is asked for; an encoder that does not answer is not waited for long. Nothing is ever
queued for one viewer: whose line is too slow is sent a smaller size, or misses picture and rests from it, and
costs nobody anything.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable

from media import rtcp
from media.backlog import MediaPacket
from media.batch import DatagramSender
from media.codecs import Kind
from media.fan import Fan
from media.ladder import fitting
from media.layer import Layer
from media.publication import Publication
from media.seat import Seat
from media.sound import Sound
from media.subscription import Subscription

PORTION_PACKETS = 48
PORTION_SECONDS = 0.004
YOUNG_SECONDS = 2.5
YOUNG_PACKETS = 1536
PATIENCE_SECONDS = 0.5
REST_SECONDS = 2.0
MAX_REPORTS = 512
"""Reports of the last ten seconds or so, of which answers may speak."""
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
        self._seats: dict[Subscription, Seat] = {}
        tracks = publication.tracks
        self._sound = Sound(
            Fan(tracks[Kind.AUDIO], socket, loop, lambda: None, self._start_picture, self._count))
        self._picture = Fan(
            tracks[Kind.VIDEO], socket, loop, publication.request_keyframe, self._start_picture, self._count)
        self._layers: dict[Layer, Fan] = {}
        self._reported: OrderedDict[int, float] = OrderedDict()
        self.packets_out = 0
        self.bytes_out = 0
        self.pauses = 0
        self.moves = 0
        publication.layers.on_change = self._settle_all

    def __len__(self) -> int:
        return len(self._seats)

    @property
    def viewers(self) -> list[Subscription]:
        """The connected viewers."""
        return list(self._seats)

    def take(self, packet: MediaPacket) -> None:
        """Send a packet to all who are caught up, with what else comes in this turn of the loop."""
        if packet.codec.kind is Kind.AUDIO:
            self._sound.take(packet)
        else:
            self._picture.take(packet)

    def take_clock(self, kind: Kind, timestamp: int, seconds: float) -> None:
        """Viewers hear of clocks by the reports of their own."""

    def join(self, viewer: Subscription) -> None:
        """Send packets to this viewer from now on."""
        self._seats[viewer] = Seat(self._picture)
        self._on_change(len(self._seats))
        self._sound.add(viewer)
        self.report([viewer])
        self._seek_picture(viewer)

    def leave(self, viewer: Subscription) -> None:
        """Send nothing to this viewer any more."""
        seat = self._seats.pop(viewer, None)
        if seat is None:
            return
        seat.stop_timer()
        self._sound.remove(viewer)
        self._leave_fan(viewer, seat.fan)
        if seat.awaited is not None:
            self._leave_fan(viewer, seat.awaited)
        self._on_change(len(self._seats))

    def readdress(self, viewer: Subscription) -> None:
        """Send to the viewer's new address."""
        seat = self._seats.get(viewer)
        if seat is not None:
            self._sound.readdress(viewer)
            seat.fan.readdress(viewer)

    def rest(self, viewer: Subscription) -> None:
        """Send no picture for a while to one whose line loses most of it, then begin at a keyframe again."""
        seat = self._seats.get(viewer)
        if seat is None or viewer not in seat.fan:
            return
        self.pauses += 1
        self._stop_waiting(viewer, seat)
        seat.fan.remove(viewer)
        viewer.numbering.pause()  # what is left out would be told as lost, and be a reason to rest again
        seat.is_resting = True
        seat.timer = self._loop.call_later(REST_SECONDS, self._seek_picture, viewer)

    def hush(self, viewer: Subscription) -> None:
        """Send silence or sound, as the viewer is hushed or not; what has come before is sent as it was."""
        if viewer in self._seats:
            self._sound.remove(viewer)
            self._sound.add(viewer)

    def request_keyframe(self, viewer: Subscription) -> None:
        """Ask for a keyframe of what this viewer is sent."""
        seat = self._seats.get(viewer)
        if seat is not None and not seat.is_resting:
            seat.fan.request_keyframe()

    def settle(self, viewer: Subscription) -> None:
        """Move a viewer to the size that fits it, at that one's next keyframe."""
        seat = self._seats.get(viewer)
        if seat is None or seat.cursor is not None:
            return  # it is asked again when it has caught up
        if viewer.wish.is_without:
            self._go_without(viewer, seat)
            return
        if seat.is_resting:
            if seat.timer is None:
                self._seek_picture(viewer)
            return
        wanted = self._fitting(viewer)
        if wanted is (seat.awaited or seat.fan):
            return
        self._stop_waiting(viewer, seat)
        if wanted is not seat.fan or viewer not in seat.fan:
            self._seek_picture(viewer)

    def size_of(self, viewer: Subscription) -> str:
        """Return which of the smaller sizes a viewer is sent, an empty text for the largest."""
        seat = self._seats.get(viewer)
        return next((layer.name for layer, fan in self._layers.items() if seat and fan is seat.fan), "")

    def reported_at(self, short_ntp: int) -> float | None:
        """Return when a report was sent, by the middle of its time (RFC 3550 section 6.4.1)."""
        return self._reported.get(short_ntp)

    def report(self, viewers: list[Subscription]) -> None:
        """Tell viewers how the timestamps relate to time, which holds sound and picture together."""
        if not viewers:
            return
        now = self._loop.time()
        reports = self._publication.sender_reports(now)
        packets = [rtcp.sender_report(report, OUR_NAME) for report in reports.values()]
        for report in reports.values():
            self._reported[report.ntp >> 16 & 0xFFFFFFFF] = now
        while len(self._reported) > MAX_REPORTS:
            self._reported.popitem(last=False)
        for viewer in viewers:
            for packet in packets:
                viewer.send_report(packet)

    def flush(self) -> None:
        """Send what waits for the end of this turn."""
        self._sound.flush()
        self._picture.flush()
        for fan in self._layers.values():
            fan.flush()

    def close(self) -> None:
        """Forget everybody."""
        for viewer in list(self._seats):
            self.leave(viewer)

    def _settle_all(self) -> None:
        for viewer in list(self._seats):
            self.settle(viewer)

    def _fitting(self, viewer: Subscription) -> Fan:
        """Return where the picture that fits a viewer comes from."""
        smaller = self._publication.smaller
        if not smaller:
            return self._picture
        heights = [self._publication.layers.height, *(layer.height for layer in smaller)]
        place = fitting(heights, viewer.wish, viewer.ladder.steps if viewer.ladder else 0)
        return self._fan_of(smaller[place - 1]) if place else self._picture

    def _fan_of(self, layer: Layer) -> Fan:
        fan = self._layers.get(layer)
        if fan is None:
            fan = self._layers[layer] = Fan(
                layer.track, self._socket, self._loop, layer.request_keyframe, self._start_picture,
                self._count)
            layer.sinks.append(fan)
        return fan

    def _seek_picture(self, viewer: Subscription) -> None:
        """Begin at the newest keyframe of the size that fits, or ask for one."""
        seat = self._seats[viewer]
        seat.stop_timer()
        seat.is_resting = viewer.wish.is_without
        if seat.is_resting:
            return
        fan = self._fitting(viewer)
        backlog, may_catch_up = fan.track.backlog, viewer.numbering.is_fresh_on(fan.track)
        count = backlog.packets_since_keyframe if may_catch_up else None
        age = self._loop.time() - fan.track.keyframe_at
        if count is not None and count <= YOUNG_PACKETS and age <= YOUNG_SECONDS:
            self._start_picture(viewer, fan)
            return
        seat.awaited = fan
        fan.wait(viewer)
        if count is not None:
            seat.timer = self._loop.call_later(PATIENCE_SECONDS, self._start_picture, viewer, fan)

    def _go_without(self, viewer: Subscription, seat: Seat) -> None:
        """Send no picture until the viewer wants one again."""
        self._stop_waiting(viewer, seat)
        seat.stop_timer()
        viewer.numbering.pause()
        self._leave_fan(viewer, seat.fan)
        seat.is_resting = True

    def _start_picture(self, viewer: Subscription, fan: Fan) -> None:
        """Begin, or go on with another size, at the fan's newest keyframe."""
        seat = self._seats[viewer]
        seat.stop_timer()
        start = fan.track.backlog.keyframe
        if start < 0:
            return
        fan.waiting.discard(viewer)
        seat.awaited = None
        if fan is not seat.fan:
            self.moves += viewer in seat.fan
            self._leave_fan(viewer, seat.fan)
            seat.fan = fan
        viewer.numbering.follow(fan.track, start)
        seat.cursor = start
        self._catch_up(viewer)

    def _catch_up(self, viewer: Subscription) -> None:
        """Send the next portion; the last one ends in the batch."""
        seat = self._seats[viewer]
        seat.timer = None
        if seat.cursor is None:
            return
        self.flush()  # settles what packets of this turn look like before they are read
        backlog, shift = seat.fan.track.backlog, viewer.numbering.shift
        end = min(seat.cursor + PORTION_PACKETS, backlog.newest + 1)
        for sequence in range(seat.cursor, end):
            packet = backlog.get(sequence)
            if packet is not None and viewer.send(packet, shift):
                self._count(1, len(packet.payload))
        if end > backlog.newest:
            seat.cursor = None
            seat.fan.add(viewer, shift)
            self.settle(viewer)
        else:
            seat.cursor = end
            seat.timer = self._loop.call_later(PORTION_SECONDS, self._catch_up, viewer)

    def _stop_waiting(self, viewer: Subscription, seat: Seat) -> None:
        """Wait for no keyframe any more; the picture goes on as it is."""
        awaited, seat.awaited = seat.awaited, None
        if awaited is not None:
            seat.stop_timer()
            awaited.waiting.discard(viewer)
            self._let_go(awaited)

    def _leave_fan(self, viewer: Subscription, fan: Fan) -> None:
        fan.waiting.discard(viewer)
        fan.remove(viewer)
        self._let_go(fan)

    def _let_go(self, fan: Fan) -> None:
        """Let a size that nobody takes cost nothing."""
        layer = next((layer for layer, other in self._layers.items() if other is fan), None)
        if layer is not None and fan.is_idle:
            del self._layers[layer]
            if fan in layer.sinks:  # there are none once the show is over
                layer.sinks.remove(fan)

    def _count(self, packets: int, size: int) -> None:
        self.packets_out += packets
        self.bytes_out += packets * size

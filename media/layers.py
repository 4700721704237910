"""The sizes in which a publisher sends its picture at once (simulcast, RFC 8853).

The largest that flows is the picture of the publication: what is recorded, and what everybody sees who does
not need less. When an encoder gives it up, the next one takes its place at a key frame, and gives it back.
Each smaller size has a track of its own, with the same SSRCs and on the same clock, so that a viewer can be
moved from one to another at any key frame.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from media.gate import TrailingGate
from media.layer import Layer, Pulse
from media.rtp import RtpPacket
from media.source import Source
from media.track import Track

CLOCK_SECONDS = 3.0
"""So long a size waits for its publisher to say how its clock stands; then arrival has to tell."""
ASK_SECONDS = 1.0


class Layers:
    """All sizes of one publication. `ask` asks a source's encoder for a key frame; `on_change` hears that
    there are others to choose from now."""

    def __init__(
        self, picture: Track, backlog_packets: int, keyframe_seconds: float, loop: asyncio.AbstractEventLoop,
        ask: Callable[[Source], None],
    ) -> None:
        self.on_change: Callable[[], None] = lambda: None
        self.leading: Layer | None = None
        """The one that is the picture now; None with an ordinary publisher."""
        self._picture = picture
        self._backlog_packets = backlog_packets
        self._keyframe_seconds = keyframe_seconds
        self._loop = loop
        self._ask = ask
        self._layers: dict[str, Layer] = {}
        self._pulse = Pulse()
        self._gates: dict[str, TrailingGate] = {}
        self._seen: tuple[tuple[str, int], ...] = ()
        self._asked_at = 0.0

    @property
    def smaller(self) -> tuple[Layer, ...]:
        """Those that flow, of known size and smaller than the picture, the largest first."""
        bound = self.leading.pixels if self.leading else 0
        found = [layer for layer in self._layers.values() if 0 < layer.pixels < bound and layer.is_live]
        return tuple(sorted(found, key=lambda layer: -layer.pixels))

    @property
    def height(self) -> int:
        """That of the picture in pixels, 0 while unknown."""
        return self.leading.height if self.leading else 0

    def begin(self) -> None:
        """Expect another publisher, who may send other sizes, or one."""
        self.leading = None
        for layer in self._layers.values():
            layer.forget()
        self._seen = ()
        self.on_change()

    def forget_past(self) -> None:
        """Show nothing of before now to whoever comes."""
        for layer in self._layers.values():
            layer.track.backlog.forget()

    def take(self, source: Source, number: int, packet: RtpPacket, now: float) -> bool:
        """Give a packet to who takes this size; return whether it is the picture's."""
        layer = self._layers.get(source.layer) or self._open(source.layer)
        begins = layer.hear(source, packet, now)
        if self._takes_over(layer, begins=begins):
            self.leading = layer
        if self._has_clock(layer, source, packet, now):
            layer.take(source, number, packet, now)
        return layer is self.leading

    def take_report(self, source: Source, timestamp: int, seconds: float) -> None:
        """Take what the publisher says of a size's clock."""
        layer = self._layers.get(source.layer)
        if layer is not None:
            layer.take_report(source, timestamp, seconds)

    def tick(self, now: float) -> None:
        """Ask for the larger picture when it is back, and tell when there are others to choose from."""
        if not self._layers:
            return
        if now - self._asked_at > ASK_SECONDS:
            self._asked_at = now
            for layer in self._layers.values():
                if self.leading and layer.is_live and layer.pixels > self.leading.pixels:
                    layer.request_keyframe()
        self._tell()

    def close(self) -> None:
        """Ask for nothing more."""
        for gate in self._gates.values():
            gate.close()
        for layer in self._layers.values():
            layer.sinks.clear()
            layer.track.backlog.close()

    def _tell(self) -> None:
        present = (self.leading, *self.smaller) if self.leading else ()
        seen = tuple((layer.name, layer.pixels) for layer in present)
        if seen != self._seen:
            self._seen = seen
            self.on_change()

    def _takes_over(self, layer: Layer, *, begins: bool) -> bool:
        """Whether a size becomes the picture: a larger one at its key frame, a smaller one in silence."""
        lead = self.leading
        if lead is None or not lead.is_live:
            live = [other for other in self._layers.values() if other.is_live]
            return layer is max(live, key=lambda other: other.pixels)
        return begins and layer.pixels > lead.pixels

    def _has_clock(self, layer: Layer, source: Source, packet: RtpPacket, now: float) -> bool:
        """Learn how a size's timestamps relate to the picture's; all have to tell the same time."""
        reference = self._picture.source
        if reference is None or reference.timestamp_shift is None:
            return False
        if source is reference or source.is_aligned:
            return True
        ours, theirs = source.sent, reference.sent
        if ours is not None and theirs is not None:
            later = (ours.ntp - theirs.ntp) * source.codec.clock_rate >> 32
            source.timestamp_shift = reference.timestamp_shift + theirs.timestamp - ours.timestamp + later
            source.is_aligned = True
        elif now - layer.began_at > CLOCK_SECONDS and source.timestamp_shift is None:
            source.timestamp_shift = (self._picture.timestamp_at(now) or 0) - packet.timestamp
        return source.is_aligned or now - layer.began_at > CLOCK_SECONDS

    def _open(self, name: str) -> Layer:
        """Begin with a size of this name, and forget those that only earlier publishers knew."""
        for stale in [other for other, layer in self._layers.items() if layer.source is None]:
            del self._layers[stale]
            self._gates.pop(stale).close()
        picture = self._picture
        track = Track(picture.kind, self._backlog_packets, (picture.ssrc, picture.retransmission_ssrc))

        def ask() -> None:
            if layer.source is not None:
                self._ask(layer.source)

        gate = self._gates[name] = TrailingGate(self._keyframe_seconds, ask, self._loop)
        layer = self._layers[name] = Layer(name, track, self._pulse, gate.ask, self._loop.time)
        return layer

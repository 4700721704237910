"""One continuous track made of whatever publishers send: it survives their change.

Sequence numbers and timestamps are shifted so that a new publisher continues where the last one left
off, and picture begins at a keyframe. All viewers see the same numbers under the same SSRC, which is
what makes the fan-out cheap; each has keys of its own.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator

from media import rtcp
from media.backlog import Backlog, MediaPacket
from media.codecs import Codec, Kind, begins_keyframe
from media.rtp import RtpPacket, later
from media.source import Source

RESTART_GAP_SECONDS = 0.02
NEXT_PICTURE_SECONDS = 0.001
"""The least by which a picture is later than the one before: another source may have sent the same moment."""


def distinct_ssrcs() -> tuple[int, int]:
    """Return two that differ from each other."""
    first = secrets.randbits(32) or 1
    return first, first ^ (secrets.randbits(31) | 1 << 31)


class Track:
    """The picture or the sound of a publication; a smaller size of the picture has the same SSRCs."""

    def __init__(self, kind: Kind, backlog_packets: int, ssrcs: tuple[int, int] | None = None) -> None:
        self.kind = kind
        self.ssrc, self.retransmission_ssrc = ssrcs or distinct_ssrcs()
        self.codec: Codec | None = None
        self.backlog = Backlog(backlog_packets)
        self.packets = 0
        self.octets = 0
        self.keyframe_at = 0.0
        """When the newest keyframe began to arrive."""
        self._source: Source | None = None
        self._generation = 0
        self._first = 0
        self._sequence_shift = 0
        self._timestamp_shift = 0
        self._last_timestamp = secrets.randbits(31)
        self._last_at: float | None = None
        self._clock: tuple[float, int] | None = None

    @property
    def source(self) -> Source | None:
        """What the track is made of now."""
        return self._source

    @property
    def newest_timestamp(self) -> int:
        """Where the newest packet stands."""
        return self._last_timestamp

    def restart(self) -> None:
        """Expect another publisher: nothing old starts a viewer any more."""
        self._source = None
        self.backlog.keyframe = -1
        self._clock = None

    def began_with(self, source: Source) -> bool:
        """Tell whether the track is made of this source now."""
        return self._source is source and self._generation == source.generation

    def take(self, source: Source, number: int, packet: RtpPacket, now: float) -> MediaPacket | None:
        """Return the packet as viewers get it; None when it is a duplicate or cannot be decoded yet."""
        begins = self.kind is Kind.VIDEO and begins_keyframe(source.codec, packet.payload)
        if not self.began_with(source):
            if self.kind is Kind.VIDEO and not begins:
                return None
            self._begin(source, number, packet.timestamp, now)
        if number < self._first:
            return None
        timestamp = (packet.timestamp + self._timestamp_shift) & 0xFFFFFFFF
        media = MediaPacket(source.codec, self.ssrc, number + self._sequence_shift, timestamp, packet.marker,
                            begins, packet.payload)
        before = self.backlog.keyframe
        if not self.backlog.store(media):
            return None
        self._note(media, now, is_new_keyframe=self.backlog.keyframe > before)
        return media

    def recent(self) -> Iterator[tuple[MediaPacket, float]]:
        """Yield what came from the newest key frame on, each with the loop's time it came at, or so."""
        start = self.backlog.keyframe
        first = self.backlog.get(start) if start >= 0 else None
        for sequence in range(start, self.backlog.newest + 1) if first else ():
            packet = self.backlog.get(sequence)
            if first and packet:
                ahead = later(packet.timestamp, first.timestamp, 32) / packet.codec.clock_rate
                yield packet, self.keyframe_at + ahead

    def take_report(self, source: Source, timestamp: int, seconds: float) -> int | None:
        """Remember that the publisher's `timestamp` was at the Unix time `seconds`; return it in our numbers.

        None while the track is made of another source.
        """
        if not self.began_with(source):
            return None
        self._clock = (seconds, timestamp + self._timestamp_shift)
        return (timestamp + self._timestamp_shift) & 0xFFFFFFFF

    def timestamp_at(self, now: float) -> int | None:
        """Return where its timestamps stand now by the arrival of the newest; None before the first."""
        if self.codec is None or self._last_at is None:
            return None
        return self._last_timestamp + int((now - self._last_at) * self.codec.clock_rate)

    @property
    def has_clock(self) -> bool:
        """Whether the publisher has told how its timestamps relate to time."""
        return self._clock is not None

    def sender_report(self, wall: float, now: float, *, by_publisher: bool) -> rtcp.SenderReport | None:
        """Return a report for viewers as of now; None before the first packet.

        With `by_publisher` the publisher's own clock is kept, which holds picture and sound together;
        otherwise arrival stands in for it.
        """
        if self.codec is None or self._last_at is None:
            return None
        elapsed = now - self._last_at
        if by_publisher and self._clock is not None:
            told_at, told = self._clock
            ahead = later(self._last_timestamp, told & 0xFFFFFFFF, 32)
            seconds = told_at + ahead / self.codec.clock_rate + elapsed
        else:
            seconds = wall
        timestamp = self._last_timestamp + int(elapsed * self.codec.clock_rate)
        return rtcp.SenderReport(self.ssrc, rtcp.ntp_time(seconds), timestamp, self.packets, self.octets)

    def _begin(self, source: Source, number: int, timestamp: int, now: float) -> None:
        self._source, self._generation = source, source.generation
        self.codec = source.codec
        self._first = number
        next_sequence = self.backlog.newest + 1 if self.backlog.newest >= 0 else 1 + secrets.randbits(14)
        self._sequence_shift = next_sequence - number
        if source.timestamp_shift is None:
            source.timestamp_shift = self._next_timestamp(source.codec, now) - timestamp
        self._timestamp_shift = source.timestamp_shift
        if self._last_at is not None:
            least = self._last_timestamp + int(NEXT_PICTURE_SECONDS * source.codec.clock_rate)
            self._timestamp_shift += max(0, later(least, timestamp + self._timestamp_shift, 32))
        self._clock = None

    def _next_timestamp(self, codec: Codec, now: float) -> int:
        """Return where a source that nothing is known of goes on."""
        gap = RESTART_GAP_SECONDS if self._last_at is None else max(RESTART_GAP_SECONDS, now - self._last_at)
        return self._last_timestamp + int(gap * codec.clock_rate)

    def _note(self, media: MediaPacket, now: float, *, is_new_keyframe: bool) -> None:
        self.packets += 1
        self.octets += len(media.payload)
        if is_new_keyframe:
            self.keyframe_at = now
        if media.sequence == self.backlog.newest:
            self._last_timestamp = media.timestamp
            self._last_at = now

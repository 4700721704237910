"""How the numbers of the picture that one viewer sees relate to those of the tracks it was taken from.

All sizes of a picture have the same SSRC, but each counts for itself. A viewer who is moved from one to
another sees one stream: the next number, a later timestamp. No number is ever used for two contents, on which
AES-GCM depends (RFC 7714 section 8.1).
"""

from __future__ import annotations

from typing import NamedTuple

from media.backlog import MediaPacket
from media.rtp import later
from media.track import Track

NEXT_PICTURE_TICKS = 90
"""A millisecond: by so much at least the first picture of another size is later than the last one."""
MAX_STRETCHES = 4
"""Who asks for what was sent before so many changes gets nothing."""


class Shift(NamedTuple):
    """What is added to a track's numbers for a viewer, who gets none of its packets before `first`."""

    sequence: int = 0
    timestamp: int = 0
    first: int = 0


AS_IT_IS = Shift()


class Numbering:
    """The picture of one viewer: stretches of tracks, one after the other."""

    def __init__(self, track: Track) -> None:
        self.track = track
        self.shift = AS_IT_IS
        self._has_begun = False
        self._last: tuple[int, int] | None = None
        self._stretches: tuple[tuple[int, Track, Shift], ...] = ()
        """The first number as the viewer sees it, and what has it; nothing until the first change."""

    def is_fresh_on(self, track: Track) -> bool:
        """Whether the viewer may be sent what this track had before now.

        It may of the first one, and of its own, after a pause from a key frame that came meanwhile.
        """
        if not self._has_begun or track is not self.track:
            return not self._has_begun
        return self._last is None or track.backlog.keyframe + self.shift.sequence > self._last[0]

    def pause(self) -> None:
        """Keep the last number and timestamp that were sent.

        Who is sent nothing for minutes must not see the numbers jump: beyond 32,768 nobody can tell how often
        they have begun anew.
        """
        if self._has_begun and self._last is None:
            self._last = self._newest, self._newest_timestamp

    def follow(self, track: Track, start: int) -> None:
        """Go on with the packet `start` of a track."""
        if not self._has_begun:
            self._has_begun = True
            self.track = track
        elif track is not self.track or self._last is not None:
            last, timestamp = self._last or (self._newest, self._newest_timestamp)
            before = self._stretches or ((0, self.track, AS_IT_IS),)
            self.shift = Shift(last + 1 - start, _lag(track, start, timestamp), start)
            self.track, self._last = track, None
            self._stretches = (*before, (last + 1, track, self.shift))[-MAX_STRETCHES:]

    def find(self, short: int) -> tuple[MediaPacket, Shift] | None:
        """Return the packet whose number for this viewer ends in the 16 bits of `short`, if it is here."""
        newest = self._newest
        if self.track.backlog.newest < 0 or self._last is not None:
            return None
        number = newest + later(short, newest & 0xFFFF)
        for first, track, shift in reversed(self._stretches or ((0, self.track, self.shift),)):
            if number >= first:
                packet = track.backlog.get(number - shift.sequence)
                return (packet, shift) if packet is not None else None
        return None

    @property
    def _newest(self) -> int:
        return self.track.backlog.newest + self.shift.sequence

    @property
    def _newest_timestamp(self) -> int:
        return self.track.newest_timestamp + self.shift.timestamp


def _lag(track: Track, start: int, last: int) -> int:
    """Return by how much the packet `start` is too early to follow a picture of the timestamp `last`."""
    first = track.backlog.get(start)
    return 0 if first is None else max(0, later(last + NEXT_PICTURE_TICKS, first.timestamp, 32))

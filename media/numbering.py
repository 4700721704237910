"""How the numbers of the picture that one viewer sees relate to those of the tracks it was taken from.

All sizes of a picture have the same SSRC, but each counts for itself. A viewer who is moved from one to
another sees one stream: the next number, a later timestamp. No number is ever used for two contents, on which
AES-GCM depends (RFC 7714 section 8.1).
"""

from __future__ import annotations

from collections import deque
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
        self._stretches: deque[tuple[int, Track, Shift]] = deque([(0, track, AS_IT_IS)], MAX_STRETCHES)
        """The first number as the viewer sees it, and what has it."""

    def is_fresh_on(self, track: Track) -> bool:
        """Whether the viewer may be sent what this track had before now: its own track, or the first one."""
        return track is self.track or not self._has_begun

    def follow(self, track: Track, start: int) -> None:
        """Go on with the packet `start` of a track."""
        if not self._has_begun:
            self._has_begun = True
            self.track = track
            self._stretches[0] = (0, track, AS_IT_IS)
        elif track is not self.track:
            number = self._newest + 1
            self.shift = Shift(number - start, self._lag(track, start), start)
            self.track = track
            self._stretches.append((number, track, self.shift))

    def find(self, short: int) -> tuple[MediaPacket, Shift] | None:
        """Return the packet whose number for this viewer ends in the 16 bits of `short`, if it is here."""
        newest = self._newest
        if self.track.backlog.newest < 0:
            return None
        number = newest + later(short, newest & 0xFFFF)
        for first, track, shift in reversed(self._stretches):
            if number >= first:
                packet = track.backlog.get(number - shift.sequence)
                return (packet, shift) if packet is not None else None
        return None

    @property
    def _newest(self) -> int:
        return self.track.backlog.newest + self.shift.sequence

    def _lag(self, track: Track, start: int) -> int:
        """Return by how much the track's first picture is too early to follow the last one."""
        last, first = self.track.backlog.get(self.track.backlog.newest), track.backlog.get(start)
        if last is None or first is None:
            return 0
        return max(0, later(last.timestamp + self.shift.timestamp + NEXT_PICTURE_TICKS, first.timestamp, 32))

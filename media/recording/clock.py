"""Where a frame lies on the timeline of its recording: RTP timestamps become seconds since the show began.

The picture follows the clock of its publisher, held to our own within a few hundredths of a second: crystals
differ by some parts in a hundred thousand, which are seconds in a day. The sound follows the picture by what
the publisher says of both clocks (RFC 3550 section 6.4.1), or our own clock too while it says nothing.
Corrections are small steps, so that nothing is heard or seen of them; only when a timestamp has nothing to do
with the time any more, after a change of publishers, the track begins anew at the time of arrival.
"""

from __future__ import annotations

from statistics import median

from media.codecs import Kind
from media.recording.feed import FedClock
from media.rtp import later

CLOCK_RATES = {Kind.AUDIO: 48000, Kind.VIDEO: 90000}
LOST_SECONDS = 1.0
"""A timestamp that is so far from the time of its arrival is of another clock, unless a line held it back."""
HELD_SECONDS, STUCK_SECONDS = 5.0, 2.0
"""So late may come what follows the frame before, as a line that stood still brings all at once; and for so
long after the first that was late: what is late for longer follows a clock that stood still.
"""
WINDOW_SECONDS = 10.0
"""The least delay in so long tells how far the publisher's clock has run off."""
STEP_SECONDS = 0.02
"""The largest correction to our clock, once a window; what is less than half of it stays."""
IN_STEP_SECONDS = 0.01
"""Sound that is less than this away from its picture stays."""
OPINIONS = 5
"""Reports of the publisher that are asked before the sound is shifted, after the first."""


class TrackClock:
    """One track: an anchor, and how far the publisher's clock has run off ours."""

    def __init__(self, kind: Kind) -> None:
        self._rate = CLOCK_RATES[kind]
        self._anchor: tuple[int, float] | None = None
        self._newest = 0
        self._window_ends = 0.0
        self._least = float("inf")
        self._late_since: float | None = None
        self.told: tuple[int, float] | None = None
        """A timestamp without wrapping, and the publisher's time it stands for."""

    @property
    def is_running(self) -> bool:
        """Whether there was a frame."""
        return self._anchor is not None

    def place(self, timestamp: int, arrival: float, *, is_held: bool) -> float:
        """Return the second of a frame that came at the second `arrival`; `is_held` keeps it near our clock.
        """
        number = self.unwrapped(timestamp)
        if self._is_lost(number, arrival):
            self._begin(number, arrival)
        self._newest = number
        second = self.second_of(number)
        if is_held:
            self._hold(arrival, arrival - second)
        return second

    def unwrapped(self, timestamp: int) -> int:
        """Return a timestamp beyond its 32 bits."""
        return self._newest + later(timestamp, self._newest & 0xFFFFFFFF, 32)

    def second_of(self, number: int) -> float:
        """Return the second an unwrapped timestamp lies at."""
        if self._anchor is None:
            raise ValueError("no frame has come yet")
        start, second = self._anchor
        return second + (number - start) / self._rate

    def shift(self, seconds: float) -> None:
        """Place what comes so much later."""
        if self._anchor is not None:
            self._anchor = self._anchor[0], self._anchor[1] + seconds

    def _is_lost(self, number: int, arrival: float) -> bool:
        if self._anchor is None:
            return True
        behind = arrival - self.second_of(number)
        if abs(behind) <= LOST_SECONDS:
            self._late_since = None
            return False
        if self._late_since is None:
            self._late_since = arrival
        follows = abs(number - self._newest) <= LOST_SECONDS * self._rate
        return not follows or not 0 < behind <= HELD_SECONDS or arrival - self._late_since > STUCK_SECONDS

    def _begin(self, number: int, arrival: float) -> None:
        self._anchor = number, arrival
        self._window_ends, self._least = arrival + WINDOW_SECONDS, float("inf")
        self.told = self._late_since = None

    def _hold(self, arrival: float, behind: float) -> None:
        """Compare the least delay of each window with none at all, and take a step."""
        self._least = min(self._least, behind)
        if arrival < self._window_ends:
            return
        if abs(self._least) > STEP_SECONDS / 2:
            self.shift(max(-STEP_SECONDS, min(STEP_SECONDS, self._least)))
        self._window_ends, self._least = arrival + WINDOW_SECONDS, float("inf")


class RecordingClock:
    """The clocks of a recording's picture and sound, whose second 0 was at the Unix time `epoch`."""

    def __init__(self, epoch: float) -> None:
        self._epoch = epoch
        self._tracks = {kind: TrackClock(kind) for kind in Kind}
        self._errors: list[float] = []
        self._is_in_step = False

    def place(self, kind: Kind, timestamp: int, arrived_at: float) -> float:
        """Return the second on the timeline of a frame of that timestamp that came at that Unix time."""
        track, arrival = self._tracks[kind], arrived_at - self._epoch
        is_led = kind is Kind.AUDIO and self._has_both
        return track.place(timestamp, arrival, is_held=not is_led)

    def take(self, clock: FedClock) -> None:
        """Hear what the publisher says of a clock; the sound is moved to its picture where that is needed."""
        track = self._tracks[clock.kind]
        if not track.is_running:
            return
        is_first = track.told is None
        track.told = track.unwrapped(clock.timestamp), clock.seconds
        if is_first:
            self._is_in_step = False
            self._errors.clear()
        if self._has_both:
            self._compare()

    @property
    def _has_both(self) -> bool:
        return all(track.told is not None for track in self._tracks.values())

    def _compare(self) -> None:
        """Look how far the sound is from where the picture says it belongs."""
        picture, sound = self._tracks[Kind.VIDEO], self._tracks[Kind.AUDIO]
        if picture.told is None or sound.told is None:
            return
        (seen, seen_at), (heard, heard_at) = picture.told, sound.told
        belongs = picture.second_of(seen) + heard_at - seen_at
        self._errors.append(belongs - sound.second_of(heard))
        if self._is_in_step and len(self._errors) < OPINIONS:
            return
        error = median(self._errors)
        self._errors.clear()
        self._is_in_step = True
        if abs(error) > IN_STEP_SECONDS:
            sound.shift(error)

"""Picture and sound stay in step over hours, whatever the crystals of the publisher and the line do."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest

from media.codecs import Kind
from media.recording.clock import CLOCK_RATES, LOST_SECONDS, STUCK_SECONDS, RecordingClock
from media.recording.feed import FedClock
from tests.media.scale import scaled

EPOCH = 1_790_000_000.0
FRAME_SECONDS = {Kind.VIDEO: 1 / 30, Kind.AUDIO: 0.02}


@dataclass
class Publisher:
    """A publisher whose clocks run by themselves; `second` of theirs is true time."""

    crystal: float
    """How much faster its clock runs than ours."""
    audio_crystal: float = 0.0
    """How much faster its sound card runs than that."""
    delay: float = 0.05
    jitter: float = 0.03

    def timestamp(self, kind: Kind, second: float) -> int:
        of_its_own = self.audio_crystal if kind is Kind.AUDIO else 0.0
        rate = CLOCK_RATES[kind] * (1 + self.crystal) * (1 + of_its_own)
        return int(second * rate + 4_294_000_000) & 0xFFFFFFFF

    def told(self, kind: Kind, second: float) -> FedClock:
        return FedClock(kind, self.timestamp(kind, second), EPOCH + second * (1 + self.crystal))

    def arrival(self, second: float, chance: random.Random) -> float:
        return EPOCH + second + self.delay + chance.expovariate(1 / self.jitter if self.jitter else 1e9)


def offsets(publisher: Publisher, seconds: int, *, has_reports: bool, seed: int = 7) -> list[float]:
    """Return, for each second, how far the sound of an instant is placed behind its picture."""
    chance, clock, found = random.Random(seed), RecordingClock(EPOCH), []
    placed = dict.fromkeys(Kind, 0.0)
    for second in range(1, seconds):
        for kind in Kind:
            for index in range(5):  # some frames of each second will do
                at = second + index * FRAME_SECONDS[kind]
                when = publisher.arrival(at, chance)
                placed[kind] = clock.place(kind, publisher.timestamp(kind, at), when) - at
            if has_reports:
                clock.take(publisher.told(kind, second + 0.2))
        found.append(placed[Kind.AUDIO] - placed[Kind.VIDEO])
    return found


@pytest.mark.parametrize(
    "publisher",
    [
        Publisher(0.0),
        Publisher(80e-6, 60e-6),
        Publisher(-80e-6, -60e-6),
        Publisher(0.0, 100e-6, delay=0.3, jitter=0.08),
    ],
    ids=["true", "fast", "slow", "bad line"],
)
def test_sound_stays_within_forty_milliseconds_of_its_picture_for_an_hour(publisher: Publisher) -> None:
    """The publisher's reports hold both together, from the second report on."""
    found = offsets(publisher, scaled(1200, 3600), has_reports=True)
    assert max(map(abs, found[2:])) < 0.04


def test_without_reports_our_clock_holds_them_together() -> None:
    """Both follow the time of arrival: what one of them waits longer on the line is all that is between them.
    """
    found = offsets(Publisher(50e-6, 50e-6, jitter=0.01), scaled(1200, 3600), has_reports=False)
    assert max(map(abs, found[30:])) < 0.06


def test_the_timeline_keeps_to_our_clock_for_a_day() -> None:
    """A second of the recording is the second of the show, though the publisher's day is eight seconds
    longer."""
    clock, publisher, chance = RecordingClock(EPOCH), Publisher(100e-6), random.Random(1)
    for second in range(0, 86_400, 1 if scaled(0, 1) else 4):
        placed = clock.place(
            Kind.VIDEO, publisher.timestamp(Kind.VIDEO, second), publisher.arrival(second, chance)
        )
        assert abs(placed - second) < 0.3


def test_timestamps_wrap_without_a_step() -> None:
    clock = RecordingClock(EPOCH)
    first = clock.place(Kind.VIDEO, 0xFFFFFFF0, EPOCH + 10)
    after = clock.place(Kind.VIDEO, (0xFFFFFFF0 + 3000) & 0xFFFFFFFF, EPOCH + 10.03)
    assert after - first == pytest.approx(3000 / 90000)


def test_a_clock_that_has_nothing_to_do_with_the_last_one_begins_at_its_arrival() -> None:
    """Another publisher, or one that came back: its frames lie where they came."""
    clock = RecordingClock(EPOCH)
    clock.place(Kind.VIDEO, 1000, EPOCH + 10)
    assert clock.place(Kind.VIDEO, 500_000_000, EPOCH + 30) == pytest.approx(30)
    assert clock.place(Kind.VIDEO, 500_090_000, EPOCH + 31 + LOST_SECONDS / 2) == pytest.approx(31)


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("pause", [1.2, 1.7, 2.5, 4.0])
def test_what_a_line_held_back_for_a_moment_lies_where_it_would_have(kind: Kind, pause: float) -> None:
    """All of it comes at once then, and nothing is set back or forth."""
    clock, publisher = RecordingClock(EPOCH), Publisher(0.0)
    for number in range(round(20 / FRAME_SECONDS[kind])):
        at = number * FRAME_SECONDS[kind]
        arrival = 5.0 + pause if 5.0 <= at < 5.0 + pause else at
        placed = clock.place(kind, publisher.timestamp(kind, at), EPOCH + arrival)
        assert placed == pytest.approx(at, abs=0.001)


def test_a_clock_that_stood_still_is_late_for_a_moment_only() -> None:
    clock, publisher, placed = RecordingClock(EPOCH), Publisher(0.0), []
    for number in range(600):
        arrival = number / 30 + (3.0 if number >= 300 else 0.0)
        placed.append(clock.place(Kind.VIDEO, publisher.timestamp(Kind.VIDEO, number / 30), EPOCH + arrival))
    assert placed == sorted(placed)
    assert placed[299] == pytest.approx(299 / 30, abs=0.001)
    late = [number for number in range(300, 600) if placed[number] < number / 30 + 2.9]
    assert len(late) == pytest.approx(30 * STUCK_SECONDS, abs=2)


def test_reports_before_the_first_frame_are_not_believed() -> None:
    clock = RecordingClock(EPOCH)
    clock.take(FedClock(Kind.AUDIO, 5, EPOCH))
    assert clock.place(Kind.AUDIO, 48_000, EPOCH + 1) == pytest.approx(1)

"""Which size a viewer is sent: the rule for what fits, and what a line's reports make of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media import ladder
from media.ladder import Ladder, Wish, fitting

HEIGHTS = (720, 360, 180)


@pytest.mark.parametrize(("wish", "steps", "place"), [
    (Wish(), 0, 0), (Wish(), 1, 1), (Wish(), 5, 2),
    (Wish(needed=2000), 0, 0), (Wish(needed=720), 0, 0), (Wish(needed=540), 0, 0),
    (Wish(needed=480), 0, 1), (Wish(needed=360), 0, 1), (Wish(needed=240), 0, 2), (Wish(needed=1), 0, 2),
    (Wish(needed=360), 1, 2), (Wish(needed=360), 2, 2),
    (Wish(chosen=720), 2, 0), (Wish(chosen=500), 0, 1), (Wish(chosen=100), 0, 2),
    (Wish(chosen=360, needed=100), 2, 1),
])
def test_the_size_that_fits(wish: Wish, steps: int, place: int) -> None:
    """A choice stands whatever the line does; a place is covered up to a quarter; a bad line goes below."""
    assert fitting(HEIGHTS, wish, steps) == place
    assert fitting(HEIGHTS[:1], wish, steps) == 0


class Line:
    """Reports once a second."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.ladder = Ladder()

    def report(self, lost: float = 0.0, trip: float | None = 0.05, seconds: int = 1) -> list[int]:
        """Return the steps after each of so many reports."""
        steps = []
        for _ in range(seconds):
            self.now += 1
            before = self.ladder.steps
            assert self.ladder.take(lost, trip, self.now, 2) == (self.ladder.steps != before)
            steps.append(self.ladder.steps)
        return steps


def test_two_bad_reports_in_a_row_are_a_step_down_and_the_last_stays() -> None:
    line = Line()
    assert line.report(lost=0.3) + line.report() + line.report(lost=0.3) == [0, 0, 0]
    assert line.report(lost=0.3, seconds=6) == [1, 1, 2, 2, 2, 2]


def test_what_is_lost_by_chance_is_no_reason() -> None:
    line = Line()
    assert set(line.report(lost=0.05, seconds=200)) == {0}


def test_packets_that_wait_on_the_way_are_a_reason() -> None:
    line = Line()
    line.report(trip=0.05, seconds=3)
    assert line.report(trip=0.5, seconds=5) == [0, 0, 0, 0, 0]
    assert line.report(trip=0.6, seconds=2) == [0, 1]
    assert line.report(trip=None, seconds=1) == [1]


def test_a_quiet_line_is_tried_again_and_less_often_each_time_in_vain() -> None:
    line, waits = Line(), []
    line.report(lost=0.3, seconds=2)
    for _ in range(6):
        waited = 0
        while line.ladder.steps:
            waited += 1
            line.report()
        waits.append(waited)
        line.report(lost=0.3, seconds=2)
    assert waits == [9, 17, 33, 65, 121, 121]
    assert ladder.MAX_PATIENCE_SECONDS == 120


def test_a_step_that_held_is_forgiven() -> None:
    line = Line()
    line.report(lost=0.3, seconds=2)
    line.report(seconds=10)
    line.report(lost=0.3, seconds=2)  # in vain: sixteen seconds now
    line.report(seconds=60)
    assert line.ladder.steps == 0
    line.report(lost=0.3, seconds=2)
    assert line.report(seconds=9)[-1] == 0


@given(st.lists(st.tuples(st.floats(0, 1), st.one_of(st.none(), st.floats(0, 10)), st.integers(0, 3))))
def test_there_are_never_more_steps_than_sizes(reports: list[tuple[float, float | None, int]]) -> None:
    line = Ladder()
    for second, (lost, trip, highest) in enumerate(reports):
        line.take(lost, trip, float(second), highest)
        assert 0 <= line.steps <= highest

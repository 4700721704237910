"""When a viewer leaves the direct way for HLS and tries to come back: the rule of the page, run by Node."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web import rules_of_pages


def play(*steps: list[Any]) -> list[Any]:
    """Return what the rule answered to each call, in order."""
    return rules_of_pages.play("fallback.js", "Fallback", *steps)


def test_no_path_within_four_seconds_is_given_up() -> None:
    steps = [["hear", "connecting", 0], ["reason", "connecting", 3900], ["reason", "connecting", 4100]]
    assert play(*steps) == [None, None, "no_path"]


@pytest.mark.parametrize(("answer_ms", "searched_ms", "is_late"), [
    (20, 600, False), (20, 800, True), (300, 800, False), (300, 1000, True), (3000, 1400, False),
    (3000, 1600, True),
])
def test_the_slower_way_begins_beside_a_search_that_takes_long_for_this_network(
    answer_ms: int, searched_ms: int, is_late: bool
) -> None:
    """Long is three times what the answer took, from 0.7 to 1.5 s."""
    search = {"ms": searched_ms, "answerMs": answer_ms}
    assert rules_of_pages.call("fallback.js", "isLate", ["connecting", search, False]) == [is_late]


def test_before_the_answer_the_slower_way_waits_unless_this_network_had_no_path_a_moment_ago() -> None:
    cases: list[list[Any]] = [["connecting", None, False], ["connecting", None, True], ["lost", None, True]]
    assert rules_of_pages.call("fallback.js", "isLate", *cases) == [False, True, False]


def test_that_a_network_has_no_path_is_remembered_for_ten_minutes() -> None:
    moments = [["1000000", now] for now in (1_000_000, 1_599_000, 1_601_000, 999_000)]
    assert rules_of_pages.call("no_path.js", "isFresh", *moments) == [True, True, False, False]
    assert rules_of_pages.call("no_path.js", "isFresh", [None, 0], ["rubbish", 0]) == [False, False]


def test_a_path_that_was_found_in_time_is_kept() -> None:
    steps = [["hear", "connecting", 0], ["hear", "connected", 900], ["reason", "connected", 60_000]]
    assert play(*steps)[-1] is None


def test_tries_that_follow_each_other_count_as_one_search() -> None:
    """A session that fails and is opened anew does not begin the four seconds again."""
    steps = [["hear", "connecting", 0], ["hear", "lost", 3000], ["hear", "connecting", 3500]]
    assert play(*steps, ["reason", "connecting", 4100])[-1] == "no_path"


@pytest.mark.parametrize("state", ["full", "unsupported", "refused"])
def test_what_waiting_does_not_heal_is_left_at_once(state: str) -> None:
    assert play(["hear", state, 0], ["reason", state, 1])[-1] == state


def test_three_losses_within_a_minute_are_a_pattern() -> None:
    def losses(*moments: int) -> list[list[Any]]:
        return [["hear", state, at] for at in moments for state in ("connected", "lost", "connected")]

    assert play(*losses(0, 20_000, 40_000), ["reason", "connected", 40_100])[-1] == "losses"
    assert play(*losses(0, 40_000, 80_000), ["reason", "connected", 80_100])[-1] is None
    assert play(*losses(0, 20_000), ["reason", "connected", 20_100])[-1] is None


def test_a_room_that_is_dark_is_no_reason() -> None:
    assert play(["hear", "off", 0], ["reason", "off", 60_000])[-1] is None


def test_pauses_between_tries_grow_and_end() -> None:
    pauses = play(*[["pauseMs", "no_path", 0.5]] * 6)
    assert pauses == [60_000, 120_000, 240_000, 300_000, 300_000, 300_000]
    assert play(["pauseMs", "full", 0.5], ["succeed"], ["pauseMs", "full", 0.5]) == [30_000, None, 30_000]
    assert play(["pauseMs", "unsupported", 0.5]) == ["never"]


def test_a_full_hall_does_not_come_back_in_one_instant() -> None:
    assert play(["pauseMs", "full", 0.0])[0] < play(["pauseMs", "full", 1.0])[0]

"""What a viewer is told of the picture, and when a still one is a fault: rules of the page, run by Node."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.rules_of_pages import call, play

MOVING, OLD, NONE = ({"stillMs": 40, "hasPicture": True}, {"stillMs": 5000, "hasPicture": True},
                     {"stillMs": 0, "hasPicture": False})
LIVE, AWAY = {"state": "live"}, {"state": "away"}


def still(*steps: list[Any]) -> list[Any]:
    return play("standstill.js", "Standstill", *steps)


def test_a_picture_that_stands_still_is_a_fault_after_a_while_and_then_again_only_after_another() -> None:
    steps = [["isFault", True, 9000, at] for at in (0, 7900, 8100, 8200, 16_100, 16_300)]
    assert still(*steps) == [False, False, True, False, False, True]


def test_a_frame_or_a_show_that_is_away_begins_the_while_anew() -> None:
    for broken in (["isFault", True, 100, 8000], ["isFault", False, 17_000, 8000]):
        first, *later = [["isFault", True, 9000, at] for at in (0, 8100, 16_000)]
        assert not any(still(first, broken, *later))


def test_sound_alone_is_no_fault_nor_is_a_picture_that_is_wanted_again_and_not_there_yet() -> None:
    steps = [["isWaived", True, 60_000, 0], ["isWaived", False, 62_000, 2000], ["isWaived", False, 40, 2500],
             ["isWaived", False, 66_000, 6000]]
    assert still(*steps) == [True, True, False, False]
    assert still(["isWaived", False, 60_000, 0]) == [False], "who never did without waits for nothing"


@pytest.mark.parametrize(("session", "show", "picture", "is_sound_only", "state"), [
    ("connected", LIVE, MOVING, False, "playing"),
    ("connected", LIVE, OLD, False, "away"),
    ("connected", AWAY, OLD, False, "away"),
    ("connected", LIVE, NONE, False, "connecting"),
    ("connected", LIVE, NONE, True, "sound"),
    ("connected", AWAY, NONE, True, "away"),
    ("connecting", LIVE, OLD, True, "connecting"),
    ("connecting", LIVE, OLD, False, "lost"),
    ("connecting", LIVE, NONE, False, "connecting"),
    ("lost", LIVE, OLD, False, "lost"),
    ("lost", LIVE, NONE, True, "lost"),
    ("connecting", None, NONE, False, "off"),
    ("off", LIVE, NONE, False, "off"),
    ("full", LIVE, MOVING, False, "full"),
])
def test_what_is_said_of_the_direct_way(
    session: str, show: Any, picture: Any, is_sound_only: bool, state: str
) -> None:
    assert call("stage_words.js", "fitting", [session, show, picture, is_sound_only]) == [state]


@pytest.mark.parametrize(("session", "picture", "is_sound_only", "reason", "state"), [
    ("connecting", MOVING, False, "no_path", "playing"),
    ("connecting", MOVING, True, "no_path", "connecting"),
    ("connecting", OLD, False, "no_path", "lost"),
    ("connected", NONE, True, "full", "sound"),
    ("lost", NONE, False, "full", "full"),
    ("unsupported", NONE, False, "refused", "refused"),
])
def test_what_is_said_of_the_way_over_http(
    session: str, picture: Any, is_sound_only: bool, reason: str, state: str
) -> None:
    given = [session, LIVE, picture, is_sound_only, reason]
    assert call("stage_words.js", "fittingOverHttp", given) == [state]


def test_what_is_said_of_a_recording() -> None:
    given: list[list[Any]] = [
        ["connected", MOVING], ["connected", NONE], ["connected", NONE, True], ["idle", NONE], ["lost", OLD]]
    assert call("stage_words.js", "fittingRecorded", *given) == [
        "playing", "connecting", "sound", "connecting", "lost"]


def test_a_film_is_over_http_where_it_is_directly() -> None:
    """A recording with a pause of ten minutes after its first second, of which a moment is left."""
    film = {"pieces": [[0, 0.5], [1.2, 600]], "seconds": 3.2, "url": "/recordings/film.webm"}
    show = {"film": film, "started_at": 1000}
    cases = [(0, 0.5), (1, 1.5), (1.2, 600), (2.7, 601.5), (3.2, 0.5), (3.2 * 1000 + 2.2, 601), (-5, 0.5)]
    found = call("films.js", "filmNow", *([show, 1000 + at] for at, _ in cases))
    assert {one["url"] for one in found} == {"/recordings/film.webm"}
    assert [one["how"]["from"] for one in found] == pytest.approx([second for _, second in cases], abs=0.001)
    assert call("films.js", "filmNow", [{"film": None}, 1000]) == [None]

"""At whom a request rings first, and how long it will probably wait: numbers and names alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from config.ids import AccountId, CallId, ProductId
from rooms.fair.roster import RosterEntry
from rooms.live.duty import Crew
from rooms.negotiation.call import Call
from rooms.negotiation.routing import places, suited
from rooms.negotiation.states import CallState
from tests.rooms.fair_facts import OAK

ADA, BO, CY = AccountId("ada"), AccountId("bo"), AccountId("cy")
LAMP, CHAIR = ProductId("lamp"), ProductId("chair")
ROSTER = (
    RosterEntry(ADA, "Ada", ("pt", "en"), ()),
    RosterEntry(BO, "Bo", ("en",), (LAMP,)),
    RosterEntry(CY, "Cy", ("de",), (CHAIR,)),
)


def request(number: int = 0, language: str = "fr", product: ProductId | None = None) -> Call:
    return Call(
        CallId(f"oak.{number:022d}"), OAK, None, None, product, AccountId(f"buyer-{number}"), "Ama", "Owusu",
        "GH", language, CallState.WAITING, 0.0, 0.0, 45.0, None, None, (), 1,
    )


@pytest.mark.parametrize(("language", "product", "first"), [
    ("pt-BR", None, (ADA,)),
    ("fr", LAMP, (BO,)),
    ("de", LAMP, (BO, CY)),
    ("en", CHAIR, ()),  # all of them
    ("fr", None, ()),  # none of them
    ("fr", ProductId("sofa"), ()),
])
def test_it_rings_first_at_who_speaks_the_language_or_explains_the_product(
    language: str, product: ProductId | None, first: tuple[AccountId, ...]
) -> None:
    assert suited(request(0, language, product), (ADA, BO, CY), ROSTER) == first


def test_who_is_in_a_call_or_has_left_it_to_the_others_is_not_rung_first() -> None:
    assert suited(request(0, "fr", LAMP), (ADA, CY), ROSTER) == ()
    assert suited(replace(request(0, "de", LAMP), passed=(BO,)), (ADA, BO, CY), ROSTER) == (CY,)


@pytest.mark.parametrize(("on_duty", "busy", "lengths", "waits"), [
    ((ADA,), {ADA}, (300.0,), [300.0, 600.0, 900.0]),  # one talks, and each waits for all before them
    ((ADA, BO), {ADA, BO}, (300.0,), [300.0, 450.0, 600.0]),  # two share them
    ((ADA, BO), {ADA, BO}, (100.0, 200.0, 9000.0), [200.0, 300.0, 400.0]),  # the call in the middle counts
    ((ADA, BO), {ADA, CY}, (120.0,), [60.0, 120.0, 180.0]),  # who is not on duty holds nobody up
    ((ADA,), {ADA}, (), [None, None, None]),  # nobody knows yet
    ((), set(), (300.0,), [None, None, None]),  # nobody is there
])
def test_the_wait_is_the_usual_call_times_those_ahead_over_those_on_duty(
    on_duty: tuple[AccountId, ...], busy: set[AccountId], lengths: tuple[float, ...],
    waits: list[float | None],
) -> None:
    found = places([request(number) for number in range(3)], Crew(on_duty, frozenset(busy)), lengths)
    assert [place.position for place in found] == [1, 2, 3]
    assert [place.wait_seconds for place in found] == waits


def test_what_rings_waits_no_more() -> None:
    rings = replace(request(0), state=CallState.RINGING)
    found = places([rings, request(1)], Crew((ADA,), frozenset()), (300.0,))
    assert [place.wait_seconds for place in found] == [None, 300.0]

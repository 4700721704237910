"""Each step of a call in each state, by each person: what may happen happens, all else changes nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from config.errors import Conflict, Denied
from config.ids import CallId
from rooms.fair.database import Database
from rooms.fair.policy import Actor
from rooms.negotiation.calls import Call
from rooms.negotiation.outcomes import Outcomes
from rooms.negotiation.states import OPEN, CallState
from tests.rooms.calling import Booth
from tests.rooms.fair_facts import LAMP, buyer, guest, organiser, staff

Step = Callable[[Booth, CallId], Awaitable[Call]]
STEPS: dict[str, Step] = {
    "accept": lambda booth, call: booth.calls.accept(staff(3), call, "k"),
    "decline": lambda booth, call: booth.calls.decline(staff(2), call),
    "cancel": lambda booth, call: booth.calls.cancel(buyer(), call),
    "hang_up": lambda booth, call: booth.calls.hang_up(buyer(), call),
}
LEADS = {
    ("waiting", "accept"): "talking", ("waiting", "decline"): "declined", ("waiting", "cancel"): "cancelled",
    ("ringing", "accept"): "talking", ("ringing", "decline"): "declined", ("ringing", "cancel"): "cancelled",
    ("talking", "hang_up"): "ended", ("declined", "decline"): "declined",
    ("cancelled", "cancel"): "cancelled", ("ended", "hang_up"): "ended",
}


async def bring_to(booth: Booth, state: str) -> CallId:
    (ada, bo) = await booth.on_duty(2)
    if state == "waiting":
        for number, actor in ((8, ada), (9, bo)):
            await booth.calls.accept(actor, (await booth.ring(buyer(number))).id, "k")
    call = await booth.ring()
    if state in ("talking", "ended"):
        await booth.calls.accept(ada, call.id, "k")
    last: dict[str, Callable[[], Awaitable[object]]] = {
        "declined": lambda: booth.calls.decline(ada, call.id),
        "cancelled": lambda: booth.calls.cancel(buyer(), call.id),
        "ended": lambda: booth.calls.hang_up(ada, call.id),
    }
    if state in last:
        await last[state]()
    if state == "missed":
        booth.clock.move(45)
        await booth.calls.sweep()
    return call.id


@pytest.mark.parametrize("state", list(CallState))
@pytest.mark.parametrize("step", list(STEPS))
async def test_each_step_in_each_state(booth: Booth, database: Database, state: str, step: str) -> None:
    """What the table does not know is refused, and store and records stay as they were."""
    call_id = await bring_to(booth, state)
    before = await booth.calls.get(call_id)
    assert before.state == state
    told = len(booth.told)
    expected = LEADS.get((before.state.value, step))
    if expected is None:
        with pytest.raises(Conflict) as refusal:
            await STEPS[step](booth, call_id)
        assert refusal.value.code in ("wrong_moment", "already_taken")
    else:
        assert (await STEPS[step](booth, call_id)).state == expected
    after = await booth.calls.get(call_id)
    if expected in (None, state):
        assert (after, len(booth.told)) == (before, told)
    else:
        assert [call.state for call in booth.told[told:]] == [expected]
    (outcome,) = [it for it in await Outcomes(database).since(0) if it.id == call_id]
    assert outcome.outcome is after.state
    assert (outcome.ended_at is None) is (after.state in OPEN)


REFUSED: list[tuple[str, Actor]] = [
    ("accept", buyer()), ("accept", guest()), ("accept", organiser()), ("accept", staff(room=LAMP)),
    ("decline", buyer()), ("decline", staff(room=LAMP)), ("pass_on", buyer(2)), ("pass_on", organiser()),
    ("cancel", buyer(2)), ("cancel", staff()), ("cancel", organiser()), ("cancel", guest()),
    ("hang_up", buyer(2)), ("hang_up", staff(2)), ("hang_up", organiser()), ("take_seat", buyer(2)),
    ("leave_seat", staff(2)),
]


@pytest.mark.parametrize(("step", "actor"), REFUSED)
async def test_who_may_not_changes_nothing(booth: Booth, step: str, actor: Actor) -> None:
    state = "talking" if step in ("hang_up", "take_seat", "leave_seat") else "ringing"
    before = await booth.calls.get(await bring_to(booth, state))
    calls = booth.calls
    steps: dict[str, Callable[[], Awaitable[Call]]] = {
        "accept": lambda: calls.accept(actor, before.id, "k"),
        "decline": lambda: calls.decline(actor, before.id),
        "pass_on": lambda: calls.pass_on(actor, before.id),
        "cancel": lambda: calls.cancel(actor, before.id),
        "hang_up": lambda: calls.hang_up(actor, before.id),
        "take_seat": lambda: calls.take_seat(actor, before),
        "leave_seat": lambda: calls.leave_seat(actor, before),
    }
    with pytest.raises(Denied):
        await steps[step]()
    assert await calls.get(before.id) == before

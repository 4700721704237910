"""Who sits down at the hour of an appointment and is wanted elsewhere in the same moment is in one call."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from config.errors import Busy
from config.ids import CallId, RoomId, new_id
from rooms.fair.policy import Actor
from rooms.live import keys, reading
from rooms.negotiation.call_store import CallStore
from rooms.negotiation.calls import Call
from rooms.negotiation.gathering import Arranged, is_in
from rooms.negotiation.outgoing import Callee
from rooms.negotiation.states import CallKind, CallState
from tests.media.scale import scaled
from tests.rooms.calling import Booth
from tests.rooms.fair_facts import LAMP, OAK, buyer, staff
from tests.rooms.older_store import fall_back, memory_of

ANN, BEN, SAM, LUC = buyer(1), buyer(2), staff(1), staff(1, LAMP)
TRIES = scaled(10, 300)
WAIT_SECONDS = 600.0
APART_SECONDS = 0.003


@dataclass(frozen=True)
class Other:
    """Another call that somebody may be brought into, and how."""

    call: Call
    come: Callable[[], Awaitable[Call]]


async def arrange(booth: Booth, who: Actor = ANN, with_: Actor = SAM) -> Call:
    room = with_.room or RoomId("")
    return await booth.calls.arrange(Arranged(
        CallId(f"{room}.{new_id()}"), room, None, who.id, who.name, who.company, "FI", "en",
        with_.id, with_.name, WAIT_SECONDS,
    ))


async def asked_by_another(booth: Booth) -> Other:
    """Sam takes a call that rings at him."""
    call = await booth.ring(BEN, key=new_id())
    return Other(call, lambda: booth.nodes[1].calls.accept(SAM, call.id, "k"))


async def asked_elsewhere(booth: Booth) -> Other:
    """Luc takes a call that Ann has asked for."""
    call = await booth.ring(ANN, room=LAMP, key=new_id())
    return Other(call, lambda: booth.nodes[1].calls.accept(LUC, call.id, "k"))


async def called_by_another(booth: Booth) -> Other:
    """Ann answers Luc, who calls her."""
    callee = Callee(ANN.id, ANN.name, ANN.company, "FI", "en")
    call = await booth.calls.outgoing.ring(LUC, LAMP, CallKind.INVITATION, callee, new_id())
    return Other(call, lambda: booth.nodes[1].calls.outgoing.answer(ANN, call.id))


async def meets_another(booth: Booth) -> Other:
    """Ann sits down with Luc."""
    call = await arrange(booth, ANN, LUC)
    return Other(call, lambda: booth.nodes[1].calls.take_seat(ANN, call, "there"))


async def soon(come: Callable[[], Awaitable[Call]]) -> Call:
    """Do it in a moment: which of two comes first is then as open as it is in life."""
    await asyncio.sleep(random.uniform(0, APART_SECONDS))
    return await come()


async def in_which(booth: Booth, who: Actor, *calls: Call) -> list[CallId]:
    """Return in which of some calls somebody is, as the store has it now."""
    records = await CallStore(booth.nodes[0].redis, booth.clock).read_all(call.id for call in calls)
    return [record.call.id for record in records if is_in(record, who.id)]


@pytest.mark.parametrize(
    ("who", "wanted"),
    [(SAM, asked_by_another), (ANN, asked_elsewhere), (ANN, called_by_another), (ANN, meets_another)],
)
async def test_who_sits_down_and_is_wanted_elsewhere_at_once_is_in_one_call(
    booth: Booth, who: Actor, wanted: Callable[[Booth], Awaitable[Other]]
) -> None:
    """At two servers; whoever is too late hears why, and may come once the call is over."""
    for _ in range(TRIES):
        await booth.on_duty()
        await booth.on_duty(room=LAMP)
        here, other = await arrange(booth), await wanted(booth)

        async def sit(call: Call = here) -> Call:
            return await booth.calls.take_seat(who, call, "here")

        answers = await asyncio.gather(soon(sit), soon(other.come), return_exceptions=True)
        wins = [it for it in answers if isinstance(it, Call)]
        refusals = [it for it in answers if isinstance(it, Busy)]
        assert (len(wins), [it.code for it in refusals]) == (1, ["in_a_call"]), answers
        assert await in_which(booth, who, here, other.call) == [wins[0].id]
        await booth.calls.hang_up(who, wins[0].id)
        late = await (other.come() if wins[0].id == here.id else sit())
        assert late.state is CallState.TALKING
        assert await in_which(booth, who, here, other.call) == [late.id]
        await booth.calls.hang_up(who, late.id)
        booth.clock.move(60)


@pytest.mark.parametrize("is_emptied", [True, False])
async def test_a_store_that_lost_the_last_of_it_has_everybody_in_one_call(
    booth: Booth, valkey_url: str, is_emptied: bool
) -> None:
    """What the records say of the calls counts, in whichever order it is taken over."""
    await booth.on_duty()
    first, second = await booth.ring(ANN, key="1"), await booth.ring(BEN, key="2")
    await booth.calls.accept(SAM, first.id, "k")
    memory = {} if is_emptied else await memory_of(valkey_url)
    await booth.calls.hang_up(SAM, first.id)
    await booth.calls.accept(SAM, second.id, "k")
    await fall_back(valkey_url, memory)
    await asyncio.gather(*(node.calls.reconcile() for node in booth.nodes))
    assert await in_which(booth, SAM, first, second) == [second.id]
    assert await noted(booth, SAM, ANN, BEN) == [second.id, None, second.id]
    await booth.calls.hang_up(BEN, second.id)
    assert await noted(booth, SAM, ANN, BEN) == [None, None, None]


@pytest.mark.parametrize("is_known", [True, False])
async def test_a_note_of_a_call_that_does_not_have_them_keeps_nobody_busy(
    booth: Booth, is_known: bool
) -> None:
    """Such as a server of an older version leaves behind, which knows of no notes."""
    await booth.on_duty()
    over = await booth.ring(BEN, key="1")
    await booth.calls.accept(SAM, over.id, "k")
    await booth.calls.hang_up(SAM, over.id)
    call = over.id if is_known else f"{OAK}.{new_id()}"
    await booth.nodes[0].redis.set(keys.in_call(SAM.id), call)
    taken = await booth.calls.accept(SAM, (await booth.ring(ANN, key="2")).id, "k")
    assert (taken.state, await noted(booth, SAM)) == (CallState.TALKING, [taken.id])


async def test_who_leaves_an_appointment_before_its_end_is_in_no_call(booth: Booth) -> None:
    call = await arrange(booth)
    seated = await booth.calls.take_seat(SAM, call, "s")
    assert await noted(booth, SAM, ANN) == [call.id, None]
    await booth.calls.leave_seat(SAM, seated, "s")
    assert await noted(booth, SAM, ANN) == [None, None]


async def noted(booth: Booth, *people: Actor) -> list[str | None]:
    return await reading.texts(booth.nodes[0].redis, [keys.in_call(who.id) for who in people])

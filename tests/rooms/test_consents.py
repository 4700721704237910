"""When a call may be recorded: the rules, what is kept of each answer, and who may give one."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import select

from config.errors import Denied
from config.ids import AccountId
from rooms.fair.callroom_models import CallConsentRow
from rooms.fair.database import Database
from rooms.negotiation.call import Call
from rooms.negotiation.consent_rules import Answer, ConsentState, standing
from rooms.negotiation.consent_texts import TEXTS
from rooms.negotiation.consents import Consents
from rooms.negotiation.states import WrongMoment
from tests.rooms.calling import Booth
from tests.rooms.fair_facts import Clock, buyer, guest, organiser, staff

A, B, C = AccountId("a"), AccountId("b"), AccountId("c")


def said(*words: str) -> list[Answer]:
    """`+a` agrees, `-a` refuses."""
    return [Answer(AccountId(word[1:]), word[1:].upper(), word[0] == "+") for word in words]


@pytest.mark.parametrize(
    ("answers", "parties", "state", "agreed"),
    [
        ((), (A, B), "off", ()),
        (("+a",), (A, B), "asked", (A,)),
        (("+a", "+b"), (A, B), "agreed", (A, B)),
        (("+a", "+b"), (A, B, C), "asked", (A, B)),
        (("+a", "+b", "+c"), (A, B, C), "agreed", (A, B, C)),
        (("+a", "+b", "+c"), (A, B), "agreed", (A, B)),
        (("+a", "-b"), (A, B), "off", ()),
        (("+a", "+b", "-a"), (A, B), "off", ()),
        (("+a", "+b", "-a", "+a"), (A, B), "asked", (A,)),
        (("+a", "-b", "+b", "+a"), (A, B), "agreed", (B, A)),
        (("+c",), (A, B), "off", ()),
        (("+a", "+b", "-c"), (A, B), "off", ()),
        (("+a",), (A,), "asked", (A,)),
    ],
)
def test_what_holds_after_these_answers(
    answers: tuple[str, ...], parties: tuple[AccountId, ...], state: str, agreed: tuple[AccountId, ...]
) -> None:
    found = standing(said(*answers), parties)
    assert (found.state, found.agreed) == (ConsentState(state), agreed)


def test_nobody_is_recorded_who_has_not_agreed_since_the_last_refusal() -> None:
    """Whatever the order: a reference that looks back instead of walking forward says the same."""
    dice = random.Random(43)
    for _ in range(3000):
        answers = said(*(dice.choice("++-") + dice.choice("abc") for _ in range(dice.randrange(9))))
        parties = {A, B} | ({C} if dice.random() < 0.5 else set())
        last_refusal = max((at for at, answer in enumerate(answers) if not answer.is_agreed), default=-1)
        since = {answer.party for answer in answers[last_refusal + 1 :]}
        assert (standing(answers, parties).state is ConsentState.AGREED) == (parties <= since)


async def test_each_answer_is_kept_with_what_was_read(booth: Booth, database: Database) -> None:
    call, clock = await _talking(booth), Clock()
    consents = Consents(database, clock)
    await consents.answer(buyer(), call, "zh", is_agreed=True)
    clock.move(5)
    await consents.answer(staff(), call, "de", is_agreed=True)
    both = {buyer().id, staff().id}
    assert (await consents.standing(call.id, both)).state is ConsentState.AGREED
    await consents.answer(staff(), call, "ar", is_agreed=False)
    assert (await consents.standing(call.id, both)).state is ConsentState.OFF
    async with database.reading() as session:
        rows = list(await session.scalars(select(CallConsentRow).order_by(CallConsentRow.number)))
    assert [(row.party, row.name, row.is_agreed, row.language, row.text) for row in rows] == [
        (buyer().id, buyer().name, True, "zh", TEXTS["zh"]),
        (staff().id, staff().name, True, "en", TEXTS["en"]),
        (staff().id, staff().name, False, "ar", TEXTS["ar"]),
    ]
    assert rows[1].at - rows[0].at == 5


async def test_only_parties_of_a_running_call_answer(booth: Booth, database: Database) -> None:
    call, consents = await _talking(booth), Consents(database, booth.clock)
    for stranger in (buyer(2), staff(2), guest(), organiser()):
        with pytest.raises(Denied):
            await consents.answer(stranger, call, "en", is_agreed=True)
    over = await booth.calls.hang_up(buyer(), call.id)
    with pytest.raises(WrongMoment):
        await consents.answer(buyer(), over, "en", is_agreed=True)
    assert (await consents.standing(call.id, {buyer().id, staff().id})).state is ConsentState.OFF


async def _talking(booth: Booth) -> Call:
    await booth.on_duty()
    return await booth.calls.accept(staff(), (await booth.ring()).id, "key")

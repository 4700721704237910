"""The time line of a thread: from the second of a show on, in order, with what each side may see of it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from config.ids import CallId, ShowId, new_id
from rooms.fair.accounts import Account
from rooms.fair.policy import Actor, Role
from rooms.fair.recording import Access
from rooms.negotiation.call import Call
from rooms.negotiation.offers.records import ThreadKey
from rooms.negotiation.states import CallKind, CallState
from tests.rooms.fair_facts import staff as staff_actor
from tests.rooms.recorded import STARTED_AT, record
from tests.rooms.test_call_files import PDF
from tests.web.conftest import LUMEN, PEOPLE, OpenFair
from tests.web.visitor import PASSWORD, Visitor, visitor
from web.thread_entries import PROVIDERS

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def call_of(fair: OpenFair, buyer: Account, show: str, **more: Any) -> Call:
    """Let a buyer have asked for a call at second 42.5 of a show, and talked."""
    call = Call(
        CallId(f"{LUMEN}.{new_id()}"), LUMEN, ShowId(show), 42.5, None, buyer.id, buyer.name, buyer.company,
        buyer.country, "en", CallState.RINGING, STARTED_AT + 42.5, STARTED_AT + 42.5, STARTED_AT + 90, None,
        None, (), 1,
    )
    await fair.parts.outcomes.record(call)
    talking = replace(
        call, state=CallState.TALKING, since=STARTED_AT + 50, answered_by=staff_actor().id,
        answered_by_name="Rui", epoch=2,
    )
    await fair.parts.outcomes.record(talking)
    for who in (talking.buyer, staff_actor().id):
        await fair.parts.outcomes.note_came(talking, who, STARTED_AT + 55)
    ended = replace(talking, state=CallState.ENDED, since=STARTED_AT + 100, epoch=3)
    await fair.parts.outcomes.record(ended)
    return ended


@pytest_asyncio.fixture(loop_scope="session")
async def talked(fair: OpenFair) -> AsyncIterator[tuple[Visitor, ThreadKey, str]]:
    """A new buyer who talked with the room about a recorded show: their browser, the thread, the show."""
    show, email = f"told-{new_id()}", f"{new_id().lower()}@shop.example".replace("_", "-")
    await record(fair.parts.recordings, show, room=LUMEN, count=60)
    account = await fair.parts.accounts.register_buyer("Ama", "Owusu", email, PASSWORD, "GH", "en")
    await call_of(fair, account, show)
    async with visitor(fair.base_url) as browser:
        await browser.sign_in(email)
        yield browser, ThreadKey(LUMEN, account.id), show


def entries(page: str) -> list[str]:
    found = re.search(r'<ol class="time-line">(.*?)</ol>', page, re.DOTALL)
    assert found
    return re.findall(r'<li class="time-entry.*?</li>', found[1], re.DOTALL)


async def test_it_begins_at_the_second_of_the_show(
    fair: OpenFair, talked: tuple[Visitor, ThreadKey, str]
) -> None:
    browser, thread, show = talked
    still = fair.parts.stills.new_moment(
        Actor(thread.buyer, Role.BUYER, "Ama", "Owusu", None), LUMEN, "Lumen", ShowId(show), 42_500,
        int((STARTED_AT + 45) * 1000),
    )
    kept = await fair.parts.stills.keep(still, b"jpeg", 1280, 720)
    (call,) = await fair.parts.outcomes.of_thread(*(thread.room, thread.buyer))
    whole = await fair.parts.calls.get(call.id)
    await fair.parts.stills.attach(Actor(thread.buyer, Role.BUYER, "Ama", "Owusu", None), kept.id, whole)
    asked, taken, ended = entries((await browser.get(f"/threads/{thread.room}/{thread.buyer}")).text)
    assert "0:42" in asked
    assert f'href="/rooms/lumen/shows/{show}?t=42.5"' in asked
    assert f'src="/stills/{kept.id}.jpg"' in taken
    assert "Rui" in ended
    assert (await browser.get(f"/rooms/lumen/shows/{show}?t=42.5")).data["at"] == 42.5


async def test_what_was_handed_over_in_a_call_is_found_again(
    fair: OpenFair, talked: tuple[Visitor, ThreadKey, str]
) -> None:
    """Its two load it from there, and read the notes; their colleagues see that it was there."""
    browser, thread, _ = talked
    (call,) = await fair.parts.outcomes.of_thread(thread.room, thread.buyer)
    whole, parts = await fair.parts.calls.get(call.id), fair.parts.call_room.parts
    ama = Actor(thread.buyer, Role.BUYER, "Ama", "Owusu", None)
    await parts.files.add(ama, replace(whole, state=CallState.TALKING), "Seam <1>.pdf", PDF)
    await parts.notes.leave(ama, whole, "I can go up to 12.")
    path = f"/threads/{thread.room}/{thread.buyer}"
    _asked, ended, handed, noted = entries((await browser.get(path)).text)
    assert f'href="/meeting/{call.id}"' in ended
    assert "Seam 1.pdf" in handed
    assert (await browser.get(f"/meeting/{call.id}")).status == 200
    (url,) = re.findall(r'href="(/call-files/[^"]+)"', handed)
    assert (await browser.get(url)).body == PDF
    assert "I can go up to 12." in noted
    (told,) = (await browser.get(f"{path}.json")).json["calls"]
    assert [it["name"] for it in told["files"]] == ["Seam 1.pdf"]
    async with visitor(fair.base_url) as colleague:
        await colleague.sign_in(PEOPLE[Role.STAFF])
        page = (await colleague.get(path)).text
    assert "Seam 1.pdf" in page
    assert not re.search(r"/call-files/|/meeting/|I can go", page)


@pytest.mark.parametrize(("kind", "state", "began", "became"), [
    (CallKind.INVITATION, CallState.DECLINED, "invited the buyer", "The buyer declined"),
    (CallKind.INVITATION, CallState.CANCELLED, "invited the buyer", "was taken back"),
    (CallKind.CALL_BACK, CallState.MISSED, "called the buyer back", "The buyer did not answer"),
])
async def test_a_call_of_the_staff_is_not_told_as_the_buyers(
    fair: OpenFair, talked: tuple[Visitor, ThreadKey, str], kind: CallKind, state: CallState, began: str,
    became: str,
) -> None:
    browser, thread, _ = talked
    (before,) = await fair.parts.outcomes.of_thread(thread.room, thread.buyer)
    whole = await fair.parts.calls.get(before.id)
    rung = replace(
        whole, id=CallId(f"{LUMEN}.{new_id()}"), show=None, show_second=None, state=CallState.RINGING,
        kind=kind, requested_at=STARTED_AT + 200, since=STARTED_AT + 200, answered_by=None,
        answered_by_name=None, epoch=1, called_by=staff_actor().id, called_by_name="Rui",
    )
    await fair.parts.outcomes.record(rung)
    await fair.parts.outcomes.record(replace(rung, state=state, since=STARTED_AT + 210, epoch=2))
    *_, rang, ended = entries((await browser.get(f"/threads/{thread.room}/{thread.buyer}")).text)
    assert "Rui" in rang
    assert began in rang
    assert became in ended


@pytest.mark.parametrize(("kind", "began"), [
    (CallKind.REQUEST, "The buyer asked for a call."),
    (CallKind.APPOINTMENT, "The call that was arranged began."),
])
async def test_of_a_call_to_which_one_did_not_come_nobody_is_said_to_have_talked(
    fair: OpenFair, talked: tuple[Visitor, ThreadKey, str], kind: CallKind, began: str
) -> None:
    browser, thread, _ = talked
    (before,) = await fair.parts.outcomes.of_thread(thread.room, thread.buyer)
    whole = await fair.parts.calls.get(before.id)
    at = STARTED_AT + 200
    begun = replace(
        whole, id=CallId(f"{LUMEN}.{new_id()}"), show=None, show_second=None, state=CallState.TALKING,
        kind=kind, requested_at=at, since=at, epoch=1,
    )
    await fair.parts.outcomes.record(begun)
    await fair.parts.outcomes.note_came(begun, staff_actor().id, at)
    await fair.parts.outcomes.record(replace(begun, state=CallState.ENDED, since=at + 30, epoch=2))
    *_, asked, ended = entries((await browser.get(f"/threads/{thread.room}/{thread.buyer}")).text)
    assert began in asked
    assert "did not meet" in ended


async def test_a_show_that_one_may_not_watch_is_no_link(
    fair: OpenFair, talked: tuple[Visitor, ThreadKey, str]
) -> None:
    browser, thread, show = talked
    await fair.parts.recordings.set_access(staff_actor(room=LUMEN), show, Access.INVITED)
    path = f"/threads/{thread.room}/{thread.buyer}"
    assert "0:42" in entries((await browser.get(path)).text)[0]
    assert "/shows/" not in (await browser.get(path)).text
    async with visitor(fair.base_url) as staff:
        await staff.sign_in(PEOPLE[Role.STAFF])
        assert f"/shows/{show}?t=42.5" in (await staff.get(path)).text


async def test_every_provider_tells_something_of_its_own() -> None:
    """Whoever has more to tell adds to the list; nobody is in it twice."""
    assert len(PROVIDERS) == len(set(PROVIDERS)) >= 3

"""Erasure for one of the exhibitor's staff, as both sides see it: on the page and in what they take along."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from config.ids import AppointmentId, CallId, new_id
from rooms.fair.appointment_rows import AppointmentRow
from rooms.fair.asking_rows import SeenToRow
from rooms.fair.policy import Actor, Role
from rooms.negotiation.appointments.appointment import Appointment, Side
from rooms.negotiation.appointments.mapping import values_of
from rooms.negotiation.appointments.states import AppointmentState
from rooms.negotiation.call import Call
from rooms.negotiation.states import CallKind, CallState
from showroom.errands import check_audit
from tests.rooms.sheets.test_sheets import squeezed, text_of
from tests.rooms.test_call_files import PDF
from tests.web.conftest import LUMEN, OTHER_STAFF, PEOPLE, OpenFair
from tests.web.test_belongings import taken
from tests.web.test_offers import Two
from tests.web.test_thread_entries import entries
from tests.web.visitor import PASSWORD, Visitor, visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")

NAME, COMPANY = "Rosalind Quist", "Lumen & Söhne"
SHEETS = {f"{it}.csv" for it in ("calls", "appointments", "consents", "call-notes", "call-files")}
"""Of the ZIP with everything, those that name staff."""


@dataclass(frozen=True)
class Scene:
    """A buyer, a member of staff who rang them and left things in the call, and a colleague."""

    two: Two
    colleague: Visitor
    call: Call
    clerk: Actor

    async def pages(self) -> dict[str, str]:
        """Return all that shows a thread to others, in a form in which names can be looked for."""
        shown = {}
        for who, browser in (("buyer", self.two.buyer), ("colleague", self.colleague)):
            shown[who] = (await browser.get(self.two.path)).text
            shown |= {f"{who} {it}": (await browser.get(self.two.path + it)).text for it in (".json", ".csv")}
            shown[f"{who} pdf"] = text_of((await browser.get(f"{self.two.path}.pdf")).body)
        archive = await taken(self.two.buyer)
        return shown | {it: archive.read(it).decode() for it in archive.namelist() if it in SHEETS}


@pytest_asyncio.fixture(loop_scope="session")
async def scene(fair: OpenFair) -> AsyncIterator[Scene]:
    mails = [f"{new_id().lower().strip('-').replace('_', '-')}@erasure.example" for _ in range(2)]
    ama = await fair.parts.accounts.register_buyer("Ama", "Owusu", mails[0], PASSWORD, "GH", "en")
    clerk = (await fair.parts.accounts.add(mails[1], PASSWORD, NAME, Role.STAFF, LUMEN)).actor
    call = Call(
        CallId(f"{LUMEN}.{new_id()}"), LUMEN, None, None, None, ama.id, ama.name, ama.company, ama.country,
        "en", CallState.TALKING, 1.0, 1.0, 9.0, clerk.id, clerk.name, (), 1, kind=CallKind.CALL_BACK,
        called_by=clerk.id, called_by_name=clerk.name,
    )
    await fair.parts.outcomes.record(call)
    appointment = Appointment(
        AppointmentId(new_id()), LUMEN, AppointmentState.ACCEPTED, 9e9, 15, ama.id, ama.name, ama.company,
        ama.country, "en", "UTC", clerk.id, clerk.name, None, "en", "", Side.STAFF, None, 1, 1.0, 1.0,
    )
    parts = fair.parts.call_room.parts
    await parts.consents.answer(clerk, call, "en", is_agreed=False)
    await parts.files.add(clerk, call, "Seam.pdf", PDF)
    await parts.notes.leave(clerk, call, "Up to 12.")
    async with fair.parts.database.session() as session:
        session.add(AppointmentRow(**values_of(appointment), reminded=""))
        session.add(SeenToRow(subject=call.id, room=LUMEN, account=clerk.id, name=clerk.name, done_at=1.0))
    async with (
        visitor(fair.base_url) as buyer, visitor(fair.base_url) as staff, visitor(fair.base_url) as colleague
    ):
        for browser, mail in ((buyer, mails[0]), (staff, mails[1]), (colleague, PEOPLE[Role.STAFF])):
            await browser.sign_in(mail)
        yield Scene(Two(buyer, staff, f"/threads/{LUMEN}/{ama.id}", call.id), colleague, call, clerk)


async def test_the_company_stands_where_the_name_was(fair: OpenFair, scene: Scene) -> None:
    two = scene.two
    sent = (await two.send(two.staff)).json
    before = await scene.pages()
    assert {it for it, text in before.items() if re.search(NAME, text) or squeezed(NAME) in text} == set(
        before
    ) - {"buyer .csv", "colleague .csv"}
    answer = await two.staff.post_json(f"/api{two.path}/erasure", {})
    assert (answer.status, answer.json) == (200, {"versions": 1, "calls": 1})
    after = await scene.pages()
    assert [it for it, text in after.items() if re.search(NAME, text) or squeezed(NAME) in text] == []
    lines = entries(after["buyer"])
    for said in ("called the buyer back", "answered", "handed over", "left a note"):
        (line,) = [it for it in lines if said in it]
        assert "Lumen" in line, line
    assert squeezed(f"Written by {COMPANY}") in after["buyer pdf"]
    assert [it for it in SHEETS if COMPANY not in after[it]] == []
    (call,) = (await two.buyer.get(f"{two.path}.json")).json["calls"]
    assert (call["answered_by"], call["files"][0]["sent_by"]) == (COMPANY, COMPANY)
    assert NAME not in "".join(entries((await two.staff.get(two.path)).text))
    refused = await two.sign(two.buyer, sent)
    assert (refused.status, refused.json["code"]) == (409, "erased")
    assert (await two.staff.post_json(f"/api{two.path}/erasure", {})).json == {"versions": 0, "calls": 0}
    assert "the audit trail is whole" in await check_audit(fair.parts.settings, None)


async def test_what_was_signed_still_shows_who_signed_it(fair: OpenFair, scene: Scene) -> None:
    two = scene.two
    sent = (await two.send(two.staff)).json
    for who in (two.staff, two.buyer):
        assert (await two.sign(who, sent)).status == 200
    assert (await two.staff.post_json(f"/api{two.path}/erasure", {})).json == {"versions": 0, "calls": 1}
    (signed,) = [it for it in entries((await two.buyer.get(two.path)).text) if NAME in it]
    assert "signed version" in signed
    (offer,) = (await two.buyer.get(f"{two.path}.json")).json["offers"]
    assert offer["versions"][0]["document"]["written_by"]["name"] == NAME
    assert squeezed(NAME) in text_of((await two.buyer.get(f"/offers/{sent['offer']}.pdf")).body)
    assert "the audit trail is whole" in await check_audit(fair.parts.settings, None)


async def test_each_side_is_told_what_goes_and_what_stays(scene: Scene) -> None:
    told = {}
    for who, browser in (("buyer", scene.two.buyer), ("staff", scene.two.staff)):
        page = (await browser.get(scene.two.path)).text
        (told[who],) = re.findall(r'<details class="thread-erase">(.*?)</details>', page, re.DOTALL)
        assert 'id="erase"' in told[who]
    assert "Colleagues keep theirs" in told["staff"]
    assert "Colleagues" not in told["buyer"]


@pytest.mark.parametrize(("who", "status"), [
    ("", 401), (PEOPLE[Role.ORGANISER], 403), (OTHER_STAFF, 403), (PEOPLE[Role.BUYER], 403),
])
async def test_nobody_asks_from_outside(fair: OpenFair, scene: Scene, who: str, status: int) -> None:
    """Guests, organisers, staff of another room, another buyer; a colleague asks for themselves alone."""
    async with visitor(fair.base_url) as somebody:
        if who:
            await somebody.sign_in(who)
        assert (await somebody.post_json(f"/api{scene.two.path}/erasure", {})).status == status
    answer = await scene.colleague.post_json(f"/api{scene.two.path}/erasure", {})
    assert (answer.status, answer.json) == (200, {"versions": 0, "calls": 0})
    assert NAME in (await scene.two.buyer.get(scene.two.path)).text

"""Files, notes and links of calls over HTTP: who gets them, and as what."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from io import BytesIO
from urllib.parse import quote

import pytest

from config.ids import AccountId
from rooms.fair.policy import Actor, Role
from rooms.negotiation.call_files import QUOTA
from rooms.negotiation.calls import Call
from tests.rooms.test_call_files import PDF, PNG, corpus
from tests.web.conftest import LUMEN, OTHER_BUYER, OTHER_STAFF, PEOPLE, OpenFair, take
from tests.web.visitor import Answer, Visitor, visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def talking(fair: OpenFair, key: str) -> Call:
    """Let the buyer and the staff of these tests talk."""
    seller, shopper = await _person(fair, Role.STAFF), await _person(fair, Role.BUYER)
    await fair.parts.duty.on(LUMEN, seller.id, seller.name)
    asked = await fair.parts.calls.request(shopper, LUMEN, None, None, None, key)
    answered = await take(fair, seller, asked)
    await fair.parts.duty.off(LUMEN, seller.id)
    return answered


async def _person(fair: OpenFair, role: Role) -> Actor:
    account, _ = await fair.parts.accounts.sign_in(PEOPLE[role], "a long enough password")
    return Actor(AccountId(account.id), role, account.name, account.company, account.room)


async def send(who: Visitor, call: Call, name: str, body: bytes) -> Answer:
    token = (await who.get("/nowhere")).token
    headers = {"X-CSRF-Token": token, "Content-Type": "application/octet-stream"}
    path = f"/api/calls/{call.id}/files?name={quote(name)}"
    return await who.ask("POST", path, data=BytesIO(body), headers=headers)


@pytest.mark.threat("T39")
async def test_nothing_of_a_hostile_corpus_is_shown_as_a_page(fair: OpenFair, buyer: Visitor) -> None:
    """Each file that is taken comes back as an attachment that may do nothing."""
    call, taken = await talking(fair, "corpus"), 0
    for name, body in corpus():
        answer = await send(buyer, call, name, body)
        if answer.status != 201:
            assert answer.status == 400, answer.text
            continue
        taken += 1
        if taken % QUOTA.files == 0:
            call = await talking(fair, f"corpus-{taken}")
        given = await buyer.get(answer.json["file"]["url"])
        assert (given.status, given.body) == (200, body)
        _check_headers(given)
    assert taken > 20


def _check_headers(given: Answer) -> None:
    assert given.headers["Content-Disposition"].startswith('attachment; filename="')
    assert not re.search(r"[\r\n]", given.headers["Content-Disposition"])
    assert given.headers["X-Content-Type-Options"] == "nosniff"
    assert given.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert not re.search("html|svg|xml|script", given.headers["Content-Type"].replace("openxmlformats", ""))


async def test_files_are_for_those_in_the_call(fair: OpenFair, buyer: Visitor, staff: Visitor) -> None:
    call = await talking(fair, "private")
    url = (await send(buyer, call, "offer.pdf", PDF)).json["file"]["url"]
    assert (await staff.get(url)).body == PDF
    for email in (OTHER_BUYER, OTHER_STAFF, PEOPLE[Role.ORGANISER]):
        async with visitor(fair.base_url) as stranger:
            await stranger.sign_in(email)
            assert (await stranger.get(url)).status == 403
            assert (await send(stranger, call, "a.pdf", PDF)).status == 403
    other = await talking(fair, "another")
    assert (await buyer.get(url.replace(call.id, other.id))).status == 404
    async with visitor(fair.base_url) as nobody:
        assert (await nobody.get(url)).status in (303, 401)


async def test_a_stranger_is_refused_before_a_file_arrives(fair: OpenFair, buyer: Visitor) -> None:
    """Whoever is not in the call, and whoever has no token, cannot make the server take a body in."""
    call, never = await talking(fair, "early"), asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield b"%PDF"
        await never.wait()

    async with visitor(fair.base_url) as stranger:
        await stranger.sign_in(OTHER_BUYER)
        for who, path in ((stranger, "/nowhere"), (buyer, None)):
            headers = {"X-CSRF-Token": (await who.get(path)).token} if path else {}
            headers |= {"Content-Type": "multipart/form-data; boundary=x"}
            async with asyncio.timeout(5):
                url = f"/api/calls/{call.id}/files?name=a.pdf"
                assert (await who.ask("POST", url, data=endless(), headers=headers)).status == 403


async def test_a_third_person_comes_by_a_link_and_stays_over_a_reload(fair: OpenFair, buyer: Visitor) -> None:
    call, room = await talking(fair, "third"), fair.parts.call_room
    token = await room.invite(await _person(fair, Role.BUYER), call, "interpreter", "Tess Brown", "Words")
    async with visitor(fair.base_url) as tess, visitor(fair.base_url) as late:
        shown = await tess.get(f"/join/{token}")
        assert shown.status == 200
        assert "Tess Brown" in shown.text
        joined = await tess.submit(f"/join/{token}", {}, page=f"/join/{token}")
        assert (joined.status, joined.headers["Location"]) == (303, f"/meeting/{call.id}")
        for _ in range(2):
            page = await tess.get(f"/meeting/{call.id}")
            assert (page.status, page.data["is_third"]) == (200, True)
        assert (await send(tess, call, "glossary.csv", b"a,b\n")).status == 201
        assert (await tess.post_json(f"/api/calls/{call.id}/notes", {"text": "x"})).status == 403
        assert (await tess.post_json("/api/tickets", {"purpose": "meeting", "call": call.id})).status == 200
        assert (await tess.post_json("/api/tickets", {"purpose": "third", "call": call.id})).status == 400
        assert (await late.get(f"/join/{token}")).status == 404
        assert (await late.get(f"/meeting/{call.id}")).status in (303, 401, 403)
        for again in (await tess.get(f"/join/{token}"), await tess.submit(f"/join/{token}", {})):
            assert (again.status, again.headers["Location"]) == (303, f"/meeting/{call.id}")
        (third,) = await room.parts.thirds.of(call.id)
        await room.remove(await _person(fair, Role.BUYER), call, third.id.removeprefix("third:"))
        assert (await tess.get(f"/meeting/{call.id}")).status == 403
        assert (await tess.get(f"/join/{token}")).status == 404


async def test_a_note_is_kept_also_when_the_call_is_over(fair: OpenFair, buyer: Visitor) -> None:
    call = await talking(fair, "note")
    await fair.parts.calls.hang_up(await _person(fair, Role.BUYER), call.id)
    left = await buyer.post_json(f"/api/calls/{call.id}/notes", {"text": "Call me tomorrow at ten."})
    assert left.status == 201
    (note,) = await fair.parts.call_room.parts.notes.of(call.id)
    assert note.text == "Call me tomorrow at ten."
    assert (await buyer.post_json(f"/api/calls/{call.id}/notes", {"text": " "})).status == 400


async def test_a_file_that_is_too_large_is_refused(fair: OpenFair, buyer: Visitor) -> None:
    call = await talking(fair, "large")
    assert (await send(buyer, call, "a.pdf", PDF + bytes(21 << 20))).status == 413
    assert (await send(buyer, call, "a.png", PNG + bytes(3 << 20))).status == 201

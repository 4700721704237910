"""Offers by HTTP: from the draft to two signatures, for the two sides of a thread and nobody else."""

from __future__ import annotations

import asyncio
import csv
import io
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from config.ids import new_id
from rooms.fair.policy import Role
from rooms.negotiation.sheets.certificate import read_published
from rooms.negotiation.sheets.checking import check
from tests.rooms.sheets.test_sheets import squeezed, text_of
from tests.signaling.fair import Talker
from tests.web.conftest import LUMEN, OTHER_BUYER, OTHER_STAFF, PEOPLE, OpenFair
from tests.web.test_policy import actor, answered_call
from tests.web.visitor import PASSWORD, Answer, Visitor, visitor
from web.app import COPIES_PER_MINUTE

pytestmark = pytest.mark.asyncio(loop_scope="session")

LINE = {
    "product": "lumen-1", "title": "Lamp", "quantity": "100", "unit": "pcs", "price": "12.50", "breaks": [],
}
WISH: dict[str, Any] = {
    "lines": [LINE], "currency": "EUR", "incoterm": "FCA", "place": "Soest", "lead_days": "30",
    "payment": "", "valid_until_ms": None, "notes": "=SUM(1)",
}
DEARER = WISH | {"lines": [LINE | {"price": "13.00"}]}


@dataclass(frozen=True)
class Two:
    """The two sides of a thread that began with a call."""

    buyer: Visitor
    staff: Visitor
    path: str
    call: str

    async def send(self, who: Visitor, wish: Any = WISH, **more: Any) -> Answer:
        return await who.post_json(f"/api{self.path}/offers", {"key": new_id(), "wish": wish} | more)

    async def offer(self, who: Visitor, offer: str) -> dict[str, Any]:
        found: dict[str, Any] = (await who.get(f"/api/offers/{offer}")).json["offer"]
        return found

    async def sign(self, who: Visitor, sent: dict[str, Any], **more: Any) -> Answer:
        consent = (await self.offer(who, sent["offer"]))["consent"]
        wish = {"key": new_id(), "version": sent["version"], "sha256": sent["sha256"], "consent": consent}
        return await who.post_json(f"/api/offers/{sent['offer']}/sign", wish | {"password": PASSWORD} | more)


@asynccontextmanager
async def two_sides(fair: OpenFair) -> AsyncIterator[Two]:
    """Open the two sides of a thread, signed in."""
    call = await answered_call(fair)
    who = await actor(fair, PEOPLE[Role.BUYER])
    async with visitor(fair.base_url) as buyer, visitor(fair.base_url) as staff:
        await buyer.sign_in(PEOPLE[Role.BUYER])
        await staff.sign_in(PEOPLE[Role.STAFF])
        yield Two(buyer, staff, f"/threads/{LUMEN}/{who.id}", call)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def two(fair: OpenFair) -> AsyncIterator[Two]:
    async with two_sides(fair) as both:
        yield both


async def test_from_a_draft_to_two_signatures(two: Two) -> None:
    draft = {"offer": None, "revision": 0, "wish": WISH}
    thread = (await two.staff.get(f"/api{two.path}")).json
    there = thread["drafts"]
    assert (list(thread["places"]), thread["places"]["JPY"]) == (thread["currencies"], 0)
    draft["revision"] = there[0]["revision"] if there else 0
    kept = await two.staff.post_json(f"/api{two.path}/draft", draft)
    assert kept.status == 200, kept.text
    stale = await two.staff.post_json(f"/api{two.path}/draft", draft)
    assert (stale.status, stale.json["code"]) == (409, "stale_draft")
    assert stale.json["facts"]["draft"]["wish"]["lines"][0]["price"] == "12.50"
    first = await two.send(two.staff, call=two.call)
    assert first.status == 201, first.text
    seen = await two.offer(two.buyer, first.json["offer"])
    assert (seen["call"], seen["may"]) == (two.call, ["counter", "sign"])
    wish = {"key": new_id(), "version": 1, "wish": DEARER}
    second = await two.buyer.post_json(f"/api/offers/{seen['id']}/counter", wish)
    late = await two.sign(two.staff, first.json)
    assert second.status == 201
    assert late.status == 409
    signed = [await two.sign(who, second.json) for who in (two.buyer, two.staff)]
    assert [(it.status, it.json["state"]) for it in signed] == [(200, "open"), (200, "agreed")]
    done = await two.offer(two.staff, seen["id"])
    assert (done["state"], done["may"]) == ("agreed", [])
    assert [it["side"] for it in done["versions"][1]["signatures"]] == ["buyer", "seller"]


async def test_what_both_signed_is_taken_along_and_checked_offline(two: Two, fair: OpenFair) -> None:
    """As a sealed PDF and as data, by both sides, and only when both have signed; strangers get nothing."""
    sent = (await two.send(two.staff, call=two.call)).json
    await two.sign(two.buyer, sent)
    early = await two.buyer.get(f"/offers/{sent['offer']}.pdf")
    assert early.status == 409
    await two.sign(two.staff, sent)
    trusted = read_published((await two.buyer.get("/fair-certificate.pem")).body)
    for who, ending in itertools.product((two.buyer, two.staff), ("pdf", "json")):
        answer = await who.get(f"/offers/{sent['offer']}.{ending}")
        assert answer.status == 200, answer.text
        report = await asyncio.to_thread(check, answer.body, trusted)
        assert report.is_good, report
        assert not report.unknown, report
    async with visitor(fair.base_url) as other:
        await other.sign_in(OTHER_BUYER)
        assert (await other.get(f"/offers/{sent['offer']}.pdf")).status == 403


async def test_an_old_version_is_refused_with_the_differences(two: Two) -> None:
    first = (await two.send(two.buyer)).json
    read = await two.offer(two.buyer, first["offer"])
    await two.staff.post_json(
        f"/api/offers/{first['offer']}/counter", {"key": new_id(), "version": 1, "wish": DEARER}
    )
    before = await two.offer(two.buyer, first["offer"])
    wish = {"version": 7, "sha256": first["sha256"], "consent": "-", "key": new_id(), "password": PASSWORD}
    answer = await two.buyer.post_json(f"/api/offers/{first['offer']}/sign", wish)
    assert (answer.status, answer.json["code"]) == (409, "superseded")
    compared = await two.buyer.get(f"/api/offers/{first['offer']}/differences?from=1&to=2")
    (line,) = compared.json["differences"]["lines"]
    assert [it["name"] for it in line["fields"]] == ["price", "amount"]
    assert (await two.buyer.get(f"/api/offers/{first['offer']}/differences?from=1&to=9")).status == 400
    meant = {"key": new_id(), "version": 1, "consent": read["consent"]}
    late = await two.buyer.post_json(f"/api/offers/{first['offer']}/sign", wish | meant)
    assert (late.status, late.json["code"], late.json["facts"]["version"]) == (409, "superseded", 2)
    assert late.json["facts"]["differences"] == compared.json["differences"]
    assert await two.offer(two.buyer, first["offer"]) == before


async def test_a_wrong_password_or_other_words_sign_nothing(two: Two) -> None:
    sent = (await two.send(two.buyer)).json
    wrong = await two.sign(two.buyer, sent, password="not my password")
    assert (wrong.status, wrong.json["code"]) == (401, "wrong_password")
    words = await two.sign(two.buyer, sent, consent="I agree to nothing.")
    assert (words.status, words.json["code"]) == (409, "other_consent")
    foreign = await two.sign(two.buyer, sent, sha256="0" * 64)
    assert (foreign.status, foreign.json["code"]) == (400, "wrong_document")
    assert (await two.offer(two.buyer, sent["offer"]))["versions"][0]["signatures"] == []


async def test_the_same_request_is_answered_the_same(two: Two) -> None:
    key = new_id()
    answers = await asyncio.gather(*(two.send(two.buyer, key=key) for _ in range(8)))
    assert len({it.body for it in answers}) == 1
    other = await two.send(two.buyer, DEARER, key=key)
    assert (other.status, other.json["code"]) == (409, "key_reused")
    signed = await asyncio.gather(*(two.sign(two.buyer, answers[0].json, key="s" + key) for _ in range(4)))
    assert len({it.body for it in signed}) == 1
    assert signed[0].status == 200
    assert len((await two.offer(two.buyer, answers[0].json["offer"]))["versions"][0]["signatures"]) == 1


BROKEN = [
    {"wish": None}, {"wish": []}, {"wish": WISH | {"lines": "x"}}, {"wish": WISH | {"lines": [1]}},
    {"wish": WISH | {"currency": 3}}, {"wish": WISH | {"valid_until_ms": 1.5}},
    {"wish": WISH | {"valid_until_ms": -1}}, {"wish": WISH | {"lines": [LINE | {"breaks": [{"start": 1}]}]}},
    {"wish": WISH, "key": ""}, {"wish": WISH, "key": "two words"}, {"wish": WISH | {"currency": "ZZZ"}},
    {"wish": WISH | {"lines": []}}, {"wish": WISH | {"notes": "x" * 9000}}, {"wish": WISH, "call": 5},
    {"wish": WISH | {"lines": [LINE] * 101}},
]


@pytest.mark.parametrize("body", BROKEN)
async def test_what_makes_no_sense_is_refused(two: Two, body: dict[str, Any]) -> None:
    answer = await two.buyer.post_json(f"/api{two.path}/offers", {"key": new_id(), **body})
    assert answer.status in (400, 413), answer.text
    assert answer.json["detail"]


OUTSIDERS = {"guest": "", "other": OTHER_BUYER, "foreign": OTHER_STAFF, "organiser": PEOPLE[Role.ORGANISER]}


@pytest_asyncio.fixture(params=OUTSIDERS, loop_scope="session")
async def outsider(request: pytest.FixtureRequest, fair: OpenFair) -> AsyncIterator[tuple[Visitor, int]]:
    """Somebody who is of neither side, and the status they meet."""
    async with visitor(fair.base_url) as somebody:
        if OUTSIDERS[request.param]:
            await somebody.sign_in(OUTSIDERS[request.param])
        yield somebody, 401 if request.param == "guest" else 403


async def test_nobody_else_reads_or_changes_anything(two: Two, outsider: tuple[Visitor, int]) -> None:
    somebody, status = outsider
    sent = (await two.send(two.buyer)).json
    before = await two.offer(two.buyer, sent["offer"])
    offer, thread = f"/api/offers/{sent['offer']}", f"/api{two.path}"
    key, draft = {"key": new_id(), "version": 1}, {"offer": None, "revision": 0, "wish": WISH}
    signing = key | {"sha256": sent["sha256"], "consent": before["consent"], "password": PASSWORD}
    answers = [
        await somebody.get(thread), await somebody.get(offer),
        await somebody.get(f"{offer}/differences?from=1&to=1"),
        await somebody.post_json(f"{thread}/draft", draft),
        await somebody.post_json(f"{thread}/offers", key | {"wish": WISH}),
        await somebody.post_json(f"{thread}/erasure", {}),
        await somebody.post_json(f"{offer}/counter", key | {"wish": WISH}),
        await somebody.post_json(f"{offer}/withdraw", key),
        await somebody.post_json(f"{offer}/sign", signing),
    ]
    assert [it.status for it in answers] == [status] * len(answers)
    pages = [await somebody.get(two.path + ending) for ending in ("", ".pdf", ".json", ".csv")]
    assert {it.status for it in pages} == {303 if status == 401 else 403}
    assert await two.offer(two.buyer, sent["offer"]) == before


async def test_an_offer_is_not_sent_over_a_draft_that_its_sender_has_not_seen(two: Two) -> None:
    there = (await two.staff.get(f"/api{two.path}")).json["drafts"]
    seen = next((it["revision"] for it in there if it["offer"] is None), 0)
    draft = {"offer": None, "revision": seen, "wish": DEARER}
    kept = (await two.staff.post_json(f"/api{two.path}/draft", draft)).json["draft"]
    answer = await two.send(two.staff, draft=seen)
    assert (answer.status, answer.json["code"]) == (409, "stale_draft")
    assert answer.json["facts"]["draft"] == kept
    assert (await two.send(two.staff, draft=kept["revision"])).status == 201


async def test_changes_without_the_token_of_the_page_are_refused(two: Two) -> None:
    paths = (f"/api{two.path}/offers", f"/api{two.path}/draft", "/api/offers/x/sign", "/api/offers/x/counter")
    for path in paths:
        answer = await two.buyer.ask("POST", path, json={"wish": WISH})
        assert (answer.status, answer.json["code"]) == (403, "csrf")


async def test_both_sides_hear_of_a_change_wherever_they_are(two: Two, fair: OpenFair) -> None:
    talkers = []
    for who in (two.buyer, two.staff):
        ticket = (await who.post_json("/api/tickets", {"purpose": "hall"})).json["ticket"]
        talkers.append(await Talker("/hall").open(fair.base_url, {"v": 1, "ticket": ticket}))
    sent = (await two.send(two.buyer)).json
    for talker in talkers:
        told = (await talker.hear("offer", lambda it: it["offer"]["offer"] == sent["offer"]))["offer"]
        assert (told["action"], told["by"], told["version"], told["room"]) == ("sent", "buyer", 1, LUMEN)
        await talker.close()


async def test_a_thread_is_one_page_and_one_file(two: Two) -> None:
    sent = (await two.send(two.staff, call=two.call)).json
    for who in (two.buyer, two.staff):
        page = await who.get(two.path)
        assert page.status == 200
        assert "sent version" in page.text
        assert two.path in (await who.get("/threads")).text
        exported = (await who.get(f"{two.path}.json")).json
        assert sent["offer"] in [it["id"] for it in exported["offers"]]
        assert two.call in [it["id"] for it in exported["calls"]]
        rows = list(csv.DictReader(io.StringIO((await who.get(f"{two.path}.csv")).text.lstrip("\ufeff"))))
        mine = next(row for row in rows if row["offer"] == sent["offer"])
        assert (mine["title"], mine["amount"], mine["notes"]) == ("Lamp", "1250.00", "'=SUM(1)")
    listed = (await two.staff.get("/api/threads")).json["threads"]
    assert [it["room"] for it in listed] == [LUMEN] * len(listed)


async def test_a_thread_is_a_copy_to_read_in_the_readers_language(two: Two) -> None:
    sent = (await two.send(two.staff, call=two.call)).json
    answer = await two.buyer.get(f"{two.path}.pdf", headers={"Accept-Language": "zh"})
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="thread-{LUMEN}.pdf"'
    text = text_of(answer.body)
    for said in ("洽谈", "本文件仅供阅读", "Lumen&Söhne", sent["offer"], "1,250.00", "=SUM(1)"):
        assert squeezed(said) in text, said
    more = await asyncio.gather(*(two.buyer.get(f"{two.path}.pdf") for _ in range(COPIES_PER_MINUTE)))
    assert sorted(it.status for it in more) == [200] * (COPIES_PER_MINUTE - 1) + [429]


async def test_pages_of_threads_that_are_none(two: Two) -> None:
    assert (await two.staff.get(f"/threads/{LUMEN}/nobody")).status == 404
    assert (await two.staff.get("/api/offers/nothing")).status == 404
    assert (await two.buyer.get(two.path.replace(LUMEN, "nowhere"))).status == 404


async def test_erasure_takes_the_name_away(fair: OpenFair, two: Two) -> None:
    async with visitor(fair.base_url) as other:
        await other.sign_in(OTHER_BUYER)
        who = await actor(fair, OTHER_BUYER)
        thread = Two(other, two.staff, f"/threads/{LUMEN}/{who.id}", "")
        sent = (await thread.send(other)).json
        assert "Other Buyer" in (await two.staff.get(thread.path)).text
        answer = await other.post_json(f"/api{thread.path}/erasure", {})
        assert (answer.status, answer.json["versions"]) == (200, 1)
        assert "Other Buyer" not in (await two.staff.get(thread.path)).text
        assert "Other Buyer" not in (await two.staff.get(f"{thread.path}.json")).text
        assert (await two.offer(two.staff, sent["offer"]))["may"] == ["counter"]
        refused = await thread.sign(two.staff, sent)
        assert (refused.status, refused.json["code"]) == (409, "erased")

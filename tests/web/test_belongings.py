"""What somebody takes along from the fair in one ZIP: all that is theirs, and nothing of anybody else."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import zipfile
from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest
import pytest_asyncio

from rooms.fair.policy import Role
from rooms.negotiation.sheets.certificate import read_published
from rooms.negotiation.sheets.checking import check
from showroom.data_folder import CALL_FILES
from tests.rooms.test_call_files import PDF
from tests.web.conftest import LUMEN, OTHER_BUYER, OTHER_STAFF, PEOPLE, OpenFair
from tests.web.test_offer_copies import reword
from tests.web.test_offers import Two, two_sides
from tests.web.visitor import Visitor, visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")

FILE = "prices 价格.pdf"
TABLES = {
    "account", "calls", "appointments", "messages", "consents", "call-notes", "call-files", "chat",
    "recordings",
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def two(fair: OpenFair) -> AsyncIterator[Two]:
    """Two who talked, handed a file over, and have not agreed on an offer yet."""
    async with two_sides(fair) as both:
        token = (await both.staff.get("/api/session")).json["csrf"]
        path = f"/api/calls/{both.call}/files?name={quote(FILE)}"
        added = await both.staff.ask("POST", path, data=PDF, headers={"X-CSRF-Token": token})
        assert added.status == 201, added.text
        assert (await both.send(both.buyer)).status == 201
        yield both


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def order(two: Two) -> str:
    """The offer that both have signed; others may have signed more at this fair."""
    sent = (await two.send(two.staff)).json
    for who in (two.buyer, two.staff):
        assert (await two.sign(who, sent)).status == 200
    return str(sent["offer"])


def sheets_of(archive: zipfile.ZipFile, offer: str) -> dict[str, str]:
    """Return the names of the files of an order, by their endings."""
    names = [name for name in archive.namelist() if f"/orders/order-of-intent-{offer}-" in name]
    return {name.rpartition(".")[2]: name for name in names}


async def taken(who: Visitor) -> zipfile.ZipFile:
    answer = await who.get("/belongings.zip")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/zip")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="showroom.zip"'
    archive = zipfile.ZipFile(io.BytesIO(answer.body))
    assert archive.testzip() is None
    return archive


def table(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    text = archive.read(f"{name}.csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("side", ["buyer", "staff"])
@pytest.mark.usefixtures("order")
async def test_each_side_takes_along_all_that_is_theirs(two: Two, side: str) -> None:
    archive = await taken(two.buyer if side == "buyer" else two.staff)
    names = set(archive.namelist())
    own = {"reservations", "visible-to"} if side == "buyer" else set[str]()
    assert {f"{name}.csv" for name in TABLES | own} | {"negotiations.csv", "about.txt"} <= names
    assert two.call in [row["call"] for row in table(archive, "calls")]
    email = PEOPLE[Role.BUYER if side == "buyer" else Role.STAFF]
    assert [row["email"] for row in table(archive, "account")] == [email]
    assert all(row["requested_at"].endswith("+00:00") for row in table(archive, "calls"))
    buyer = two.path.rpartition("/")[2]
    (row,) = [row for row in table(archive, "negotiations") if row["folder"].endswith((buyer, f"/{LUMEN}"))]
    thread = json.loads(archive.read(f"{row['folder']}/thread.json"))
    assert two.call in [call["id"] for call in thread["calls"]]
    assert len(thread["offers"]) >= 2
    assert archive.read(f"{row['folder']}/offers.csv").startswith("\ufeff".encode())
    (file,) = [name for name in names if name.endswith(FILE)]
    assert archive.read(file) == PDF


async def test_the_orders_in_it_are_genuine(two: Two, order: str) -> None:
    archive = await taken(two.buyer)
    sheets = sheets_of(archive, order)
    assert sheets.keys() == {"pdf", "json"}
    published = read_published((await two.buyer.get("/fair-certificate.pem")).body)
    for name in sheets.values():
        report = await asyncio.to_thread(check, archive.read(name), published)
        assert report.is_good, report
        assert not report.unknown, report


async def test_nobody_else_finds_anything_of_it(two: Two, fair: OpenFair) -> None:
    buyer = two.path.rpartition("/")[2].encode()
    for email in (OTHER_BUYER, OTHER_STAFF):
        async with visitor(fair.base_url) as other:
            await other.sign_in(email)
            archive = await taken(other)
            for name in archive.namelist():
                body = archive.read(name)
                assert two.call.encode() not in body, name
                assert buyer not in name.encode() + body, name


async def test_what_cannot_be_had_costs_nobody_the_rest(two: Two, fair: OpenFair, order: str) -> None:
    """A file that is gone from its shelf, and terms that nobody signed: it says so in their places."""
    before = await taken(two.buyer)
    (file,) = [name for name in before.namelist() if name.endswith(FILE)]
    shelf = fair.parts.settings.data.folder / CALL_FILES
    for lost in [path for path in shelf.glob("*/*") if path.name in file]:
        lost.unlink()
    sheet = sheets_of(before, order)["pdf"]
    await reword(fair, order, '"12.50"', '"92.50"')
    after = await taken(two.buyer)
    await reword(fair, order, '"92.50"', '"12.50"')
    assert "no such file" in after.read(f"{file}.txt").decode()
    assert "not the terms that were signed" in after.read(f"{sheet}.txt").decode()
    assert {file, sheet} & set(after.namelist()) == set()
    assert "thread.json" in "".join(after.namelist())


async def test_a_guest_is_asked_to_sign_in(fair: OpenFair, guest: Visitor) -> None:
    assert (await guest.get("/belongings.zip")).status == 303

"""What is taken along of offers: proved before it is sealed, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from config.errors import Conflict
from rooms.fair.offer_rows import VersionRow
from showroom.errands import check_audit
from tests.web.conftest import OpenFair
from tests.web.test_offers import LINE, WISH, Two, two_sides
from web.thread_export import as_cell

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def two(fair: OpenFair) -> AsyncIterator[Two]:
    async with two_sides(fair) as both:
        yield both


async def reword(fair: OpenFair, offer: str, was: str, now: str) -> None:
    """Change words of the first version of an offer in the database."""
    async with fair.parts.database.session() as session:
        row = await session.get_one(VersionRow, (offer, 1))
        row.text = row.text.replace(was, now)


@pytest.mark.threat("T31")
async def test_terms_that_nobody_signed_are_not_sealed_as_signed(two: Two, fair: OpenFair) -> None:
    """A price that was changed in the database is in no sheet, and `check-audit` names the offer."""
    sent = (await two.send(two.staff)).json
    for who in (two.buyer, two.staff):
        await two.sign(who, sent)
    await reword(fair, sent["offer"], '"12.50"', '"92.50"')
    for ending in ("pdf", "json"):
        refused = await two.buyer.get(f"/offers/{sent['offer']}.{ending}")
        assert refused.status == 409
        assert "These are not the terms that were signed" in refused.text
    with pytest.raises(Conflict, match=sent["offer"]):
        await check_audit(fair.parts.settings, None)
    await reword(fair, sent["offer"], '"92.50"', '"12.50"')
    assert (await two.buyer.get(f"/offers/{sent['offer']}.json")).status == 200
    assert "the audit trail is whole" in await check_audit(fair.parts.settings, None)


async def test_no_cell_of_a_copy_is_a_formula_wherever_a_spreadsheet_begins_one(two: Two) -> None:
    """Half of the world's spreadsheets begin cells at semicolons, and take no notice of our quotes."""
    titles = ("Lamp;=cmd|' /C calc'!A0;", 'Lamp;"=1+1;', 'Lamp; "" -1+1;', "＝1+1")
    lines = [LINE | {"product": "", "title": title} for title in titles]
    await two.send(two.buyer, WISH | {"lines": lines, "notes": "Oak.\n @SUM(1)"})
    text = (await two.staff.get(f"{two.path}.csv")).text.lstrip("\ufeff")
    for separator in ",;\t":
        cells = [cell for row in csv.reader(io.StringIO(text), delimiter=separator) for cell in row]
        assert [it for it in cells if it.strip().startswith(SIGNS)] == []
    raw = [cell for line in text.splitlines() for cell in line.split(";")]
    assert [it for it in raw if it.strip(' "').startswith(SIGNS)] == []


SIGNS = ("=", "+", "-", "@", "＝")
CELLS = {
    "=1": "'=1", "a;=1": "a;'=1", "a; -1": "a; '-1", "a\n\n@b": "a\n\n'@b", "a\t+1": "a\t'+1",
    ";;=": ";;'=", "10: 9; 20: 8": "10: 9; 20: 8", "a-b = c": "a-b = c",
    'a;"=1': 'a;"\'=1', 'a; "" @b': 'a; "" \'@b', "＋1": "'＋1", "a;＠b": "a;'＠b", '5"; 6"': '5"; 6"',
}


@pytest.mark.parametrize("text", CELLS)
async def test_a_cell_is_written_as_text(text: str) -> None:
    assert as_cell(text) == CELLS[text]


async def test_a_cell_of_line_breaks_is_written_at_once() -> None:
    """What is looked for behind each of them must not be looked for from each of them anew."""
    began = time.process_time()
    as_cell("a" + "\n" * 200_000 + "b")
    assert time.process_time() - began < 2

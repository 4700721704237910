"""The printed sheet: it says what was signed, in both languages, and is the same each time."""

from __future__ import annotations

import io
import subprocess
import unicodedata
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.reader import PdfFileReader

from rooms.fair.words import line as one_line
from rooms.fair.words import paragraphs
from rooms.negotiation.sheets import facts
from rooms.negotiation.sheets.checking import check
from rooms.negotiation.sheets.words import LABELS, SENTENCES
from tests.media.scale import scaled
from tests.rooms.sheets.signed import SealingFair, document, line, printed

PAIRS = [("en", "zh"), ("en", "ar"), ("zh", "ar"), ("ar", "en"), ("zh", "zh")]


def text_of(pdf: bytes) -> str:
    """Return the text of a PDF in reading order, without blanks and marks of direction."""
    done = subprocess.run(["pdftotext", "-", "-"], input=pdf, stdout=subprocess.PIPE, check=True, timeout=60)
    return squeezed(done.stdout.decode())


def squeezed(text: str) -> str:
    """Return a text by its letters and figures alone, as one finds it on any page."""
    normal = unicodedata.normalize("NFKC", text)
    return "".join(sign for sign in normal if not sign.isspace() and unicodedata.category(sign) != "Cf")


@pytest.mark.parametrize("languages", PAIRS)
def test_sheet_says_everything_that_was_signed(fair: SealingFair, languages: tuple[str, str]) -> None:
    """Parties, lines, price breaks, total, terms, origin, both signatures, hash, and how to check it."""
    sheet = fair.signed(document(3))
    text = text_of(printed(sheet, *languages))
    said = [
        "offer-8Qm2kVx7", "宁波宏达厨具有限公司", "PressurecookerZX-0", "不锈钢压力锅", "5,000", "11.90",
        "37,500.00USD", "FOBNingbo宁波(Incoterms®2020", "30%deposit", "show-19fe", "0:12:34", "call-77ab",
        "外箱需印中文唛头", "2026-11-2517:01:00UTC", "2026-11-2517:02:00UTC", "seller@seller.example",
        "我代表本公司签署此采购意向书第3版",
        "https://fair.example/fair-certificate.pem", *facts.grouped(sheet.sha256)[1:-1].split(),
        *(signature["seal"][:20] for signature in sheet.signatures),
    ]  # fmt: skip
    assert [part for part in said if squeezed(part) not in text] == []


def test_long_order_repeats_its_head_on_each_page(fair: SealingFair) -> None:
    """Sixty lines break over pages; each page of them says what the columns are."""
    pdf = printed(fair.signed(document(60)), "en", "zh")
    pages = PdfFileReader(io.BytesIO(pdf)).root["/Pages"]["/Count"]
    assert pages >= 4
    assert text_of(pdf).count("Unitprice") >= pages - 2


def test_same_sheet_has_the_same_bytes(fair: SealingFair) -> None:
    """Nothing in it is made of the time, of chance or of the machine."""
    sheet = fair.signed(document())
    assert printed(sheet) == printed(sheet)


def test_data_is_attached_as_an_archive_wants_it(sealed: bytes) -> None:
    """PDF/A-3 with one associated file, related to the document as its data (ISO 19005-3, 6.8)."""
    root = PdfFileReader(io.BytesIO(sealed)).root
    assert b'pdfaid:part="3" pdfaid:conformance="U"' in root["/Metadata"].data
    (file,) = (it.get_object() for it in root["/AF"])
    assert (file["/UF"], file["/AFRelationship"]) == ("order-of-intent.json", "/Data")


def test_what_could_turn_or_hide_words_is_not_printed() -> None:
    """A right-to-left override makes 12.50 read as 05.21; it is taken out, like whatever has no shape."""
    assert facts.typed("12\u202e.50\u2069\x00 \ue000kg\u200f") == "12.50 kg"
    assert facts.direction("24 قطعة") == "rtl"
    assert facts.direction("24 — 60") == "ltr"
    assert facts.number("1234567.8900") == facts.ltr("1,234,567.8900")
    assert facts.show_time("3754.2") == facts.ltr("1:02:34")


def test_sheet_of_an_order_without_anything_optional(fair: SealingFair) -> None:
    """No call, no show, no terms but the lines: it says that they were not given."""
    bare = document(
        1, call=None, show=None, incoterm=None, place="", lead_days=None, payment="", valid_until_ms=None,
        notes="",
    )
    text = text_of(printed(fair.signed(bare, "seller"), "en", "en"))
    assert text.count("notgiven") == 5
    assert "Notsigned" in text
    assert "Whereitbegan" not in text


def test_what_a_tab_holds_apart_is_apart_on_paper(fair: SealingFair) -> None:
    """Else "5", a tab and "10 days" would be 510 days."""
    sheet = fair.signed(document(1, notes="Deposit 5\t10 days\nSpare parts\t1\t200.00"))
    pdf, command = printed(sheet, "en", "en"), ["pdftotext", "-layout", "-", "-"]
    done = subprocess.run(command, input=pdf, stdout=subprocess.PIPE, check=True, timeout=60)
    text = done.stdout.decode()
    assert "Deposit 5 10 days" in text
    assert "Spare parts 1 200.00" in text


def test_every_sentence_is_short_enough_for_its_place() -> None:
    """A label that does not fit its column would push the page apart."""
    assert max(len(text) for text in LABELS) <= 24
    assert len(set(SENTENCES)) == len(SENTENCES)


AMOUNTS = st.decimals(0, 10**9, places=2, allow_nan=False, allow_infinity=False).map(lambda it: f"{it:f}")
ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
LINES = ANYTHING.map(one_line)
LONG = st.builds(lambda text, times: paragraphs(text * times), ANYTHING, st.integers(1, 60))


@st.composite
def orders(draw: st.DrawFn) -> dict[str, Any]:
    """Any order that people could type, through the same sieve as the forms."""
    steps = st.lists(st.fixed_dictionaries({"from": AMOUNTS, "price": AMOUNTS}), max_size=8)
    made = [
        {**line(0), "title": draw(LINES) or "-", "unit": draw(LINES), "quantity": draw(AMOUNTS),
         "price": draw(AMOUNTS), "breaks": draw(steps), "amount": draw(AMOUNTS)}
        for _ in range(draw(st.integers(1, 3)))
    ]  # fmt: skip
    total = sum((Decimal(it["amount"]) for it in made), Decimal(0))
    company, person = draw(LINES), draw(LINES)
    return document(
        lines=0, notes=draw(LONG), payment=draw(LINES), place=draw(LINES), total=f"{total:f}",
        buyer={"name": person, "company": company, "country": draw(st.sampled_from(["AE", "DE", "", "??"]))},
    ) | {"lines": made}


@settings(max_examples=scaled(5, 100), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(order=orders(), languages=st.sampled_from(PAIRS))
def test_whatever_people_type_is_printed_and_verifies(
    fair: SealingFair, order: dict[str, Any], languages: tuple[str, str]
) -> None:
    """Emoji, scripts of the whole world, words without end: a page comes out, and its seal holds."""
    report = check(fair.pdf(fair.signed(order), *languages), fair.trusted)
    assert report.is_good, report
    assert not report.unknown

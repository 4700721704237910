"""What an offer may say, what it costs, how a document writes it, and what changed between two of them."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.ids import AccountId, RoomId
from rooms.negotiation.offers.amounts import amount, currencies, number, places_of, plain
from rooms.negotiation.offers.checking import BadTerms, checked
from rooms.negotiation.offers.differences import differences
from rooms.negotiation.offers.document import document_of
from rooms.negotiation.offers.records import Buyer, OfferId, Origin, Seller, ThreadKey
from rooms.negotiation.offers.states import Side
from rooms.negotiation.offers.terms import Wish, WishedBreak, WishedLine
from rooms.negotiation.sheets import facts
from rooms.negotiation.sheets.canonical import canonical
from tests.rooms.offers.table import CHAIR, FAIR, WISH

NOW = 1_800_000_000_000
LINE = WISH.lines[0]
DAY_MS = 24 * 3600 * 1000
AMA = Buyer("Ama", "Owusu", "GH")


def document(wish: Wish, version: int = 1, buyer: Buyer = AMA) -> dict[str, Any]:
    return document_of(
        FAIR, OfferId("o"), version, ThreadKey(RoomId("oak"), AccountId("b")), Origin(),
        Seller("Oak", "PT", "Porto", RoomId("oak")), buyer, Side.BUYER, "Ama", NOW,
        checked(wish, {CHAIR}, NOW),
    )


def with_line(**changes: Any) -> Wish:
    return replace(WISH, lines=(replace(LINE, **changes),))


BAD = [
    (replace(WISH, currency="DEM"), "currency", None),
    (replace(WISH, currency="usd"), "currency", None),
    (replace(WISH, currency=""), "currency", None),
    (replace(WISH, lines=()), "lines", None),
    (replace(WISH, lines=(LINE,) * 101), "lines", None),
    (replace(WISH, incoterm="DAT"), "incoterm", None),
    (replace(WISH, place="  "), "place", None),
    (replace(WISH, place="\u200f"), "place", None),
    (replace(WISH, place="\u2060"), "place", None),
    (replace(WISH, place="x" * 121), "place", None),
    (replace(WISH, lead_days="soon"), "lead_days", None),
    (replace(WISH, lead_days="-1"), "lead_days", None),
    (replace(WISH, lead_days="1.5"), "lead_days", None),
    (replace(WISH, lead_days="1826"), "lead_days", None),
    (replace(WISH, payment="x" * 501), "payment", None),
    (replace(WISH, notes="x" * 4001), "notes", None),
    (replace(WISH, valid_until_ms=NOW), "valid_until_ms", None),
    (replace(WISH, valid_until_ms=NOW + 731 * DAY_MS), "valid_until_ms", None),
    (with_line(product="lamp"), "product", 0),
    (with_line(title=" \u202e "), "title", 0),
    (with_line(title="\u200b\u3164"), "title", 0),
    (with_line(title="x" * 201), "title", 0),
    (with_line(unit="x" * 41), "unit", 0),
    *((with_line(quantity=text), "quantity", 0) for text in (
        "", "0", "0.000", "-1", "1e3", "1,000", "١", "1.2345", "9" * 13, "1000000000000", "NaN", "1 000",
    )),
    *((with_line(price=text), "price", 0) for text in ("", "-1", "12,50", "1.23456", "9" * 13, "Infinity")),
    (with_line(breaks=(WishedBreak("5", "1"),) * 9), "breaks", 0),
    (with_line(breaks=(WishedBreak("5", "1"), WishedBreak("5", "1"))), "breaks", 0),
    (with_line(breaks=(WishedBreak("0", "1"),)), "breaks", 0),
    (with_line(breaks=(WishedBreak("5", "x"),)), "breaks", 0),
    (replace(WISH, lines=(LINE, replace(LINE, price="?"))), "price", 1),
    (with_line(quantity="999999999999", price="999999999999", breaks=()), "lines", None),
]


@pytest.mark.parametrize(("wish", "field", "line"), BAD)
def test_what_cannot_be_sent_is_refused_with_its_place(wish: Wish, field: str, line: int | None) -> None:
    with pytest.raises(BadTerms) as refusal:
        checked(wish, {CHAIR}, NOW)
    assert refusal.value.facts == {"field": field, "line": line}
    assert refusal.value.code == "bad_terms"


SUMS = [
    ("1000", "12.50", (), "USD", "12500.00"),
    ("4999.999", "12.50", (("5000", "11.90"),), "USD", "62499.99"),
    ("5000", "12.50", (("5000", "11.90"),), "USD", "59500.00"),
    ("20000", "12.50", (("5000", "11.90"), ("10000", "11")), "USD", "220000.00"),
    ("3", "0.335", (), "EUR", "1.01"),
    ("1", "0.005", (), "EUR", "0.01"),
    ("3", "12.4", (), "JPY", "37"),
    ("1", "0.5", (), "JPY", "1"),
    ("2", "1.2345", (), "KWD", "2.469"),
    ("10", "0", (), "USD", "0.00"),
    ("1", "12.50", (), "RSD", "12.50"),
    ("3", "0.125", (), "IQD", "0.375"),
    ("1", "1500.75", (), "IRR", "1500.75"),
    ("7", "0.15", (), "UGX", "1"),
]


@pytest.mark.parametrize(("quantity", "price", "breaks", "currency", "total"), SUMS)
def test_lines_cost_what_they_cost_to_the_last_digit(
    quantity: str, price: str, breaks: tuple[tuple[str, str], ...], currency: str, total: str
) -> None:
    steps = tuple(WishedBreak(*step) for step in breaks)
    wish = replace(with_line(quantity=quantity, price=price, breaks=steps), currency=currency)
    found = document(wish)
    assert (found["lines"][0]["amount"], found["total"]) == (total, total)


def test_amounts_have_the_decimals_of_iso_4217() -> None:
    """What shops round to is another matter: an invoice in dinars has its paras."""
    others = {
        0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
        3: "BHD IQD JOD KWD LYD OMR TND",
    }
    listed = {code: places for places, codes in others.items() for code in codes.split()}
    assert {code: places_of(code) for code in currencies() if places_of(code) != 2} == listed


DECIMALS = st.decimals(0, 10**11, places=4, allow_nan=False, allow_infinity=False)


@given(DECIMALS)
def test_a_number_is_written_in_one_way_and_read_back(value: Decimal) -> None:
    text = plain(value)
    assert number(text, 4) == value
    assert plain(Decimal(text)) == text
    assert "E" not in text
    assert not (text.startswith("0") and not text.startswith("0.") and text != "0")


@given(st.integers(1, 10**6), DECIMALS, st.sampled_from(sorted(currencies())))
def test_an_amount_is_off_by_half_of_the_smallest_coin_at_most(
    quantity: int, price: Decimal, currency: str
) -> None:
    off = amount(Decimal(quantity), price, currency) - quantity * price
    assert abs(off) * 2 <= Decimal(1).scaleb(-places_of(currency))


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
ANYTHING = st.recursive(
    st.one_of(st.none(), TEXTS, st.integers(-(2**53) + 1, 2**53 - 1)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=20,
)


@given(ANYTHING)
def test_canonical_json_is_one_text_for_one_value(value: Any) -> None:
    text = canonical(value)
    assert json.loads(text) == value
    assert canonical(json.loads(text)) == text
    assert b"\n" not in text


NAMES = st.sampled_from(["Chair", "Table", "Stool", "Pallets"])
LINES = st.builds(
    WishedLine, st.sampled_from(["", "chair"]), NAMES, st.sampled_from(["1", "2"]), st.just("piece"),
    st.sampled_from(["1", "2.50"]),
)
WISHES = st.lists(LINES, min_size=1, max_size=6).map(lambda lines: replace(WISH, lines=tuple(lines)))


@given(WISHES, WISHES)
def test_differences_account_for_every_line_once(before: Wish, after: Wish) -> None:
    old, new = document(before), document(after)
    found = differences(old, new)
    gone = [it.before for it in found.lines if it.after is None]
    come = [it.after for it in found.lines if it.before is None]
    changed = [(it.before, it.after) for it in found.lines if it.before is not None and it.after is not None]
    assert len(old["lines"]) - len(gone) == len(new["lines"]) - len(come)
    for places in ([it for it, _ in changed] + gone, [it for _, it in changed] + come):
        assert len(places) == len(set(places))
    for line in found.lines:
        for field in line.fields:
            assert field.before == old["lines"][line.before][field.name]
            assert field.after == new["lines"][line.after][field.name]
            assert field.before != field.after
    assert differences(old, document(before, 2)).data() == {"fields": [], "lines": []}


def test_another_name_of_a_party_is_a_difference() -> None:
    """Who would be bound is part of what is signed."""
    found = differences(document(WISH), document(WISH, 2, replace(AMA, company="Owusu & Sons")))
    (party,) = found.fields
    assert (party.name, party.before["company"], party.after["company"]) == (
        "buyer", "Owusu", "Owusu & Sons"
    )
    assert found.lines == ()


def test_a_line_that_moved_is_found_again() -> None:
    before = replace(WISH, lines=(WishedLine("", "A", "1", "", "1"), WishedLine("", "B", "1", "", "1")))
    after = replace(WISH, lines=(WishedLine("", "B", "1", "", "1"), WishedLine("", "A", "2", "", "1")))
    (line,) = differences(document(before), document(after)).lines
    assert (line.before, line.after) == (0, 1)
    assert [it.name for it in line.fields] == ["quantity", "amount"]


@given(WISHES, WISHES)
def test_versions_without_differences_say_the_same(before: Wish, after: Wish) -> None:
    """Whoever reads the marks alone misses nothing: not even that lines stand in another order."""
    old, new = document(before), document(after)
    found = differences(old, new)
    assert bool(found.fields or found.lines) == (old != new)


def test_another_order_of_the_lines_is_a_difference() -> None:
    """A note may speak of the first line."""
    free, chair = WishedLine("", "Sample", "1", "", "0"), WishedLine("", "Chair", "1", "", "900")
    before = replace(WISH, lines=(free, chair), notes="Line 1 is free of charge.")
    found = differences(document(before), document(replace(before, lines=(chair, free))))
    (order,) = found.fields
    assert (order.name, order.before, order.after) == ("order", [0, 1], [1, 0])
    longer = replace(before, lines=(WishedLine("", "Pallets", "1", "", "8"), chair))
    assert "order" not in [it.name for it in differences(document(before), document(longer)).fields]


UNPRINTED = ["5\t10", "5\x0b10", "5\x0c10", "5\x8510", "5\u202810", "5\u200f+10", "5\ue0000", "5 \u200f 10"]


@pytest.mark.parametrize("text", UNPRINTED)
def test_what_both_sign_is_what_is_printed_sign_by_sign(text: str) -> None:
    """What paper cannot show is not on the page either."""
    typed = replace(WISH, notes=text, payment=text, place=text, lines=(replace(LINE, title=text, unit=text),))
    terms = checked(typed, {CHAIR}, NOW)
    kept = [terms.notes, terms.payment, terms.place, terms.lines[0].title, terms.lines[0].unit]
    assert [facts.typed(it) for it in kept] == kept
    assert all("5" in it and "0" in it for it in kept)
    assert "  " not in terms.payment


def test_line_breaks_of_notes_stay() -> None:
    assert checked(replace(WISH, notes=" one\r\ntwo\rthree\n"), {CHAIR}, NOW).notes == "one\ntwo\nthree"

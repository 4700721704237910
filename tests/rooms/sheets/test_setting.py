"""How the scripts of a sheet are set: Arabic joined and from the right, Chinese in its own letters, and each
glyph with the text that readers copy and search.
"""

from __future__ import annotations

import unicodedata

import pytest

from rooms.negotiation.sheets.printing import to_pdf
from tests.rooms.sheets.glyphs import Drawn, joined, letters_of, pages, place_of, plain, set_right
from tests.rooms.sheets.signed import SealingFair, document, printed

ARABIC = ("Noto-Sans-Arabic", "NotoSansArabic-Regular.ttf")
NASKH = ("Noto-Naskh-Arabic", "NotoNaskhArabic-Regular.ttf")
LATIN = ("Noto-Sans", "NotoSans-Regular.ttf")
CHINESE = ("Noto-Sans-CJK-SC", "NotoSansCJK-Regular.ttc", 2)
CHINESE_SERIF = ("Noto-Serif-CJK-SC", "NotoSerifCJK-Regular.ttc", 2)
TURNED = "\u202d"
"""Puts what follows from the left, whatever it is."""
UNTIED = "\u200c"
"""Stands between letters that are not to be joined."""
COMPANY = "شركة حداد للتجارة"
RIGHT, MIDDLE, LEFT = "يرجى تغليف كل طنجرة", "ZX", "في صندوق منفصل"
"""A line of the notes, as it stands from right to left."""


@pytest.mark.parametrize("languages", [("ar", "zh"), ("zh", "ar")])
def test_arabic_is_joined_and_runs_from_the_right(fair: SealingFair, languages: tuple[str, str]) -> None:
    """Title, names, labels and terms, whatever the direction of the page; Latin within them does not turn."""
    drawn = drawn_on(printed(fair.signed(document()), *languages))
    for text in (COMPANY, "الملاحظات", "الإصدار", RIGHT, LEFT):
        assert place_of(set_right(text, *ARABIC), drawn) >= 0, text
    assert place_of(set_right("خطاب نية شراء", *NASKH), drawn) >= 0
    left, right = (place_of(set_right(it, *ARABIC), drawn) for it in (LEFT, RIGHT))
    middle = left + place_of(plain(MIDDLE, *LATIN), drawn[left:])
    assert left < middle < right


@pytest.mark.parametrize("languages", [("ar", "zh"), ("zh", "ar")])
def test_chinese_is_set_in_the_letters_of_china(fair: SealingFair, languages: tuple[str, str]) -> None:
    """And not in those of Japan, which the same file has first and which machines fall back to."""
    drawn = drawn_on(printed(fair.signed(document()), *languages))
    for text in ("宁波宏达厨具有限公司", "产品", "外箱需印中文唛头。"):
        assert place_of(plain(text, *CHINESE), drawn) >= 0, text
    assert place_of(plain("采购意向书", *CHINESE_SERIF), drawn) >= 0


@pytest.mark.parametrize("broken", [
    f'<p lang="ar" dir="ltr">{TURNED}{COMPANY}</p>',
    f'<p lang="ar" dir="rtl">{UNTIED.join(COMPANY)}</p>',
    f'<p lang="ar" dir="rtl" style="font-family: Noto Naskh Arabic">{COMPANY}</p>',
])
def test_what_is_turned_or_not_joined_would_be_seen(broken: str) -> None:
    """Without the bidirectional algorithm, without joining, in a font that is not ours for it."""
    for page, place in ((f'<p lang="ar" dir="rtl">{COMPANY}</p>', 0), (broken, -1)):
        drawn = drawn_on(to_pdf(f'<html lang="ar">{page}', b"0" * 16))
        assert place_of(set_right(COMPANY, *ARABIC), drawn) == place


def test_letters_take_the_form_of_their_place() -> None:
    """The rule itself: tied on one side, on both, on none; a lam with its alef is one."""
    assert [unicodedata.name(it).rpartition(" LETTER ")[2] for it in joined("شركة")] == [
        "SHEEN INITIAL FORM", "REH FINAL FORM", "KAF INITIAL FORM", "TEH MARBUTA FINAL FORM",
    ]
    assert unicodedata.name(joined("ملا")[1]) == "ARABIC LIGATURE LAM WITH ALEF FINAL FORM"


@pytest.mark.parametrize("notes", ["قليلًا، الملاحظات، شكرًا", "شكرًا، الملاحظات، قليلًا"])
def test_every_glyph_says_which_letters_it_is(fair: SealingFair, notes: str) -> None:
    """Also where a mark stands between two letters that are one glyph: else a copy of the text lacks them."""
    for languages in (("ar", "zh"), ("zh", "ar")):
        pdf = printed(fair.signed(document(notes=notes)), *languages)
        letters = letters_of(pdf)
        assert [glyph for glyph in drawn_on(pdf) if not letters[glyph]] == []
        for sign, text in (("\ufefc", "لا"), ("\u064b", "\u064b")):
            (glyph,) = plain(sign, *ARABIC)
            assert letters[glyph] == text


def drawn_on(pdf: bytes) -> Drawn:
    """Return what all pages draw, one after the other."""
    return [glyph for page in pages(pdf) for glyph in page]

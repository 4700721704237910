"""Which glyphs a PDF of ours draws, as they stand from left to right, and which a text ought to be.

Glyphs keep their numbers when a font is cut down to what is used, so that both can be compared.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Any

from fontTools.ttLib import TTFont
from pyhanko.pdf_utils.reader import PdfFileReader

from rooms.negotiation.sheets.fonts import FOLDERS

Drawn = list[tuple[str, int]]
"""Glyphs as a page has them: name of the font, and number in it."""

SHOWN = re.compile(rb"/(\w+) \S+ Tf|\[([^\]]*)\] ?TJ|<([0-9a-f]+)> ?Tj")
MAPPED = re.compile(r"^<([0-9a-f]{4})> <([0-9a-f]*)>$", re.MULTILINE)
FORMS = [chr(code) for code in (*range(0xFB50, 0xFDFF), *range(0xFE70, 0xFEFD))]
"""Arabic letters as they look in each place of a word (Unicode, Arabic Presentation Forms)."""
MAKE = {"isolated": (False, False), "final": (True, False), "initial": (False, True), "medial": (True, True)}
"""Whether a form is tied to the letter before it, and to the one behind it."""


def pages(pdf: bytes) -> Iterator[Drawn]:
    """Yield what each page draws."""
    for page in _pages(pdf):
        fonts = {name[1:]: font.get_object() for name, font in page["/Resources"]["/Font"].items()}
        names = {name: str(font["/BaseFont"]).partition("+")[2] for name, font in fonts.items()}
        yield list(_drawn(page["/Contents"].get_object().data, names))


def letters_of(pdf: bytes) -> dict[tuple[str, int], str]:
    """Return what a reader copies or finds of each glyph of the PDF."""
    found = {}
    for page in _pages(pdf):
        for font in page["/Resources"]["/Font"].values():
            it = font.get_object()
            name = str(it["/BaseFont"]).partition("+")[2]
            for glyph, text in MAPPED.findall(it["/ToUnicode"].get_object().data.decode()):
                found[name, int(glyph, 16)] = bytes.fromhex(text).decode("utf-16-be")
    return found


def set_right(text: str, name: str, file: str, face: int = 0) -> Drawn:
    """Return the glyphs of an Arabic text, joined, as they stand from left to right: the last one first."""
    cmap = _cmap(file, face)
    return [(name, cmap[sign]) for sign in reversed(joined(text))]


def plain(text: str, name: str, file: str, face: int = 0) -> Drawn:
    """Return the glyphs of a text whose letters change for no neighbour."""
    cmap = _cmap(file, face)
    return [(name, cmap[sign]) for sign in text]


def place_of(wanted: Drawn, drawn: Drawn) -> int:
    """Return where glyphs stand side by side among those that are drawn, or -1."""
    size = len(wanted)
    return next((at for at in range(len(drawn) - size + 1) if drawn[at : at + size] == wanted), -1)


def joined(text: str) -> list[str]:
    """Return a text letter by letter in the forms they have in it; lam and alef are one (Unicode 9.2)."""
    units = re.findall("ل[اأإآ]|.", text)
    made = []
    for place, unit in enumerate(units):
        before, after = units[place - 1] if place else " ", (*units, " ")[place + 1]
        is_tied = _can(before, "initial") and _can(unit, "final")
        ties = _can(unit, "initial") and _can(after, "final")
        form = next(form for form, shape in MAKE.items() if shape == (is_tied, ties))
        is_itself = form == "isolated" and len(unit) == 1
        made.append(unit if is_itself else _forms().get((form, unit), unit))
    return made


def _can(unit: str, form: str) -> bool:
    return (form, unit) in _forms()


@cache
def _forms() -> dict[tuple[str, str], str]:
    """Return by form and letters the sign that looks so."""
    found: dict[tuple[str, str], str] = {}
    for sign in FORMS:
        form, *codes = unicodedata.decomposition(sign).split() or [""]
        letters = "".join(chr(int(code, 16)) for code in codes)
        found.setdefault((form.strip("<>"), letters), sign)
    return found


@cache
def _cmap(file: str, face: int) -> dict[str, int]:
    path = next(path for folder in FOLDERS for path in folder.rglob(file))
    with TTFont(path, fontNumber=face, lazy=True) as font:
        return {chr(code): font.getGlyphID(name) for code, name in font.getBestCmap().items()}


def _drawn(content: bytes, names: dict[str, str]) -> Iterator[tuple[str, int]]:
    font = ""
    for name, several, one in SHOWN.findall(content):
        font = names[name.decode()] if name else font
        for glyphs in re.findall(rb"<([0-9a-f]*)>", several) if several else [one]:
            yield from ((font, int(glyphs[at : at + 4], 16)) for at in range(0, len(glyphs), 4))


def _pages(pdf: bytes) -> Iterator[Any]:
    yield from (page.get_object() for page in PdfFileReader(io.BytesIO(pdf)).root["/Pages"]["/Kids"])

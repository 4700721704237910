"""What somebody copies or finds in a sheet: which letters each glyph stands for (ISO 32000-1, 9.10.3).

WeasyPrint takes them from the text where it first draws a glyph. Where two letters are one glyph and a mark
stands between them, as in لًا, it gives all three to the mark and none to the glyph, wherever either is drawn
again. Such glyphs are spelled by the font's own table of signs.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

SPELLED = re.compile(rb"<([0-9a-f]{4})> <([0-9a-f]*)>")
FORMS = (range(0xFB00, 0xFE00), range(0xFE70, 0xFEFF))
"""Ligatures and the forms that letters take beside others: signs that mean the letters they are made of."""

Signs = Mapping[int, Sequence[str]]
"""By glyph, the letters of each sign that a font draws with it."""


def spell_glyphs(document: Any, pdf: Any) -> None:
    """Mend what glyphs say in a PDF that WeasyPrint has made of `document` and not written yet."""
    fonts = {font.name: font for font in document.fonts.values()}
    for it in pdf.objects:
        if isinstance(it, dict) and "ToUnicode" in it:
            stream = pdf.objects[int(it["ToUnicode"].split()[0])].stream
            if any(map(_is_odd, stream)):
                signs = _signs_of(fonts[it["BaseFont"]])
                stream[:] = [_mended(line, signs) if _is_odd(line) else line for line in stream]


def _is_odd(line: bytes) -> bool:
    """Whether a line of the table spells a glyph with anything but one letter."""
    spelled = SPELLED.fullmatch(line)
    return spelled is not None and len(_text(spelled[2])) != 1


def _mended(line: bytes, signs: Signs) -> bytes:
    glyph, now = line.split()
    text = _text(now.strip(b"<>"))
    known = next((it for it in signs[int(glyph.strip(b"<>"), 16)] if not text or it in text), text)
    return glyph + b" <" + known.encode("utf-16-be").hex().encode() + b">"


def _text(digits: bytes) -> str:
    return bytes.fromhex(digits.decode()).decode("utf-16-be")


def _signs_of(font: Any) -> Signs:
    from fontTools.ttLib import TTFont
    from weasyprint.text.fonts import get_hb_object_data

    found: defaultdict[int, list[str]] = defaultdict(list)
    with TTFont(io.BytesIO(get_hb_object_data(font.hb_face)), fontNumber=font.index, lazy=True) as whole:
        for code, name in whole.getBestCmap().items():
            found[whole.getGlyphID(name)].append(_letters(code))
    return found


def _letters(code: int) -> str:
    is_form = any(code in forms for forms in FORMS)
    return unicodedata.normalize("NFKC", chr(code)).strip() if is_form else chr(code)

"""The letters on demo pictures: the typeface that comes with Pillow, so that every machine draws the same."""

from __future__ import annotations

import unicodedata
from functools import cache

from PIL import ImageFont


@cache
def lettering(size: float) -> ImageFont.FreeTypeFont:
    """Return the typeface at `size` pixels; raises RuntimeError when Pillow was built without FreeType."""
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise RuntimeError("Pillow lacks FreeType, which draws the demo pictures' letters")
    return font


def plain(text: str) -> str:
    """Take the accents off: the typeface knows ASCII and little more."""
    letters = unicodedata.normalize("NFKD", text.replace("ı", "i").replace("ø", "o"))
    return "".join(c for c in letters if not unicodedata.combining(c))

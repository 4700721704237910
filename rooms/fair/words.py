"""What people type, made safe to keep and show: trimmed, without control characters, within bounds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Literal

from config.errors import Invalid

NAME_LENGTH = 80
EMAIL_LENGTH = 254
EMAIL = re.compile(r"[^\s@<>()\[\],;:\\\"]+@[^\s@<>()\[\],;:\\\"]+\.[^\s@<>()\[\],;:\\\".]{2,}")
ROOM = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
MOST_MARKS = 30
"""Marks on one letter, as in the Stream-Safe Text Format (UAX 15, section 13)."""
SHAPELESS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Signs that count as letters or symbols and leave their place empty."""
TURNED = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that override the direction of text: with them a name can pose as another."""


def line(text: str) -> str:
    """Return `text` as one line: no control characters, one blank for each run of white space."""
    return " ".join(normal("NFC", _visible(text, keep="")).split())


def paragraphs(text: str) -> str:
    """Return `text` without control characters; line breaks stay, white space at the ends goes."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return normal("NFC", _visible(lines, keep="\n")).strip()


def name(text: str, what: str, *, code: str) -> str:
    """Return a name of 1 to 80 characters, or raise `Invalid`."""
    clean = line(text)
    if is_blank(clean) or len(clean) > NAME_LENGTH:
        raise Invalid(f"Please give {what} with 1 to {NAME_LENGTH} characters.", code=code)
    return clean


def is_blank(text: str) -> bool:
    """Tell whether nothing of a text is seen: white space, joiners, marks without a letter, empty shapes."""
    return all(_is_unseen(sign) for sign in text)


def email(text: str) -> str:
    """Return an e-mail address in lower case, or raise `Invalid` (`bad_email`)."""
    clean = normal("NFKC", text).strip().lower()
    if len(clean) > EMAIL_LENGTH or not EMAIL.fullmatch(clean) or clean != _visible(clean, keep=""):
        raise Invalid("Please give an e-mail address like name@company.example.", code="bad_email")
    return clean


def room(text: str) -> str:
    """Return the name of a room, or raise `Invalid` (`bad_room`)."""
    if not ROOM.fullmatch(text):
        message = "A room's name has 1 to 63 lower-case letters, digits and hyphens inside."
        raise Invalid(message, code="bad_room")
    return text


def is_id(text: str) -> bool:
    """Tell whether `text` can be an id at all: what a database would choke on is none."""
    return 0 < len(text) <= 128 and text.isprintable()


def search_words(*texts: str) -> str:
    """Return what a search looks through: the texts, folded so that case and accents do not matter."""
    return fold(" ".join(texts))


def fold(text: str) -> str:
    """Return `text` in lower case and without accents: `Möbel` becomes `mobel`."""
    parts = normal("NFKD", line(text).casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def normal(form: Literal["NFC", "NFKC", "NFKD"], text: str) -> str:
    """Return text in a normal form, without what goes beyond `MOST_MARKS` on one letter.

    To sort the marks of a letter takes the square of their number: a message of nothing else held everything
    up for a second.
    """
    return unicodedata.normalize(form, text if text.isascii() else "".join(_with_few_marks(text)))


def _with_few_marks(text: str) -> Iterator[str]:
    marks = 0
    for sign in text:
        for part in unicodedata.normalize("NFKD", sign):
            marks = marks + 1 if unicodedata.combining(part) else 0
        if marks <= MOST_MARKS:
            yield sign


def _visible(text: str, keep: str) -> str:
    return "".join(sign for sign in text if sign in keep or not _is_control(sign))


def _is_unseen(sign: str) -> bool:
    return sign.isspace() or sign in SHAPELESS or unicodedata.category(sign) in ("Cf", "Mn", "Cn", "Co")


def _is_control(sign: str) -> bool:
    """White space is none here: `line` turns tabs and line breaks into blanks."""
    return sign in TURNED or (unicodedata.category(sign) in ("Cc", "Cs") and not sign.isspace())

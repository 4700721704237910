"""A whole thread as a PDF to read, in the reader's language: what happened, and all versions of all offers.

It has no seal: what was signed has a sheet of its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from rooms.negotiation.sheets import words
from rooms.negotiation.sheets.canonical import canonical
from rooms.negotiation.sheets.facts import Document, Signature
from rooms.negotiation.sheets.printing import stamp, template, to_pdf


@dataclass(frozen=True, slots=True)
class Happened:
    """Something of the time line, in the reader's language."""

    at_ms: int
    words: str


@dataclass(frozen=True, slots=True)
class VersionCopy:
    """A version of an offer as it was sent; the time line says what became of it."""

    document: Document
    sha256: str
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class ThreadCopy:
    """What a copy holds; `seller` and `buyer` are the lines that name them, `made_at_ms` its time."""

    language: str
    fair: str
    seller: tuple[str, ...]
    buyer: tuple[str, ...]
    made_at_ms: int
    happened: tuple[Happened, ...]
    versions: tuple[VersionCopy, ...]


def copy_from(data: Mapping[str, Any]) -> ThreadCopy:
    """Return a copy from its fields, as JSON brings them."""
    lists = {
        "happened": tuple(Happened(**it) for it in data["happened"]),
        "versions": tuple(VersionCopy(**it) for it in data["versions"]),
    }
    return ThreadCopy(**{**data, **lists})


def thread_pdf(copy: ThreadCopy, said: words.Words) -> bytes:
    """Return the copy as PDF/A-3; needs seconds, so never on the event loop. `said` has its words."""
    html = template("thread_copy.html").render(
        copy=copy, say=said[copy.language], made=stamp(copy.made_at_ms),
        direction_of_page="rtl" if copy.language in words.RIGHT_TO_LEFT else "ltr",
    )
    return to_pdf(html, hashlib.sha256(canonical(asdict(copy))).digest()[:16])

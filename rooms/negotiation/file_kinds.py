"""Which files may be handed over in a call: known by their name and by their first bytes, which must agree.

Nothing that a browser runs or shows as a page is among them: no HTML, no SVG, no script.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from config.errors import Invalid
from rooms.fair import words

NAME_LENGTH = 120
LIMIT_BYTES = 20 << 20


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file: its endings, how it begins at which byte, and what browsers call it."""

    name: str
    endings: tuple[str, ...]
    magic: tuple[tuple[int, bytes], ...]
    media_type: str
    is_picture: bool = False


ZIP = ((0, b"PK\x03\x04"), (0, b"PK\x05\x06"))
OLE = ((0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),)
OFFICE = "application/vnd.openxmlformats-officedocument."
KINDS = (
    FileKind("jpeg", ("jpg", "jpeg"), ((0, b"\xff\xd8\xff"),), "image/jpeg", is_picture=True),
    FileKind("png", ("png",), ((0, b"\x89PNG\r\n\x1a\n"),), "image/png", is_picture=True),
    FileKind("webp", ("webp",), ((8, b"WEBPVP8"),), "image/webp", is_picture=True),
    FileKind("pdf", ("pdf",), ((0, b"%PDF-"),), "application/pdf"),
    FileKind("docx", ("docx",), ZIP[:1], f"{OFFICE}wordprocessingml.document"),
    FileKind("xlsx", ("xlsx",), ZIP[:1], f"{OFFICE}spreadsheetml.sheet"),
    FileKind("pptx", ("pptx",), ZIP[:1], f"{OFFICE}presentationml.presentation"),
    FileKind("odf", ("odt", "ods", "odp"), ZIP[:1], "application/octet-stream"),
    FileKind("doc", ("doc", "xls", "ppt"), OLE, "application/octet-stream"),
    FileKind("zip", ("zip",), ZIP, "application/zip"),
    FileKind("text", ("csv", "txt"), (), "text/plain"),
    FileKind("drawing", ("dxf", "step", "stp"), (), "application/octet-stream"),
)
BY_ENDING = {ending: kind for kind in KINDS for ending in kind.endings}
BY_NAME = {kind.name: kind for kind in KINDS}
TEXT_KINDS = frozenset({"text", "drawing"})


def clean_name(name: str) -> str:
    """Return the last part of a name as it may be shown and saved; `Invalid` (`bad_file`) for none."""
    last = words.line(name).replace("\\", "/").rpartition("/")[2]
    shown = "".join(" " if sign in '<>:"|?*%' or not sign.isprintable() else sign for sign in last)
    clean = " ".join(shown.split()).strip(". ")
    stem, dot, ending = clean.rpartition(".")
    if not (stem and dot):
        raise Invalid("Give the file a name with an ending.", code="bad_file")
    return f"{stem[: NAME_LENGTH - len(ending) - 1].strip()}.{ending}"


def kind_of(name: str, body: bytes) -> FileKind:
    """Return what a file is by its ending and its bytes; `Invalid` (`bad_file`, `too_large`)."""
    if len(body) > LIMIT_BYTES:
        message = "A file may have at most {size} MB."
        raise Invalid(message, code="too_large", fields={"size": LIMIT_BYTES >> 20})
    kind = BY_ENDING.get(unicodedata.normalize("NFKC", name).rpartition(".")[2].lower())
    if kind is None or not body:
        message = "Send pictures (JPEG, PNG, WebP), PDF, office documents, CSV, text, drawings or ZIP."
        raise Invalid(message, code="bad_file")
    if not (_is_text(body) if kind.name in TEXT_KINDS else _begins(kind, body)):
        raise Invalid("This file is not what its name says.", code="bad_file")
    return kind


def _begins(kind: FileKind, body: bytes) -> bool:
    return any(body[at : at + len(magic)] == magic for at, magic in kind.magic)


def _is_text(body: bytes) -> bool:
    """Tell whether these bytes are text: nothing with a zero byte is, and nothing that begins as markup."""
    head = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return b"\x00" not in body and not head.startswith(b"<")

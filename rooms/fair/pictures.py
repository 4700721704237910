"""The pictures of companies and products: files in one folder, each under a name made of its bytes."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select

from config.errors import Busy, Invalid
from config.ids import new_id
from rooms.fair.database import Database
from rooms.fair.models import CompanyRow, ProductRow

FOLDER = "pictures"
"""Where they lie in the data folder."""
LIMIT_BYTES = 2 << 20
NAMES_AT_ONCE = 500
BEGINNINGS = (("jpg", 0, b"\xff\xd8\xff"), ("png", 0, b"\x89PNG\r\n\x1a\n"), ("webp", 8, b"WEBPVP8"))
NAME = re.compile(r"[0-9a-f]{32}\.(jpg|png|webp)")
"""Names that are made here; what is called otherwise was put there by others."""
PASSING = re.compile(r"[A-Za-z0-9_-]{1,64}\.new")
"""What a picture is called while it is written."""
NO_PICTURE = "none.webp"
"""The picture of what has none; the pages have it, and not the folder."""


def name_of(content: bytes) -> str:
    """Return the name of a picture; `Invalid` (`bad_picture`, `too_large`) for what is none."""
    if len(content) > LIMIT_BYTES:
        message = "A picture may have at most 2 MB; 1600 pixels across are enough."
        raise Invalid(message, code="too_large")
    for ending, start, magic in BEGINNINGS:
        if content[start : start + len(magic)] == magic:
            return f"{hashlib.sha256(content).hexdigest()[:32]}.{ending}"
    raise Invalid("Send a picture as JPEG, PNG or WebP.", code="bad_picture")


class Pictures:
    """Keeps pictures in `folder`, which all nodes of a fair share.

    None is ever changed; one that no company and no product has is deleted in time, by whoever sweeps.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def keep(self, content: bytes) -> str:
        """Keep a picture and return its name; `Invalid` as `name_of` says, `Busy` (`disk_full`)."""
        name = name_of(content)
        try:
            await asyncio.to_thread(_write, self._folder / name, content)
        except OSError:
            message = "The server has no room for files just now; try again later."
            raise Busy(message, code="disk_full") from None
        return name


async def named_in(database: Database, names: Sequence[str]) -> set[str]:
    """Return which of these are pictures of companies or products, also of products that were taken out."""
    found = set[str]()
    async with database.reading() as session:
        for first in range(0, len(names), NAMES_AT_ONCE):
            some = names[first : first + NAMES_AT_ONCE]
            for column in (CompanyRow.portrait, ProductRow.picture):
                found |= set(await session.scalars(select(column).where(column.in_(some))))
    return found


def _write(path: Path, content: bytes) -> None:
    """Nobody sees half a picture: it gets its name once it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    passing = path.with_name(f"{new_id()}.new")
    try:
        with passing.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        passing.replace(path)
    finally:
        passing.unlink(missing_ok=True)

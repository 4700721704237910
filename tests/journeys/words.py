"""What a page says in its reader's language, from the catalogues that the product itself reads."""

from __future__ import annotations

import re
from functools import cache

from babel.messages.pofile import read_po

from tests.contracts.source import ROOT
from tests.journeys.people import Person


def words(reader: Person, text: str, **named: object) -> str:
    """Return a text of the pages as this reader sees it; `text` is what stands in the code."""
    found = text if reader.language == "en" else _catalogue(reader.language)[text]
    for name, value in named.items():
        found = found.replace(f"{{{name}}}", str(value))
    return found


def pattern(reader: Person, text: str) -> re.Pattern[str]:
    """Return what is found in a text of the pages as this reader sees it, whatever stands for its names."""
    parts = re.split(r"\{\w+\}", words(reader, text))
    return re.compile(".+".join(re.escape(part) for part in parts))


@cache
def _catalogue(language: str) -> dict[str, str]:
    folder = ROOT / "web" / "locale" / language / "LC_MESSAGES"
    files = (folder / "messages.po", folder / "scripts.po")  # what scripts say goes over what pages say
    read = [message for file in files for message in read_po(file.read_text("utf-8").splitlines())]
    return {it.id: it.string for it in read if isinstance(it.id, str) and isinstance(it.string, str)}

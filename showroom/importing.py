"""The errand `showroom import`: puts a catalogue of halls, companies and products into the fair."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

from config.settings import Settings
from rooms.fair.catalogue import Catalogues, Changes, Kind
from rooms.fair.pictures import FOLDER, Pictures
from showroom import catalogue_file
from showroom.errands import database_of

NAMES = {Kind.HALL: ("hall", "halls"), Kind.COMPANY: ("company", "companies"),
         Kind.PRODUCT: ("product", "products")}  # fmt: skip


async def import_catalogue(settings: Settings, path: Path, *, only_check: bool) -> str:
    """Put what a file says into the fair and return a sentence that says what came of it.

    `Invalid` names every fault with its place, and nothing was changed then. It may come before the fair
    opens.
    """
    file = catalogue_file.read(path)
    async with database_of(settings, may_make=True) as database:
        catalogues = Catalogues(database, time.time)
        changes = await catalogues.put(file.entries, file.faults, only_check=True)
        if only_check:
            return f"{path} can be imported: {said_of(changes)}"
        pictures = Pictures(settings.data.folder / FOLDER)
        for picture in file.pictures.values():
            await pictures.keep(picture.read_bytes())
        changes = await catalogues.put(file.entries)
    return f"imported {path}: {said_of(changes)}"


def said_of(changes: Changes) -> str:
    """Return what was added, changed and found as it is."""
    verbs = {"added": changes.added, "changed": changes.changed, "as before": changes.kept}
    return "; ".join(f"{verb}: {_counted(counts)}" for verb, counts in verbs.items())


def _counted(counts: Mapping[Kind, int]) -> str:
    parts = [f"{counts[kind]} {NAMES[kind][counts[kind] != 1]}" for kind in Kind if counts.get(kind)]
    return ", ".join(parts) or "nothing"

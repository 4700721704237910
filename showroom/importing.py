"""The errand `showroom import`: puts a catalogue of halls, companies and products into the fair."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

from config.errors import Conflict
from config.settings import Settings
from rooms.fair.audit import Audit
from rooms.fair.catalogue import Catalogues, Changes, Kind
from rooms.fair.database import Database
from rooms.fair.pictures import FOLDER, Pictures
from rooms.fair.seal import Seal
from showroom import catalogue_file, data_folder
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
        audit = Audit(Seal(data_folder.seal_key(settings.data.folder)))
        if any("has_left" in entry.says for entry in file.entries):
            await _check_trail(settings, database, audit)
        catalogues = Catalogues(database, audit, time.time)
        changes = await catalogues.put(file.entries, file.faults, only_check=True)
        if only_check:
            return f"{path} can be imported: {said_of(changes)}"
        pictures = Pictures(settings.data.folder / FOLDER)
        for picture in file.pictures.values():
            await pictures.keep(picture.read_bytes())
        changes = await catalogues.put(file.entries)
    return f"imported {path}: {said_of(changes)}"


async def _check_trail(settings: Settings, database: Database, audit: Audit) -> None:
    """Raise `Conflict` where the audit trail is sealed with another key than the folder has.

    Whoever is taken out of the fair, or back in, is written down there, and would break the seal.
    """
    async with database.reading() as session:
        head = await audit.head(session)
    if head.sequence and not audit.is_genuine(head):
        key = settings.data.folder / data_folder.SEAL.name
        raise Conflict(
            f"{key} is not the key that seals the audit trail of this fair: import with the data folder of"
            " one of its servers, or with a copy of its key"
        )


def said_of(changes: Changes) -> str:
    """Return what was added, changed and found as it is."""
    verbs = {"added": changes.added, "changed": changes.changed, "as before": changes.kept}
    return "; ".join(f"{verb}: {_counted(counts)}" for verb, counts in verbs.items())


def _counted(counts: Mapping[Kind, int]) -> str:
    parts = [f"{counts[kind]} {NAMES[kind][counts[kind] != 1]}" for kind in Kind if counts.get(kind)]
    return ", ".join(parts) or "nothing"

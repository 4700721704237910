"""Assembles the sweep of files that no record names: pictures, files of calls, and sections of recordings."""

from __future__ import annotations

import time
from functools import partial

from config.counters import Counters
from config.settings import Settings
from rooms.fair import pictures
from rooms.fair.database import Database
from rooms.negotiation import call_files
from showroom import data_folder, shelf
from showroom.left_files import LeftFiles
from signaling.clockwork import Job
from signaling.sweeping import SWEEP_SECONDS, Files, Sweeping


def sweeping(
    settings: Settings, database: Database, sections: tuple[Files, ...], counters: Counters
) -> Job:
    """Return the errand; ages of files go by the clock of this machine, and nothing else does."""
    folder = settings.data.folder
    of_fair = LeftFiles(
        "picture", folder / pictures.FOLDER, "*", pictures.NAME, pictures.PASSING,
        partial(pictures.named_in, database),
    )
    of_calls = LeftFiles(
        "call_file", folder / data_folder.CALL_FILES, "*/*", shelf.NAME, shelf.PASSING,
        partial(call_files.named_in, database),
    )
    work = Sweeping((of_fair, of_calls, *sections), counters, time.time)
    return Job("sweep files", SWEEP_SECONDS, work.sweep)

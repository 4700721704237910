"""The pictures of demo fairs: drawn once in a run of the tests, and then lent to every fair after it.

They are the same each time, and drawing them takes longer than most tests.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

FOLDER = "DRAWINGS_OF_TESTS"
"""Names, in the environment of all processes of a run, where pictures are kept meanwhile."""


def open_folder() -> None:
    """Make the folder, for this process and those it starts."""
    os.environ[FOLDER] = tempfile.mkdtemp(prefix="showroom-drawings-")


def close_folder() -> None:
    """Delete the folder with what is in it."""
    shutil.rmtree(os.environ.pop(FOLDER), ignore_errors=True)


def lend(data: Path) -> None:
    """Put what is kept into the data folder of a fair that is not open yet."""
    _copy(Path(os.environ[FOLDER]), data / "pictures")


def keep(data: Path) -> None:
    """Keep the pictures of a fair that is open, and therefore drawn."""
    _copy(data / "pictures", Path(os.environ[FOLDER]))


def _copy(source: Path, target: Path) -> None:
    """Copy what is missing, each file at once, for others do the same meanwhile."""
    whole = (path for path in source.glob("*") if path.suffix != ".part")
    missing = [path for path in whole if not (target / path.name).exists()]
    if missing:
        target.mkdir(parents=True, exist_ok=True)
    for path in missing:
        unfinished = target / f"{path.name}.{os.getpid()}.part"
        shutil.copyfile(path, unfinished)
        unfinished.replace(target / path.name)

"""The pictures of demo fairs: drawn once in a run of the tests, and then lent to every fair after it.

They are the same each time, and drawing them takes longer than most tests.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from showroom.demo.pictures import STAMP

FOLDER = "DRAWINGS_OF_TESTS"
"""Names, in the environment of all processes of a run, where pictures are kept meanwhile."""


def open_folder() -> None:
    """Make the folder, for this process and those it starts."""
    os.environ[FOLDER] = tempfile.mkdtemp(prefix="showroom-drawings-")


def close_folder() -> None:
    """Delete the folder with what is in it."""
    shutil.rmtree(os.environ.pop(FOLDER), ignore_errors=True)


@contextmanager
def lent(data: Path) -> Iterator[None]:
    """Put what is kept into a data folder, and keep what the fair that opens meanwhile has drawn."""
    folder = Path(os.environ[FOLDER])
    _copy(folder, data / "pictures")
    yield
    _copy(data / "pictures", folder)


def _copy(source: Path, target: Path) -> None:
    """Copy the pictures that `target` lacks, and last what says that they are of this version."""
    whole = [*source.glob("*.webp"), *source.glob(STAMP)]
    missing = [path for path in whole if not (target / path.name).exists()]
    if missing:
        target.mkdir(parents=True, exist_ok=True)
    for path in missing:
        unfinished = target / f"{path.name}.{os.getpid()}.part"
        shutil.copyfile(path, unfinished)
        unfinished.replace(target / path.name)

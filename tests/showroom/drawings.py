"""The pictures of demo fairs in tests: plain ones, made once in a run and lent to every fair.

The real ones are the same each time, and drawing all of them takes minutes of processor time; that they are
drawn as they should be is seen in `test_pictures`.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from PIL import Image

from showroom.demo.catalogue import load_catalogue
from showroom.demo.pictures import SIZE, STAMP, VERSION, names

FOLDER = "DRAWINGS_OF_TESTS"
"""Names, in the environment of all processes of a run, where the pictures are meanwhile."""


def open_folder() -> None:
    """Make the pictures, for this process and those it starts."""
    folder = Path(tempfile.mkdtemp(prefix="showroom-drawings-"))
    os.environ[FOLDER] = str(folder)
    for exhibitor in load_catalogue().exhibitors:
        for name in names(exhibitor):
            Image.new("RGB", SIZE, exhibitor.accent).save(folder / name, "WEBP", method=0)
    (folder / STAMP).write_text(VERSION)


def close_folder() -> None:
    """Delete the folder with what is in it."""
    shutil.rmtree(os.environ.pop(FOLDER), ignore_errors=True)


def lend(data: Path) -> None:
    """Put the pictures into a data folder that has none of its own."""
    if not (data / "pictures").exists():
        shutil.copytree(os.environ[FOLDER], data / "pictures")

"""The child of the press: reads one sheet from standard input and writes its PDF to standard output."""

from __future__ import annotations

import contextlib
import os
import resource
import sys
import tempfile
from pathlib import Path
from typing import Any

from rooms.negotiation.sheets import fonts
from rooms.negotiation.sheets.canonical import parse
from rooms.negotiation.sheets.facts import Fair
from rooms.negotiation.sheets.printing import Sheet, sheet_pdf
from rooms.negotiation.sheets.thread_copy import copy_from, thread_pdf

MEMORY_BYTES = 3 << 30
"""Address space, of which the fonts, mapped and not read, are a part."""
CPU_SECONDS = 60
FILE_BYTES = 64 << 20
"""The index of the fonts, and nothing else."""


def main() -> None:
    """Print one sheet within the limits."""
    _limit()
    job = parse(sys.stdin.buffer.read())
    with tempfile.TemporaryDirectory() as folder:
        use_our_fonts(Path(folder))
        pdf = _print(job)
    sys.stdout.buffer.write(pdf)


def use_our_fonts(folder: Path) -> None:
    """Let this process see our fonts alone; to be called before anything loads Pango."""
    file = folder / "fonts.conf"
    file.write_text(fonts.configuration(folder / "cache"), "utf-8")
    os.environ["FONTCONFIG_FILE"] = str(file)


def _print(job: dict[str, Any]) -> bytes:
    if "thread" in job:
        return thread_pdf(copy_from(job["thread"]), job["words"])
    first, second = job["languages"]
    sheet = Sheet(job["document"], tuple(job["signatures"]), (first, second), Fair(*job["fair"]))
    return sheet_pdf(sheet, job["words"])


def _limit() -> None:
    os.nice(10)
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES), (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, FILE_BYTES), (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # an outer limit is tighter already
            resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    main()

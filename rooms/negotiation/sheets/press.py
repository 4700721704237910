"""The press: prints sheets and copies of threads, each in a process of its own: none can hold up the fair.

A sheet that takes too long or too much memory is given up; the next one is printed as if nothing had been.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, astuple
from typing import Any

from config.errors import Busy, FairError
from rooms.negotiation.sheets import fonts
from rooms.negotiation.sheets.canonical import canonical
from rooms.negotiation.sheets.printing import Sheet
from rooms.negotiation.sheets.thread_copy import ThreadCopy
from rooms.negotiation.sheets.words import Say, words_in

log = logging.getLogger(__name__)

SECONDS = 120.0
"""The largest offer takes four; a machine that is busy with shows takes its time."""
AT_ONCE = 2
WAITING = 20
LARGEST_BYTES = 16 << 20


class Press:
    """Prints what it is given, at most two sheets at once; `say` has the words of the catalogues."""

    def __init__(self, say: Say, seconds: float = SECONDS, prepare: Callable[[], None] | None = None) -> None:
        self._say = say
        self._seconds = seconds
        self._prepare = prepare
        self._free = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def print(self, sheet: Sheet | ThreadCopy) -> bytes:
        """Return it as PDF without a seal, or raise `Busy` (`fonts_missing`, `not_printed`)."""
        await asyncio.to_thread(fonts.check)
        if self._waiting >= WAITING:
            raise Busy("Too many documents are being made. Try again in a minute.", retry_after_seconds=60)
        self._waiting += 1
        try:
            async with self._free:
                return await self._printed(canonical(self._job(sheet)))
        finally:
            self._waiting -= 1

    def _job(self, sheet: Sheet | ThreadCopy) -> dict[str, Any]:
        if isinstance(sheet, ThreadCopy):
            return {"thread": asdict(sheet), "words": words_in((sheet.language,), self._say)}
        return {
            "document": sheet.document, "signatures": list(sheet.signatures),
            "languages": list(sheet.languages), "words": words_in(sheet.languages, self._say),
            "fair": list(astuple(sheet.fair)),
        }

    async def _printed(self, job: bytes) -> bytes:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "rooms.negotiation.sheets.press_child", stdin=PIPE, stdout=PIPE,
            stderr=DEVNULL, preexec_fn=self._prepare,
        )
        try:
            async with asyncio.timeout(self._seconds):
                pdf, _nothing = await child.communicate(job)
        except TimeoutError:
            raise _refused(child, "took too long") from None
        finally:
            await _end(child)
        if child.returncode or not pdf.startswith(b"%PDF-") or len(pdf) > LARGEST_BYTES:
            raise _refused(child, f"ended with {child.returncode}")
        return pdf


async def _end(child: Process) -> None:
    if child.returncode is None:
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()


def _refused(child: Process, reason: str) -> FairError:
    log.error("a sheet was not printed", extra={"child": child.pid, "reason": reason})
    message = "The document could not be made just now. Try again in a minute."
    return Busy(message, code="not_printed", retry_after_seconds=60)

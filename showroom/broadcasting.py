"""The demo's broadcasters: a process beside the server that publishes through its WHIP door, kept running."""

from __future__ import annotations

import asyncio
import logging
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from showroom.children import die_with_parent, stop

log = logging.getLogger(__name__)

RESTART_SECONDS = 2.0
STOP_SECONDS = 3.0


@asynccontextmanager
async def broadcasting(*words: str, said: str) -> AsyncIterator[None]:
    """Keep `python -m showroom.demo.broadcast` with `words` running during the block.

    `said` goes to its standard input, which no other process can read: stream keys.
    """
    task = asyncio.create_task(_keep_running(words, said))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _keep_running(words: tuple[str, ...], said: str) -> None:
    while True:
        process = await _start(words)
        try:
            await process.communicate(said.encode())
        finally:
            await stop(process, STOP_SECONDS)
        log.warning("the broadcaster ended", extra={"code": process.returncode})
        await asyncio.sleep(RESTART_SECONDS)


async def _start(words: tuple[str, ...]) -> Process:
    command = (sys.executable, "-m", "showroom.demo.broadcast", *words)
    return await asyncio.create_subprocess_exec(
        *command, stdin=PIPE, stdout=DEVNULL, start_new_session=True, preexec_fn=die_with_parent()
    )

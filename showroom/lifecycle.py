"""The life of the process: the event loop, the signals that end it, and its heartbeat."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import resource
import signal
from collections.abc import Awaitable, Callable

import uvloop
from prometheus_client import Gauge, Histogram

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 0.25
FORCED_EXIT_CODE = 130
FILE_LIMIT = 65_536


def run(work: Callable[[asyncio.Event], Awaitable[int]]) -> int:
    """Run `work` on a fast loop and return its exit code; the event it is given is set when it shall end.

    SIGTERM and SIGINT set the event. A second signal ends the process at once: what it started on its own
    (the embedded store, broadcasters) dies with it.
    """
    raise_file_limit()
    _pass_over_what_is_there()
    return uvloop.run(_until_signalled(work))


def _pass_over_what_is_there() -> None:
    """Look for garbage no more among all modules: each full look held the loop up for a tenth of a second."""
    gc.collect()
    gc.freeze()


async def _until_signalled(work: Callable[[asyncio.Event], Awaitable[int]]) -> int:
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _end, ending, number)
    return await work(ending)


def _end(ending: asyncio.Event, number: signal.Signals) -> None:
    if ending.is_set():
        log.warning("ending by force", extra={"signal": number.name})
        os._exit(FORCED_EXIT_CODE)
    log.info("ending", extra={"signal": number.name})
    ending.set()


def raise_file_limit() -> None:
    """Allow as many open files (each socket is one) as the system grants without asking, up to a bound."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, FILE_LIMIT)), hard))


async def beat(lag_seconds: Histogram, tasks: Gauge) -> None:
    """Observe for ever how late the loop wakes us: the delay everything else on it suffers too.

    `tasks` tells of its tasks whenever somebody looks.
    """
    loop = asyncio.get_running_loop()
    tasks.set_function(lambda: len(asyncio.all_tasks(loop)))
    while True:
        due = loop.time() + HEARTBEAT_SECONDS
        await asyncio.sleep(HEARTBEAT_SECONDS)
        lag_seconds.observe(max(0.0, loop.time() - due))

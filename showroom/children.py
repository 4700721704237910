"""Child processes that end with this one, whatever ends it."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
from asyncio.subprocess import Process
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

PR_SET_PDEATHSIG = 1
IDLE = 10
"""How far work for later stands back (`nice`)."""


def die_with_parent() -> Callable[[], None]:
    """Return what a child runs before its program: have the kernel end it with its parent (prctl(2))."""
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def prepare() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)

    return prepare


def idle_pool(workers: int | None = None) -> ProcessPoolExecutor:
    """Return a pool of processes that stand back behind everything else and end with this one."""
    return ProcessPoolExecutor(workers, get_context("spawn"), _stand_back, (os.getpid(),))


def _stand_back(parent: int) -> None:
    os.nice(IDLE)
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


async def stop(process: Process, patience_seconds: float) -> None:
    """End a child in order; kill it when that takes longer than `patience_seconds`."""
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(patience_seconds):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()

"""The clockwork: what must be done again and again, each job in a task of its own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from signaling.replies import attempt
from signaling.tasks import end

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do each so many seconds; one that fails is tried again the next time."""

    name: str
    seconds: float
    work: Callable[[], Awaitable[object]]


class Clockwork:
    """Runs jobs from `start` to `close`. A job that takes longer than its time is not begun twice."""

    def __init__(self, jobs: tuple[Job, ...]) -> None:
        self._jobs = jobs
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin."""
        self._tasks = [asyncio.create_task(_repeat(job), name=job.name) for job in self._jobs]

    async def close(self) -> None:
        """Stop, also in the middle of a job."""
        await end(*self._tasks)
        self._tasks = []


async def _repeat(job: Job) -> None:
    was_refused = False
    while True:
        await asyncio.sleep(job.seconds)
        refused = await attempt(job.work(), job.name)
        if refused and not was_refused:
            log.warning("a job is not done", extra={"job": job.name, "code": refused["code"]})
        was_refused = refused is not None

"""Looks how the store does, so that an alarm can tell of one that is away, or full, before people do."""

from __future__ import annotations

import logging
from collections.abc import Awaitable

from redis.asyncio import Redis

from config.counters import Counters
from config.errors import Busy
from signaling import keys

log = logging.getLogger(__name__)

KEEP_SECONDS = 60


class StoreWatch:
    """Sets the two gauges of the store: whether it answers, and whether it takes what is written."""

    def __init__(self, redis: Redis, counters: Counters) -> None:
        self._redis = redis
        self._answers = counters.store_answers
        self._takes_writes = counters.store_takes_writes
        self._seen = (True, True)
        for gauge in (self._answers, self._takes_writes):
            gauge.set(1)  # the fair opens on a store that answers

    async def look(self) -> None:
        """Ask something, and write something; called each two seconds."""
        answers = await _is_done(self._redis.ping())
        takes_writes = answers and await _is_done(self._redis.set(keys.WATCHED, "1", ex=KEEP_SECONDS))
        self._answers.set(answers)
        self._takes_writes.set(takes_writes)
        if (answers, takes_writes) != self._seen:
            self._seen = (answers, takes_writes)
            facts = {"answers": answers, "takes_writes": takes_writes}
            log.log(logging.INFO if takes_writes else logging.WARNING, "how the store does", extra=facts)


async def _is_done(work: Awaitable[object]) -> bool:
    try:
        await work
    except Busy:
        return False
    return True

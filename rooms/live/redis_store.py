"""The connection to Redis: bounded waits, one more try of what may be repeated, `Busy` when it is away."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, cast

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import BusyLoadingError, OutOfMemoryError, ReadOnlyError
from redis.exceptions import ConnectionError as ConnectionLost
from redis.exceptions import TimeoutError as AnswerLate

from rooms.live.breaker import PATIENCE_SECONDS, Breaker, away

MAX_CONNECTIONS = 32
OTHER_CONNECTIONS = 4
"""What listens and tells takes connections past the breaker."""

ANSWER_LOST = (ConnectionLost, AnswerLate, OSError)
STORE_AWAY = (*ANSWER_LOST, BusyLoadingError, OutOfMemoryError, ReadOnlyError)

REPEATABLE = frozenset(
    {"PING", "GET", "MGET", "EXISTS", "HGET", "HMGET", "HGETALL", "LRANGE", "ZRANGE", "ZSCORE"}
    | {"ZADD", "ZREM", "HSET", "HDEL", "DEL", "SET", "EXPIRE", "EVALSHA", "SCRIPT LOAD"}
)
"""Commands whose second run changes nothing more: reads, whole writes, and our scripts, made to be so."""


class Store(Redis):
    """A Redis client whose every command ends within a bound, in an answer or in `Busy` (`store_away`)."""

    breaker: Breaker

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        """Run one command; one that may be repeated is tried again once when its answer was lost."""
        run: Callable[..., Awaitable[Any]] = super().execute_command
        return await busy_when_away(self, lambda: run(*args, **options), again=_is_repeatable(args))


def connect(url: str, timeout_seconds: float) -> Redis:
    """Return a client of the store at a `redis://`, `rediss://` or `unix://` URL; the caller closes it.

    Texts come and go as `str`. Each wait for the server is at most `timeout_seconds`. A connection asks
    nothing before its first command: with a slow server each question would take as long as that.
    """
    pool = BlockingConnectionPool.from_url(
        url, max_connections=MAX_CONNECTIONS, timeout=PATIENCE_SECONDS, decode_responses=True,
        socket_timeout=timeout_seconds, socket_connect_timeout=timeout_seconds,
        retry=Retry(NoBackoff(), 0), health_check_interval=0, protocol=2, driver_info=None,
    )
    store = cast("Store", Store.from_pool(pool))
    store.breaker = Breaker(MAX_CONNECTIONS - OTHER_CONNECTIONS, timeout_seconds)
    return store


async def busy_when_away(redis: Redis, run: Callable[[], Awaitable[Any]], *, again: bool = True) -> Any:
    """Run what asks a store of `connect`, once more when its answer was lost and that does no harm."""
    breaker = cast("Store", redis).breaker
    try:
        try:
            async with breaker.asking():
                return await run()
        except ANSWER_LOST:
            if not again:
                raise
            async with breaker.asking():
                return await run()
    except STORE_AWAY as error:
        raise away() from error


def _is_repeatable(args: tuple[Any, ...]) -> bool:
    """Tell it by the command; SET with a condition answers differently the second time."""
    words = [str(arg).upper() for arg in args]
    if words[0] == "SET":
        return not {"NX", "XX", "GET"} & set(words[3:])
    return words[0] in REPEATABLE

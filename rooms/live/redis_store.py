"""The connection to Redis: bounded waits, one more try of what may be repeated, `Busy` when it is away."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import BusyLoadingError, OutOfMemoryError, ReadOnlyError
from redis.exceptions import ConnectionError as ConnectionLost
from redis.exceptions import TimeoutError as AnswerLate

from config.errors import Busy

MAX_CONNECTIONS = 32
POOL_WAIT_SECONDS = 2.0

ANSWER_LOST = (ConnectionLost, AnswerLate, OSError)
STORE_AWAY = (*ANSWER_LOST, BusyLoadingError, OutOfMemoryError, ReadOnlyError)

REPEATABLE = frozenset(
    {"PING", "GET", "MGET", "EXISTS", "HGET", "HMGET", "HGETALL", "LRANGE", "ZRANGE", "ZSCORE"}
    | {"ZADD", "ZREM", "HSET", "HDEL", "DEL", "SET", "EXPIRE", "EVALSHA", "SCRIPT LOAD"}
)
"""Commands whose second run changes nothing more: reads, whole writes, and our scripts, made to be so."""


class Store(Redis):
    """A Redis client whose every command ends within a bound, in an answer or in `Busy` (`store_away`)."""

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        """Run one command; one that may be repeated is tried again once when its answer was lost."""
        run: Callable[..., Awaitable[Any]] = super().execute_command
        return await busy_when_away(lambda: run(*args, **options), again=_is_repeatable(args))


def connect(url: str, timeout_seconds: float) -> Redis:
    """Return a client of the store at a `redis://`, `rediss://` or `unix://` URL; the caller closes it.

    Texts come and go as `str`. Each wait for the server is at most `timeout_seconds`. A connection asks
    nothing before its first command: with a slow server each question would take as long as that.
    """
    pool = BlockingConnectionPool.from_url(
        url, max_connections=MAX_CONNECTIONS, timeout=POOL_WAIT_SECONDS, decode_responses=True,
        socket_timeout=timeout_seconds, socket_connect_timeout=timeout_seconds,
        retry=Retry(NoBackoff(), 0), health_check_interval=0, protocol=2, driver_info=None,
    )
    return Store.from_pool(pool)


async def busy_when_away(run: Callable[[], Awaitable[Any]], *, again: bool = True) -> Any:
    """Run what asks the store, once more when its answer was lost and that does no harm."""
    try:
        try:
            return await run()
        except ANSWER_LOST:
            if not again:
                raise
            return await run()
    except STORE_AWAY as error:
        raise Busy("The fair's store does not answer; try again soon.", code="store_away") from error


def _is_repeatable(args: tuple[Any, ...]) -> bool:
    """Tell it by the command; SET with a condition answers differently the second time."""
    words = [str(arg).upper() for arg in args]
    if words[0] == "SET":
        return not {"NX", "XX", "GET"} & set(words[3:])
    return words[0] in REPEATABLE

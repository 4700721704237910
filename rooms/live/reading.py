"""Reads from Redis with the types our keys have: texts, scores, and many hashes in few round trips."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, cast

from redis.asyncio import Redis

from rooms.live.redis_store import busy_when_away

PIPELINE_LENGTH = 500


async def text(redis: Redis, name: str) -> str | None:
    """Return the text at `name`, or None."""
    return cast("str | None", await redis.get(name))


async def texts(redis: Redis, names: Sequence[str]) -> list[str | None]:
    """Return the texts at `names`, None where there is none."""
    return cast("list[str | None]", await redis.mget(names)) if names else []


async def members(
    redis: Redis, name: str, low: float | str = "-inf", high: float | str = "+inf"
) -> list[str]:
    """Return the members of a sorted set with scores from `low` to `high`, the lowest first."""
    return cast("list[str]", await _range(redis, name, low, high))


async def scored(redis: Redis, name: str, high: float | str = "+inf") -> list[tuple[str, float]]:
    """Return the members of a sorted set with scores up to `high` and those scores, the lowest first."""
    found = await _range(redis, name, "-inf", high, "WITHSCORES")
    flat = [part for pair in found for part in pair] if found and isinstance(found[0], list) else found
    return [(str(member), float(score)) for member, score in zip(flat[::2], flat[1::2], strict=True)]


async def first_members(redis: Redis, names: Sequence[str], high: float, limit: int) -> list[list[str]]:
    """Return of each sorted set the members with scores up to `high`, the lowest first, at most `limit`."""
    end = ("-inf", high, "BYSCORE", "LIMIT", 0, limit)
    return await _read_all(redis, names, lambda line, name: line.execute_command("ZRANGE", name, *end))


async def hashes(redis: Redis, names: Sequence[str]) -> list[dict[str, str]]:
    """Return the hashes at `names`, empty where there is none."""
    return await _read_all(redis, names, lambda pipeline, name: pipeline.hgetall(name))


async def counts_above(redis: Redis, names: Sequence[str], score: float) -> list[int]:
    """Return how many members of each sorted set have a higher score."""
    return await _read_all(redis, names, lambda pipeline, name: pipeline.zcount(name, f"({score}", "+inf"))


async def _range(redis: Redis, name: str, low: float | str, high: float | str, *more: str) -> list[Any]:
    """Ask without `zrange`, whose limits can only be whole numbers."""
    ask: Callable[..., Awaitable[list[Any]]] = redis.execute_command
    return await ask("ZRANGE", name, low, high, "BYSCORE", *more)


async def _read_all(redis: Redis, names: Sequence[str], ask: Callable[[Any, str], object]) -> list[Any]:
    answers: list[Any] = []
    for start in range(0, len(names), PIPELINE_LENGTH):
        batch = names[start : start + PIPELINE_LENGTH]

        async def read(batch: Sequence[str] = batch) -> list[Any]:
            pipeline = redis.pipeline(transaction=False)
            for name in batch:
                ask(pipeline, name)
            return await pipeline.execute()

        answers += await busy_when_away(redis, read)
    return answers

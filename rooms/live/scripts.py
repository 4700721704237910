"""The Lua scripts of some folders: loaded once, run by name, and safe to run again when an answer was lost.

Each script is one decision. It is given every key, the time and new ids as arguments, and the same arguments
twice change the store once: either nothing is left to change, or the script remembers the request's id with
its result.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from redis.asyncio import Redis
from redis.exceptions import NoScriptError

from rooms.live.redis_store import busy_when_away


class Run(NamedTuple):
    """One run of a script."""

    name: str
    keys: Sequence[str]
    arguments: Sequence[str | float]


class Scripts:
    """Runs the scripts of its folders on one client."""

    def __init__(self, redis: Redis, *folders: Path) -> None:
        self._redis = redis
        paths = [path for folder in folders for path in sorted(folder.glob("*.lua"))]
        self._sources = {path.stem: path.read_text("utf-8") for path in paths}
        self._digests = {name: _digest(source) for name, source in self._sources.items()}

    async def run(self, name: str, keys: Sequence[str], *arguments: str | float) -> Any:
        """Run the script `name` and return its answer; `Busy` when the store is away."""
        texts = [str(argument) for argument in arguments]
        try:
            return await self._redis.evalsha(self._digests[name], len(keys), *keys, *texts)
        except NoScriptError:
            await self._redis.script_load(self._sources[name])
            return await self._redis.evalsha(self._digests[name], len(keys), *keys, *texts)

    async def run_all(self, runs: Sequence[Run]) -> list[Any]:
        """Run several scripts in this order and one round trip; return their answers. `Busy` likewise."""
        try:
            return await self._execute(runs)
        except NoScriptError:
            for name in {run.name for run in runs}:
                await self._redis.script_load(self._sources[name])
            return await self._execute(runs)

    async def _execute(self, runs: Sequence[Run]) -> list[Any]:
        async def execute() -> list[Any]:
            together = self._redis.pipeline(transaction=False)
            for name, keys, arguments in runs:
                together.evalsha(self._digests[name], len(keys), *keys, *map(str, arguments))
            return await together.execute()

        found: list[Any] = await busy_when_away(self._redis, execute)
        return found


def as_dict(flat: Sequence[str]) -> dict[str, str]:
    """Return a hash as Lua gives it, names and values in turn, as a dict."""
    return dict(zip(flat[::2], flat[1::2], strict=True))


def _digest(source: str) -> str:
    return hashlib.sha1(source.encode("utf-8"), usedforsecurity=False).hexdigest()

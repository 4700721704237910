"""The Lua scripts of a folder: loaded once, run by name, and safe to run again when an answer was lost.

Each script is one decision. It is given every key, the time and new ids as arguments, and the same arguments
twice change the store once: either nothing is left to change, or the script remembers the request's id with
its result.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import NoScriptError


class Scripts:
    """Runs the scripts of one folder on one client."""

    def __init__(self, redis: Redis, folder: Path) -> None:
        self._redis = redis
        self._sources = {path.stem: path.read_text("utf-8") for path in sorted(folder.glob("*.lua"))}
        self._digests = {name: _digest(source) for name, source in self._sources.items()}

    async def run(self, name: str, keys: Sequence[str], *arguments: str | float) -> Any:
        """Run the script `name` and return its answer; `Busy` when the store is away."""
        texts = [str(argument) for argument in arguments]
        try:
            return await self._redis.evalsha(self._digests[name], len(keys), *keys, *texts)
        except NoScriptError:
            await self._redis.script_load(self._sources[name])
            return await self._redis.evalsha(self._digests[name], len(keys), *keys, *texts)


def as_dict(flat: Sequence[str]) -> dict[str, str]:
    """Return a hash as Lua gives it, names and values in turn, as a dict."""
    return dict(zip(flat[::2], flat[1::2], strict=True))


def _digest(source: str) -> str:
    return hashlib.sha1(source.encode("utf-8"), usedforsecurity=False).hexdigest()

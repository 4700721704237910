"""Keeps what takes long to make and is asked for again and again, as files of long shows are."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """The last `most` things by name, each in one version. They are made one at a time.

    Whoever asks for one was let in before: nothing here knows who may have it.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: OrderedDict[Hashable, tuple[object, T]] = OrderedDict()
        self._making = asyncio.Lock()

    async def of(self, name: Hashable, version: object, make: Callable[[], Awaitable[T]]) -> T:
        """Return what is kept under a name in this version, else what `make` returns or raises."""
        if not self._has(name, version):
            async with self._making:
                if not self._has(name, version):  # who waited for the same finds it made
                    self._known[name] = version, await make()
        self._known.move_to_end(name)
        found = self._known[name][1]
        while len(self._known) > self._most:
            self._known.popitem(last=False)
        return found

    def _has(self, name: Hashable, version: object) -> bool:
        return name in self._known and self._known[name][0] == version

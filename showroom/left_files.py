"""Files in a folder of the data folder that no record names: pictures, and files of calls."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

log = logging.getLogger(__name__)

Named = Callable[[Sequence[str]], Awaitable[set[str]]]
"""Returns which of these names stand in the records."""


class LeftFiles:
    """Files that `pattern` finds in a folder, called as `whole` says, or `passing` while they are written.

    What is called otherwise is not the fair's. Where the records name not one of many they are those of
    another fair, and nothing is unnamed.
    """

    def __init__(
        self, kind: str, folder: Path, pattern: str, whole: re.Pattern[str], passing: re.Pattern[str],
        named: Named,
    ) -> None:
        self.kind = kind
        self._folder = folder
        self._pattern = pattern
        self._whole = whole
        self._passing = passing
        self._named = named

    async def old(self, before: float) -> list[str]:
        """Return the paths in the folder of files that were written last before that."""
        return await asyncio.to_thread(self._old, before)

    async def unnamed(self, names: Sequence[str]) -> list[str]:
        """Return which no record names; what is only passing is named by none."""
        whole = {name: Path(name).name for name in names if self._whole.fullmatch(Path(name).name)}
        named = await self._named(list(whole.values()))
        if whole and not named:
            log.warning("no record names any of these files", extra={"kind": self.kind, "files": len(whole)})
            named = set(whole.values())
        return [name for name in names if whole.get(name) not in named]

    async def drop(self, name: str) -> bool:
        """Delete a file."""
        await asyncio.to_thread((self._folder / name).unlink, missing_ok=True)
        return True

    def _old(self, before: float) -> list[str]:
        return sorted(
            path.relative_to(self._folder).as_posix() for path in self._folder.glob(self._pattern)
            if self._is_ours(path.name) and not path.is_symlink() and path.is_file()
            and path.stat().st_mtime < before
        )

    def _is_ours(self, name: str) -> bool:
        return bool(self._whole.fullmatch(name) or self._passing.fullmatch(name))

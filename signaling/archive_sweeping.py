"""Which files of recordings no record names: in the folder of a node, or in the object store of all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from rooms.fair.recordings import Recordings


class Sections(Protocol):
    """Where sections lie, by names like `{recording}/{number:04d}.mp4`."""

    async def old(self, before: float) -> list[str]: ...
    async def delete(self, name: str) -> None: ...


Rescue = Callable[[str], Awaitable[None]]
"""Writes down what can be read of the files of a recording that are here."""


async def _nothing(_recording: str) -> None:
    """Write nothing down: in the object store is what was written down before."""


class LeftSections:
    """Sections of one place, to be swept.

    Of a recording that may go on, or that the records do not know at all, nothing is ever taken for unnamed.
    """

    def __init__(
        self, kind: str, sections: Sections, recordings: Recordings, rescue: Rescue = _nothing,
        is_open: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self.kind = kind
        self._sections = sections
        self._recordings = recordings
        self._rescue = rescue
        self._is_open = is_open

    async def old(self, before: float) -> list[str]:
        """Return what was written last before that."""
        return await self._sections.old(before)

    async def unnamed(self, names: Sequence[str]) -> list[str]:
        """Return which belong to recordings that are over, and are none of their sections."""
        settled = await self._recordings.settled([*{_recording(name) for name in names}])
        return [name for name in names
                if _recording(name) in settled and _number(name) not in settled[_recording(name)]]

    async def drop(self, name: str) -> bool:
        """Delete a section, unless something of it can be read: then it is written down, and stays."""
        if self._is_open(_recording(name)):
            return False
        await self._rescue(_recording(name))
        if not await self.unnamed([name]):
            return False
        await self._sections.delete(name)
        return True


def _recording(name: str) -> str:
    return name.partition("/")[0]


def _number(name: str) -> int:
    return int(name.partition("/")[2].partition(".")[0])

"""Finds a section wherever it lies: in the folder of recordings, or in the object store once it has moved."""

from __future__ import annotations

from typing import Protocol

from config.errors import Missing
from media.recording.facts import Section, section_path
from media.storage.blocks import LIMIT_BYTES, Blocks
from media.storage.store import Store, check_range


class Folder(Store, Protocol):
    """The folder of this node."""

    async def recordings(self) -> list[str]:
        """Return the names of all folders here that may be those of recordings."""


class Places:
    """Reads and deletes sections for those who do not care where they lie; `close` it.

    Nobody needs to know whether a section moves just now: it is deleted here only when it can be read there.
    """

    def __init__(self, local: Folder, objects: Store | None = None, cache_bytes: int = LIMIT_BYTES) -> None:
        self._local = local
        self._objects = objects
        self._blocks = Blocks(objects.read, cache_bytes) if objects else None

    async def read(self, recording: str, section: Section, offset: int, size: int) -> bytes:
        """Return `size` bytes of a section's file from `offset` on, fewer only where it ends.

        Raises `Missing` when it lies nowhere, `Busy` when the object store has it and does not answer.
        """
        check_range(offset, size)
        name = section_path(recording, section.number, section.container)
        try:
            return await self._local.read(name, offset, size)
        except Missing:
            if self._blocks is None:
                raise
        return await self._blocks.read(name, offset, size)

    async def size(self, recording: str, section: Section) -> int:
        """Return the length of a section's file in bytes; raises like `read`."""
        name = section_path(recording, section.number, section.container)
        try:
            return await self._local.size(name)
        except Missing:
            if self._objects is None:
                raise
        return await self._objects.size(name)

    async def delete(self, recording: str) -> None:
        """Delete all of a recording, here and there; call it again when it raises `Busy`.

        Facts go first: a section that is not listed is not moved again.
        """
        await self._local.delete_all(recording)
        if self._objects:
            await self._objects.delete_all(recording)
        if self._blocks:
            self._blocks.forget(recording)

    async def here(self) -> list[str]:
        """Return what names of recordings there are folders of at this node."""
        return await self._local.recordings()

    async def delete_here(self, recording: str) -> None:
        """Delete what lies of a recording at this node, and nothing elsewhere."""
        await self._local.delete_all(recording)

    async def close(self) -> None:
        """End what is on its way from the object store."""
        if self._blocks:
            await self._blocks.close()

"""Brings the records of recordings in line with their files, after a kill or a power cut."""

from __future__ import annotations

import asyncio
import math
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from config.errors import Missing
from config.ids import ShowId
from media.recording.facts import StopReason, section_path
from media.recording.read_section import read_section
from media.recording.salvage import digest_of, salvage
from media.storage.names import FILE
from rooms.fair.recording import KeptSection
from rooms.fair.recordings import Recordings
from signaling.archive_index import kept_section, kept_segment, section_of


def files_of(folder: Path) -> list[Path]:
    """Return the files of sections in the folder of a recording, by number. Blocks."""
    found = [path for path in folder.glob("*.*") if FILE.fullmatch(path.name) and path.is_file()]
    return sorted(found, key=lambda path: int(path.stem))


class Repair:
    """Finds in the files what the records do not have. What the records have is in the files: it was synced
    before."""

    def __init__(self, recordings: Recordings, folder: Path) -> None:
        self._recordings = recordings
        self._folder = folder

    async def finish(self, node: str, live: set[ShowId]) -> None:
        """Repair each recording that `node` did not bring to an end or left torn.

        What neither is `live` any more nor went elsewhere is whole.
        """
        for recording in await self._recordings.unfinished(node):
            await self.repair(recording.id, node)
            if recording.id not in live and recording.node == node:
                await self._recordings.end(recording.id, StopReason.ENDED)

    async def repair(self, recording: str, node: str) -> None:
        """Write down what is in the files `node` wrote of a recording and not in its records.

        Where the recording has gone on meanwhile it goes between what was before and what came after.
        """
        await self._name_files(recording, node)
        for section in await self._recordings.sections(recording):
            if section.node == node and not section.is_whole:
                await self._repair_section(recording, section)

    async def _name_files(self, recording: str, node: str) -> None:
        """Write down sections that had begun and were in no record yet as the server was killed."""
        named = {section.number for section in await self._recordings.sections(recording)}
        paths = await asyncio.to_thread(files_of, self._folder / recording)
        for path in [path for path in paths if int(path.stem) not in named]:
            section = await asyncio.to_thread(read_section, path)
            if section is not None:
                with suppress(Missing):  # it was deleted
                    await self._recordings.add_section(recording, replace(kept_section(section), node=node))

    async def _repair_section(self, recording: str, section: KeptSection) -> None:
        path = self._folder / section_path(recording, section.number, section_of(section).container)
        if not path.exists():
            return
        indexed = await self._recordings.segments(recording)
        known = [found for found in indexed if found.section <= section.number]
        last = known[-1] if known else None
        until = last.offset + last.size if last and last.section == section.number else section.init_bytes
        kept = await self._recordings.get(recording)
        is_newest = section.number >= kept.first_section
        number = max(last.number + 1 if last else 0, kept.first_segment if is_newest else 0)
        taken = [found.number for found in indexed if found.section > section.number]
        end = min(taken if is_newest else [*taken, kept.first_segment], default=math.inf)
        segments = await asyncio.to_thread(salvage, path, section_of(section), until, number)
        free = [kept_segment(recording, found) for found in segments if found.number < end]
        await self._recordings.add_segments(free)
        size, sha256 = await asyncio.to_thread(digest_of, path)
        await self._recordings.section_whole(recording, section.number, size, sha256)

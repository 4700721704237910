"""What kills and power cuts leave: files that others read, and an index that never says more than they hold.
"""

from __future__ import annotations

import asyncio
import random
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from media.recording import feed
from media.recording.facts import Container, Part, Section, Segment, section_path
from media.recording.feed import FedPacket, Opening
from media.recording.salvage import salvage
from media.recording.section_file import SectionFile
from media.recording.tape import Tape
from tests.media.recording.stream import EPOCH, Stream, clip_of, decode
from tests.media.scale import IS_FULL, scaled

KILLS, AT_ONCE = scaled(8, 200), 8
POWER_CUTS = scaled(10, 100)
MAX_LOSS_SECONDS = 2.0 if IS_FULL else 8.0
"""Beside all other tests a writer may get no time for seconds, and loses nothing that it has not read."""
MAX_POWER_LOSS_SECONDS = 5.0


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clips")


@dataclass
class Victim:
    """A writing process that is fed in real time and killed."""

    folder: Path
    seconds: float
    """How long it lives from its first part on."""
    fed_until: float = 0.0

    async def live(self, packets: list[FedPacket]) -> None:
        """Record until the kill."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "media.recording.writer", str(self.folder), stdin=PIPE, stdout=PIPE
        )
        assert process.stdin is not None
        process.stdin.write(feed.open_frame(1, Opening("show", EPOCH, 0, 0, 3600.0)))
        writes = asyncio.Event()
        hearing = asyncio.create_task(_hear(process, writes))
        began = time.monotonic()
        dies_at = float("inf")
        for packet in packets:
            second = packet.arrived_at - EPOCH
            await asyncio.sleep(max(0.0, began + second - time.monotonic()))
            if writes.is_set() and dies_at == float("inf"):
                dies_at = time.monotonic() + self.seconds
            if time.monotonic() > dies_at:
                break
            process.stdin.write(feed.packet_frame(1, packet, packet.arrived_at))
            self.fed_until = second
        process.send_signal(signal.SIGKILL)
        await process.wait()
        await hearing


async def _hear(process: Process, writes: asyncio.Event) -> None:
    assert process.stdout is not None
    async for line in process.stdout:
        if b'"part"' in line:
            writes.set()


def salvaged(folder: Path) -> tuple[list[Segment], Path]:
    """Return what is found in the first section of a folder when nothing is known of it but its name."""
    path = folder / section_path("show", 0, Container.MP4)
    section = Section(0, Container.MP4, "avc1.42e01f", "opus", 320, 180, 0)
    return salvage(path, section, 0, 0), path


@pytest.mark.long
async def test_a_killed_writer_leaves_files_that_others_read(tmp_path: Path, clips: Path) -> None:
    """F19: at random instants; of each recording at most two seconds are lost."""
    chance = random.Random(seed := random.randrange(1 << 30))
    packets = list(Stream(clip_of(clips)).packets(120))  # a busy machine starts them slowly
    losses = []
    for batch in range(KILLS // AT_ONCE):
        victims = [Victim(tmp_path / f"{batch}-{n}", chance.uniform(0.2, 4)) for n in range(AT_ONCE)]
        await asyncio.gather(*(victim.live(packets) for victim in victims))
        for victim in victims:
            segments, path = await asyncio.to_thread(salvaged, victim.folder)
            assert segments, f"nothing is left, seed {seed}"
            decoded = await asyncio.to_thread(decode, path)
            assert decoded.errors == "", f"seed {seed}"
            losses.append(victim.fed_until - segments[-1].parts[-1].end)
    assert max(losses) <= MAX_LOSS_SECONDS, f"seed {seed}"
    assert len(losses) == KILLS


class Forgetful(SectionFile):
    """A file on a disk whose cache is lost with the power."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.path = path

    def lose_power(self) -> None:
        with self.path.open("rb+") as file:
            file.truncate(self.synced)


class Recorded:
    """A tape on such a disk, and what was indexed of it."""

    def __init__(self, folder: Path) -> None:
        self.files: list[Forgetful] = []
        self.parts: list[tuple[int, Part]] = []
        self.kept: list[int] = []
        self.tape = Tape(folder, Opening("show", EPOCH, 0, 0, 3600.0), 2.0, self._note, self._open)

    def _open(self, path: Path) -> Forgetful:
        self.files.append(Forgetful(path))
        return self.files[-1]

    def _note(self, event: str, **facts: Any) -> None:
        if event == "part":
            self.parts.append((facts["segment"], Part(*facts["part"])))
        elif event == "kept":
            self.kept.append(facts["number"])


@pytest.mark.parametrize("round_", range(POWER_CUTS))
def test_a_power_cut_leaves_what_was_indexed(tmp_path: Path, clips: Path, round_: int) -> None:
    """F20: the index points to no byte that is gone, the rest can be read, and five seconds at most are lost.
    """
    chance = random.Random(round_)
    cut_at, sync_every = chance.uniform(2, 12), 1.0
    show, synced_at = Recorded(tmp_path), 0.0
    with ThreadPoolExecutor(1) as pool:
        for packet in Stream(clip_of(clips)).packets(14):
            second = packet.arrived_at - EPOCH
            if second > cut_at:
                break
            show.tape.packet(packet)
            is_due = second - synced_at >= sync_every
            synced_at = second if is_due else synced_at
            show.tape.time(packet.arrived_at)
            show.tape.look(pool if is_due else None)
            pool.submit(bool).result()  # the show is faster here than the disk
    show.files[0].lose_power()
    size = show.files[0].path.stat().st_size
    indexed = [part for segment, part in show.parts if segment in show.kept]
    assert all(part.offset + part.video_bytes + part.audio_bytes <= size for part in indexed)
    segments, path = salvaged(tmp_path)
    assert segments
    decoded = decode(path)
    assert decoded.errors == ""
    assert decoded.frames > 0
    assert cut_at - segments[-1].parts[-1].end <= MAX_POWER_LOSS_SECONDS


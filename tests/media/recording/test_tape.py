"""From packets to files that others can read, over pauses, losses, other parameters and full disks."""

from __future__ import annotations

import errno
import os
import random
import subprocess
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from media.codecs import Codec, Kind
from media.recording.facts import Container, Part, StopReason, section_path
from media.recording.feed import FedPacket, Opening
from media.recording.tape import Tape
from tests.media.recording.stream import EPOCH, Decoded, Stream, clip_of, decode


class Written:
    """A tape in a folder, and all that it reports."""

    def __init__(self, folder: Path, opening: Opening | None = None) -> None:
        self.folder = folder
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.tape = Tape(folder, opening or Opening("show", EPOCH, 0, 0, 3600.0), 2.0, self._note)
        self._pool = ThreadPoolExecutor(1)
        self._ticked_at = 0.0

    def _note(self, event: str, **facts: Any) -> None:
        self.events.append((event, facts))

    def feed(self, packets: Iterable[FedPacket]) -> Written:
        for packet in packets:
            self.tape.packet(packet)
            if packet.arrived_at - self._ticked_at > 0.1:
                self.tick(packet.arrived_at)
        return self

    def tick(self, now: float) -> None:
        self._ticked_at = now
        self.tape.time(now)
        self.tape.look(self._pool)

    def settle(self) -> None:
        """Sync all that is written, and hear of it."""
        for _ in range(3):
            self._pool.submit(bool).result()
            self.tick(self._ticked_at)

    def stop(self) -> Written:
        self.tape.stop(StopReason.ENDED)
        self._pool.shutdown()
        return self

    def of(self, event: str) -> list[dict[str, Any]]:
        return [facts for name, facts in self.events if name == event]

    @property
    def parts(self) -> list[Part]:
        return [Part(*facts["part"]) for facts in self.of("part")]

    def path(self, section: int = 0, container: Container = Container.MP4) -> Path:
        return self.folder / section_path("show", section, container)

    def decoded(self, section: int = 0) -> Decoded:
        return decode(self.path(section))


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Written]:
    def begin(opening: Opening | None = None) -> Written:
        return Written(tmp_path / "recordings", opening)

    return begin


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clips")


def test_a_show_becomes_a_file_that_others_read(written: Callable[..., Written], clips: Path) -> None:
    show = written().feed(Stream(clip_of(clips)).packets(10)).stop()
    assert show.decoded() == Decoded(300, "")
    assert [facts["number"] for facts in show.of("segment")] == [0, 1, 2, 3, 4]
    assert show.of("whole")[0]["bytes"] == show.path().stat().st_size
    assert show.of("stopped") == [{"reason": "ended"}]
    assert show.parts[0].start == pytest.approx(0.05, abs=0.02)
    assert show.parts[-1].end == pytest.approx(10.05, abs=0.05)


def test_what_came_before_the_show_was_known_is_its_beginning(
    written: Callable[..., Written], clips: Path
) -> None:
    """The first packets are what makes a show; the time it is said to begin at is a little later."""
    show = written(Opening("show", EPOCH + 0.7, 0, 0, 3600.0)).feed(Stream(clip_of(clips)).packets(4)).stop()
    assert show.parts[0].start == pytest.approx(0.0, abs=0.03)
    assert show.decoded() == Decoded(120, "")


def test_the_parts_are_the_file(written: Callable[..., Written], clips: Path) -> None:
    """Nothing lies between them or behind them."""
    show = written().feed(Stream(clip_of(clips)).packets(5)).stop()
    init = show.of("section")[0]["section"]["init_bytes"]
    assert show.parts[0].offset == init
    assert all(before.offset + before.video_bytes + before.audio_bytes == after.offset
               for before, after in pairwise(show.parts))
    last = show.parts[-1]
    assert last.offset + last.video_bytes + last.audio_bytes == show.path().stat().st_size


def test_a_segment_is_kept_only_when_it_is_synced(written: Callable[..., Written], clips: Path) -> None:
    show = written()
    for packet in Stream(clip_of(clips)).packets(6):
        show.tape.packet(packet)
    assert len(show.of("segment")) == 2
    assert show.of("kept") == []
    show.stop()
    assert len(show.of("kept")) == 3


def test_packets_out_of_order_and_twice_change_nothing(written: Callable[..., Written], clips: Path) -> None:
    chance = random.Random(5)
    packets = list(Stream(clip_of(clips)).packets(6))
    shuffled = sorted([*packets, *chance.sample(packets[1:], 50)],
                      key=lambda packet: packet.arrived_at + chance.uniform(0, 0.1))
    first = [packet for packet in packets if packet.sequence == packets[0].sequence]
    show = written().feed([*first, *shuffled]).stop()
    assert show.decoded() == Decoded(180, "")


def test_a_lost_packet_costs_the_picture_up_to_the_next_key_frame(
    written: Callable[..., Written], clips: Path
) -> None:
    packets = list(Stream(clip_of(clips)).packets(6))
    pictures = [packet for packet in packets if packet.codec is Codec.H264]
    lost = next(packet for packet in pictures if packet.arrived_at > EPOCH + 1.05)
    show = written().feed(packet for packet in packets if packet is not lost).stop()
    decoded = show.decoded()
    assert decoded.errors == ""
    assert 145 <= decoded.frames <= 155
    assert show.of("keyframe"), "the publisher is asked for a key frame"


def test_a_publisher_who_drops_and_returns_continues_the_file(
    written: Callable[..., Written], clips: Path
) -> None:
    """Ten times: one file, one timeline, and the gaps are where nothing was sent."""
    show = written()
    for turn in range(11):
        begins, number = turn * 10.0, 1000 + turn * 5000
        shift = (4_294_900_000 + turn * 12_345) & 0xFFFFFFFF
        show.feed(Stream(clip_of(clips), begins, number, shift).packets(4))
        show.tick(EPOCH + begins + 6)
    show.stop()
    assert show.decoded() == Decoded(11 * 120, "")
    gaps = [(round(before.end), round(after.start)) for before, after in pairwise(show.parts)
            if after.start - before.end > 0.5]
    assert gaps == [(turn * 10 + 4, turn * 10 + 10) for turn in range(10)]
    assert all(part.is_independent for before, part in pairwise(show.parts) if part.start - before.end > 0.5)


def test_another_picture_size_begins_another_section(written: Callable[..., Written], clips: Path) -> None:
    show = written().feed(Stream(clip_of(clips)).packets(4))
    larger = Stream(clip_of(clips, 640, 360), 4.0, 5000, 4_294_900_000 + 4 * 90_000)
    show.feed(larger.packets(4)).stop()
    sections = [facts["section"] for facts in show.of("section")]
    assert [(section["width"], section["height"]) for section in sections] == [(320, 180), (640, 360)]
    assert [show.decoded(0).frames, show.decoded(1).frames] == [120, 120]
    assert [show.decoded(0).errors, show.decoded(1).errors] == ["", ""]
    numbers = [facts["number"] for facts in show.of("segment")]
    assert numbers == [*range(len(numbers))]


def test_a_recording_goes_on_where_it_is_told(written: Callable[..., Written], clips: Path) -> None:
    show = written(Opening("show", EPOCH - 100, 3, 17, 3600.0)).feed(Stream(clip_of(clips)).packets(4)).stop()
    assert show.path(3).exists()
    assert [facts["number"] for facts in show.of("segment")] == [17, 18]
    assert show.parts[0].start == pytest.approx(100, abs=0.1)


def test_a_recording_ends_at_its_limit(written: Callable[..., Written], clips: Path) -> None:
    show = written(Opening("show", EPOCH, 0, 0, 5.0)).feed(Stream(clip_of(clips)).packets(8))
    assert show.of("stopped") == [{"reason": "limit"}]
    assert show.decoded().errors == ""
    assert show.parts[-1].end == pytest.approx(5.0, abs=0.1)
    show.stop()
    assert len(show.of("stopped")) == 1


def test_sound_alone_is_recorded(written: Callable[..., Written], clips: Path) -> None:
    packets = (packet for packet in Stream(clip_of(clips)).packets(6) if packet.codec.kind is Kind.AUDIO)
    show = written().feed(packets).stop()
    (facts,) = show.of("section")
    assert (facts["section"]["video"], facts["section"]["audio"]) == ("", "opus")
    assert show.decoded().errors == ""


@pytest.mark.threat("T37")
def test_a_full_disk_ends_the_recording_with_what_is_whole(tmp_path: Path, clips: Path) -> None:
    """A small file system of its own: everything up to the last whole part can be read."""
    folder = tmp_path / "small"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", folder], check=True)
    try:
        show = Written(folder).feed(Stream(clip_of(clips)).packets(60))
        assert show.of("stopped") == [{"reason": "disk_full"}]
        last = show.parts[-1]
        assert show.path().stat().st_size == last.offset + last.video_bytes + last.audio_bytes
        assert show.decoded().errors == ""
        assert len(show.of("segment")) > 1
        assert show.of("kept")[-1]["number"] == show.of("segment")[-1]["number"]
    finally:
        subprocess.run(["umount", folder], check=True)


class WriteBack:
    """A disk that cannot write what it was given, and says so once, as Linux does."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.fails = False
        self.safe_bytes = 0
        """Of the file that was synced last."""
        self._sync = os.fdatasync
        monkeypatch.setattr(os, "fdatasync", self._write)

    def _write(self, file: int) -> None:
        size = os.fstat(file).st_size
        if self.fails:
            self.fails = False
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        self._sync(file)
        self.safe_bytes = size


@pytest.mark.parametrize("is_over", [False, True])
def test_after_a_sync_that_failed_nothing_more_is_taken_for_safe(
    written: Callable[..., Written], clips: Path, monkeypatch: pytest.MonkeyPatch, *, is_over: bool
) -> None:
    """Whether that sync is one of many or that of the end."""
    disk, show = WriteBack(monkeypatch), written()
    packets = list(Stream(clip_of(clips)).packets(8))
    show.feed(packets[: len(packets) // 2])
    show.settle()
    safe_bytes, disk.fails = disk.safe_bytes, True
    if not is_over:
        show.feed(packets[len(packets) // 2 :])
    show.stop()
    assert show.of("stopped") == [{"reason": "failed"}]
    assert not disk.fails
    assert show.of("whole") == []
    until = {facts["segment"]: part.offset + part.video_bytes + part.audio_bytes
             for facts, part in zip(show.of("part"), show.parts, strict=True)}
    kept = [facts["number"] for facts in show.of("kept")]
    assert kept
    assert all(until[number] <= safe_bytes for number in kept)
    assert [link for link in Path("/proc/self/fd").iterdir() if _leads_to(link, show.path())] == []


def _leads_to(link: Path, path: Path) -> bool:
    return link.is_symlink() and link.readlink() == path


def test_a_file_that_is_there_already_is_not_written_over(
    written: Callable[..., Written], clips: Path
) -> None:
    """A server was killed before it had written down that it began: the recording goes on beside it."""
    show = written()
    show.path().parent.mkdir(parents=True)
    show.path().write_bytes(b"somebody's show")
    show.feed(Stream(clip_of(clips)).packets(3)).stop()
    assert show.path().read_bytes() == b"somebody's show"
    assert [facts["section"]["number"] for facts in show.of("section")] == [1]
    assert {facts["section"] for facts in show.of("part")} == {1}
    assert show.decoded(1) == Decoded(90, "")
    assert show.of("stopped") == [{"reason": "ended"}]


def test_a_file_in_the_place_of_the_folder_ends_the_recording(
    written: Callable[..., Written], clips: Path
) -> None:
    show = written()
    show.folder.mkdir()
    show.path().parent.write_bytes(b"")
    show.feed(Stream(clip_of(clips)).packets(3))
    assert show.of("stopped") == [{"reason": "failed"}]

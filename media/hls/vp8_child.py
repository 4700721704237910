"""The process that encodes one show for HLS: `python -m media.hls.vp8_child FOLDER …`.

It is fed like the process that records and reports like it, and each second that it is alive. Before the
first packet it gives up all it does not need: files that it may come to write are open by then. When they
are used up it ends, and the next one has others.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from media.confinement import confine
from media.hls.vp8_recoder import Recoder
from media.recording import feed
from media.recording.facts import Container, StopReason, section_path
from media.recording.feed import Opening, What
from media.recording.section_file import SectionFile
from media.recording.tape import Tape
from media.recording.turns import turns

READY_FILES = 8
"""A show needs another one for each size of its picture."""
FILE_BYTES = 64 << 30
CPU_SECONDS = 100_000
ALIVE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Options:
    """Where to write, and how."""

    folder: Path
    segment_seconds: float
    max_bits: int


class PassingFile(SectionFile):
    """A file that nobody needs after a power cut: it is never synced."""

    def append(self, data: bytes) -> int:
        """Write all of `data` or nothing; return where it begins."""
        start = super().append(data)
        self.synced = self.size
        return start


class ReadyFiles:
    """The files of the next sections, open."""

    def __init__(self, folder: Path, opening: Opening) -> None:
        self._files: dict[Path, PassingFile] = {}
        for number in range(opening.section, opening.section + READY_FILES):
            path = folder / section_path(opening.recording, number, Container.MP4)
            path.unlink(missing_ok=True)  # of one that died before it wrote a part
            self._files[path] = PassingFile(path)

    def take(self, path: Path) -> SectionFile:
        """Return a file; raise `OSError` when there is none left."""
        if path not in self._files:
            raise OSError("another process has to go on")
        return self._files.pop(path)


class Transcoder:
    """The show; `take` and `tick` are called in turn, by one thread."""

    def __init__(self, options: Options, output: int) -> None:
        self._options = options
        self._output = output
        self._number = 0
        self._tape: Tape | None = None
        self._alive_at = 0.0
        self._lines: list[bytes] = []

    @property
    def is_done(self) -> bool:
        """Whether nothing more can be written."""
        return self._tape is not None and self._tape.stopped is not None

    def take(self, what: What, number: int, body: bytes) -> None:
        """Do what one frame of the feed says."""
        if what is What.OPEN:
            self._number = number
            self._tape = self._open(feed.read_opening(body))
        elif self._tape is None:
            return
        elif what is What.PACKET:
            self._tape.packet(feed.read_packet(body))
        elif what is What.CLOCK:
            self._tape.clock(feed.read_clock(body))
        elif what is What.TIME:
            self._tape.time(feed.read_time(body))

    def tick(self, now: float) -> None:
        """Do what is due, and send the report; `now` is monotonic."""
        if self._tape is not None:
            self._tape.look(None)
        if now - self._alive_at >= ALIVE_SECONDS:
            self._alive_at = now
            self._note("alive")
        self.report()

    def close(self) -> None:
        """Write what is left."""
        if self._tape is not None:
            self._tape.stop(StopReason.ENDED)
        self.report()

    def report(self) -> None:
        """Send the lines that have come together; raises `BrokenPipeError` when the server is dead."""
        data, self._lines = b"".join(self._lines), []
        while data:
            data = data[os.write(self._output, data) :]

    def _open(self, opening: Opening) -> Tape:
        options = self._options
        files = ReadyFiles(options.folder, opening)
        confine(cpu_seconds=CPU_SECONDS, file_bytes=FILE_BYTES)
        recoder = Recoder(options.segment_seconds, options.max_bits)
        return Tape(options.folder, opening, options.segment_seconds, self._note, files.take, recoder)

    def _note(self, event: str, **facts: Any) -> None:
        self._lines.append(feed.line(self._number, event, **facts))


def main(argv: Sequence[str] | None = None) -> int:
    """Encode until standard input ends or nothing more can be written; return the exit code."""
    transcoder = Transcoder(_options(argv), sys.stdout.fileno())
    for frames in turns(sys.stdin.fileno()):
        for what, number, body in frames:
            transcoder.take(what, number, body)
            transcoder.report()
        transcoder.tick(time.monotonic())
        if transcoder.is_done:
            break
    transcoder.close()
    return 0


def _options(argv: Sequence[str] | None) -> Options:
    parser = argparse.ArgumentParser(prog="media.hls.vp8_child", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--segment-seconds", type=float, default=2.0)
    parser.add_argument("--max-kbps", type=int, default=2500)
    found = parser.parse_args(argv)
    return Options(found.folder, found.segment_seconds, found.max_kbps * 1000)


if __name__ == "__main__":
    sys.exit(main())

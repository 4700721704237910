"""The process that writes recordings: `python -m media.recording.writer FOLDER …`, one for a node.

Its standard input is the feed of the relay, its standard output the report. It ends, with whole files, when
its input does. Nothing is decoded here. What waits for it waits in the pipe and, bounded, in the relay.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from media.recording import feed
from media.recording.facts import StopReason
from media.recording.feed import What
from media.recording.tape import Tape
from media.recording.turns import turns

ROOM_SECONDS = 1.0
"""How often the room on the disk is looked at."""
NICE = 5
"""How far writing stands back behind showing."""


@dataclass(frozen=True, slots=True)
class Options:
    """Where to write, and within which bounds."""

    folder: Path
    segment_seconds: float
    sync_seconds: float
    min_free_bytes: int


class Writer:
    """All recordings of a node. `take` and `tick` are called in turn, by one thread."""

    def __init__(self, options: Options, output: int) -> None:
        self._options = options
        self._output = output
        self._tapes: dict[int, Tape] = {}
        self._pool = ThreadPoolExecutor(2)
        self._sync_at = self._room_at = 0.0
        self._lines: list[bytes] = []

    def take(self, what: What, recording: int, body: bytes) -> None:
        """Do what one frame of the feed says."""
        if what is What.OPEN:
            self._open(recording, body)
            return
        if what is What.TIME:
            self._pass_time(feed.read_time(body))
            return
        tape = self._tapes.get(recording)
        if tape is None:
            return
        if what is What.PACKET:
            tape.packet(feed.read_packet(body))
        elif what is What.CLOCK:
            tape.clock(feed.read_clock(body))
        else:
            tape.stop(StopReason(body.decode()))
        self._forget_if_stopped(recording, tape)

    def tick(self, now: float) -> None:
        """Do what is due; `now` is monotonic."""
        is_sync = now >= self._sync_at
        if is_sync:
            self._sync_at = now + self._options.sync_seconds
        if now >= self._room_at:
            self._room_at = now + ROOM_SECONDS
            self._look_for_room()
        for recording, tape in list(self._tapes.items()):
            tape.look(self._pool if is_sync else None)
            self._forget_if_stopped(recording, tape)

    def report(self) -> None:
        """Send the lines that have come together."""
        data, self._lines = b"".join(self._lines), []
        with suppress(BrokenPipeError):  # the server is dead: what is here is written all the same
            while data:
                data = data[os.write(self._output, data) :]

    def close(self) -> None:
        """End all recordings; what interrupted them may go on in another section."""
        for tape in self._tapes.values():
            tape.stop(StopReason.ENDED)
        self._pool.shutdown()

    def _open(self, recording: int, body: bytes) -> None:
        def report(event: str, **facts: Any) -> None:
            self._lines.append(feed.line(recording, event, **facts))

        opening = feed.read_opening(body)
        self._tapes[recording] = Tape(self._options.folder, opening, self._options.segment_seconds, report)

    def _pass_time(self, now: float) -> None:
        for recording, tape in list(self._tapes.items()):
            tape.time(now)
            self._forget_if_stopped(recording, tape)

    def _forget_if_stopped(self, recording: int, tape: Tape) -> None:
        if tape.stopped is not None:
            del self._tapes[recording]

    def _look_for_room(self) -> None:
        if self._tapes and shutil.disk_usage(self._options.folder).free < self._options.min_free_bytes:
            for tape in self._tapes.values():
                tape.stop(StopReason.DISK_FULL)
            self._tapes.clear()


def main(argv: Sequence[str] | None = None) -> int:
    """Write until standard input ends; return the exit code."""
    os.nice(NICE)
    writer = Writer(_options(argv), sys.stdout.fileno())
    for frames in turns(sys.stdin.fileno()):
        for what, recording, body in frames:
            writer.take(what, recording, body)
        writer.tick(time.monotonic())
        writer.report()
    writer.close()
    writer.report()
    return 0


def _options(argv: Sequence[str] | None) -> Options:
    parser = argparse.ArgumentParser(prog="media.recording.writer", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--segment-seconds", type=float, default=2.0)
    parser.add_argument("--sync-seconds", type=float, default=1.0)
    parser.add_argument("--min-free-bytes", type=int, default=0)
    found = parser.parse_args(argv)
    found.folder.mkdir(parents=True, exist_ok=True)
    return Options(found.folder, found.segment_seconds, found.sync_seconds, found.min_free_bytes)


if __name__ == "__main__":
    sys.exit(main())

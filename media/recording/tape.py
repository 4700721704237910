"""One recording in the writing process: from the packets of a show to the parts in its files.

Packets are put in order, frames put together, placed on the timeline and cut; each piece becomes bytes at the
end of the section's file, and a line to the relay. A piece that needs another initialisation opens the next
section.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import asdict, astuple
from pathlib import Path

from media.codecs import Codec, Kind
from media.recording.clock import RecordingClock
from media.recording.facts import Container, Part, Section, Segment, StopReason, section_path
from media.recording.feed import FedClock, FedPacket, Opening
from media.recording.frames import FrameAssembler
from media.recording.reorder import Reorder
from media.recording.section_file import SectionFile
from media.recording.section_format import SectionFormat, format_of, video_string
from media.recording.segmenter import Piece, Placed, Segmenter, Setup

SILENT_SECONDS = 1.0
"""Without a packet for so long, what waits is written and the segment ends."""
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
ASK_SECONDS = 1.0
"""The shortest time between two wishes for a key frame."""

Report = Callable[..., None]
"""Called with an event's name and its facts."""
Recode = Callable[[Placed], Iterable[Placed]]
"""Returns what is written instead of a frame. Must not raise."""


def as_it_is(placed: Placed) -> Iterable[Placed]:
    """Write a frame as it was sent."""
    return (placed,)


class Track:
    """The packets of one kind on their way to frames."""

    def __init__(self) -> None:
        self.reorder = Reorder()
        self._assembler: FrameAssembler | None = None
        self._codec: Codec | None = None

    def assembler(self, codec: Codec) -> FrameAssembler:
        """Return who puts the frames together; another codec begins with another one."""
        if self._assembler is None or codec is not self._codec:
            self._assembler, self._codec = FrameAssembler(codec), codec
        return self._assembler

    @property
    def needs_keyframe(self) -> bool:
        """Whether what comes cannot be decoded."""
        return self._assembler is not None and self._assembler.needs_keyframe


class Tape:
    """Writes until `stop`; whatever the disk does to it, it ends with a reason and whole files."""

    def __init__(
        self, folder: Path, opening: Opening, segment_seconds: float, report: Report,
        open_file: Callable[[Path], SectionFile] = SectionFile, recode: Recode = as_it_is,
    ) -> None:
        self._folder = folder
        self._open_file = open_file
        self._recode = recode
        self._opening = opening
        self._report = report
        self._clock = RecordingClock(opening.epoch)
        self._tracks = {kind: Track() for kind in Kind}
        self._segmenter = Segmenter(segment_seconds, frozenset(map(Kind, opening.promised)))
        self._setup: Setup | None = None
        self._file: SectionFile | None = None
        self._section, self._segment = opening.section - 1, opening.segment
        self._parts: list[Part] = []
        self._ended: list[Segment] = []
        self._sequence = 0
        self._heard_at = self._asked_at = 0.0
        self.stopped: StopReason | None = None

    def packet(self, packet: FedPacket) -> None:
        """Take a packet."""
        if self.stopped is not None:
            return
        if not self._heard_at and packet.arrived_at < self._opening.epoch:
            self._clock = RecordingClock(packet.arrived_at)  # what began the show came a little before it
        self._heard_at = packet.arrived_at
        track = self._tracks[packet.codec.kind]
        self._guarded(lambda: self._pass_on(track, track.reorder.take(packet)))
        if track.needs_keyframe:
            self._ask(packet.arrived_at)

    def clock(self, clock: FedClock) -> None:
        """Hear what the publisher says of its clocks."""
        self._clock.take(clock)

    def time(self, now: float) -> None:
        """Do what is due by time, which is that of arrival: what came before it is here, or late.
        """
        if self.stopped is None:
            self._guarded(lambda: self._do_due(now - self._opening.late_seconds))

    def look(self, pool: Executor | None) -> None:
        """Look what the disk has kept; with a `pool`, sync in it."""
        if self.stopped is None:
            self._guarded(lambda: self._look(pool))

    def stop(self, reason: StopReason) -> None:
        """Write what is left, sync, and say why there is no more."""
        if self.stopped is None:
            self._guarded(self._finish)
        if self.stopped is None:
            self._end(reason)

    def _do_due(self, now: float) -> None:
        for track in self._tracks.values():
            self._pass_on(track, track.reorder.give_up(now))
        if now - self._heard_at > SILENT_SECONDS and self._segmenter.is_open:
            self._write(self._segmenter.settle())

    def _look(self, pool: Executor | None) -> None:
        if self._file is not None:
            if self._file.look():
                self._keep()
            if pool is not None:
                self._file.sync(pool)

    def _finish(self) -> None:
        for track in self._tracks.values():
            self._pass_on(track, track.reorder.flush())
        self._write(self._segmenter.settle())
        self._close_file()

    def _guarded(self, work: Callable[[], None]) -> None:
        """Do `work`; a disk that takes no more ends the recording, with what is whole."""
        try:
            work()
        except OSError as error:
            self._report("trouble", reason=error.strerror or str(error))
            self.stopped = StopReason.DISK_FULL if error.errno in FULL else StopReason.FAILED
            self._end_segment()
            self._drop_file()
            self._end(self.stopped)

    def _end(self, reason: StopReason) -> None:
        self.stopped = reason
        self._report("stopped", reason=reason)

    def _pass_on(self, track: Track, packets: list[FedPacket]) -> None:
        for packet in packets:
            frame = track.assembler(packet.codec).take(packet)
            if frame is None:
                continue
            second = self._clock.place(packet.codec.kind, frame.timestamp, packet.arrived_at)
            if second > self._opening.max_seconds:
                self.stop(StopReason.LIMIT)
                return
            if second >= 0:
                self._lay(Placed(packet.codec, second, frame))

    def _lay(self, placed: Placed) -> None:
        for frame in self._recode(placed):
            self._write(self._segmenter.take(frame))

    def _write(self, pieces: list[Piece]) -> None:
        for piece in pieces:
            if piece.video or piece.audio:
                self._append(piece)
            if piece.ends_segment:
                self._end_segment()

    def _append(self, piece: Piece) -> None:
        file, form = self._file_for(piece)
        self._sequence += 1
        picture, sound = form.part(piece, self._sequence)
        offset = file.append(picture + sound)
        first = piece.video[0].is_keyframe if piece.video else piece.setup.video is None
        part = Part(piece.start, piece.duration, offset, len(picture), len(sound), first)
        self._parts.append(part)
        self._report("part", section=self._section, segment=self._segment, part=astuple(part))

    def _file_for(self, piece: Piece) -> tuple[SectionFile, SectionFormat]:
        setup = piece.setup
        form = format_of(setup)
        if self._file is not None and self._setup == setup:
            return self._file, form
        self._end_segment()
        self._close_file()
        self._file, self._setup = self._next_file(form.container), setup
        init = form.init(setup)
        self._file.append(init)
        size = setup.width, setup.height
        section = Section(self._section, form.container, video_string(setup), "opus", *size, len(init))
        self._report("section", section=asdict(section))
        return self._file, form

    def _next_file(self, container: Container) -> SectionFile:
        """Open the file of the next section that has none.

        A server that was killed may have begun files that the records do not have yet.
        """
        while True:
            self._section += 1
            path = self._folder / section_path(self._opening.recording, self._section, container)
            try:
                return self._open_file(path)
            except FileExistsError:
                if not path.exists():
                    raise  # something else is in the place of the folder

    def _end_segment(self) -> None:
        if not self._parts:
            return
        segment = Segment(self._segment, self._section, tuple(self._parts))
        self._segment += 1
        self._parts = []
        self._ended.append(segment)
        self._report("segment", number=segment.number)
        self._keep()

    def _keep(self) -> None:
        """Report the segments that a power cut would leave now."""
        synced = self._file.synced if self._file is not None else 0
        while self._ended and self._ended[0].offset + self._ended[0].size <= synced:
            self._report("kept", number=self._ended.pop(0).number)

    def _close_file(self) -> None:
        file = self._file
        if file is None:
            return
        try:
            file.close()
            self._keep()
        finally:
            self._file = None
        self._report("whole", section=self._section, bytes=file.size, sha256=file.sha256)

    def _drop_file(self) -> None:
        """Close a file on a disk that is full or broken: what can be synced is."""
        try:
            self._close_file()
        except OSError as error:
            self._report("trouble", reason=error.strerror or str(error))

    def _ask(self, now: float) -> None:
        if now - self._asked_at >= ASK_SECONDS:
            self._asked_at = now
            self._report("keyframe")

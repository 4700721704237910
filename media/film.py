"""A film: a recording that is sent into a publication in real time, as an anchor's computer would send it.

Nothing is decoded or encoded. What was not sent when it was recorded is not waited for: a gap is cut down to
a moment, so that nobody takes the film for a broken show. A film is no peer: it answers no requests, and who
joins begins at its last key frame.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from config.errors import FairError, Missing
from media import rtcp
from media.codecs import Codec, Kind
from media.payloads import payloads_of
from media.publication import Publication
from media.recording.facts import Section, Segment
from media.recording.samples import Sample, codec_of, parameters_of, samples_of
from media.rtp import RtpPacket
from media.source import Source
from media.track import distinct_ssrcs

log = logging.getLogger(__name__)

GAP_SECONDS = 0.2
"""What is left of a gap; also between the rounds of a loop."""
BURST_PACKETS, BURST_SECONDS = 12, 0.002
"""A large key frame is sent in bursts, so that it does not overrun the first buffer on its way."""
LATE_SECONDS = 1.0
"""Whoever is later than this with a frame goes on from there instead of hurrying."""
FIRST_NUMBER = 1 << 16


class FilmFiles(Protocol):
    """Where the files of recordings lie."""

    async def read(self, recording: str, section: Section, offset: int, size: int) -> bytes:
        """Return a stretch of a section's file; a `FairError` when it cannot be had."""


@dataclass(frozen=True, slots=True)
class Film:
    """A recording that can be played: what it is made of, in order."""

    recording: str
    sections: tuple[Section, ...]
    segments: tuple[Segment, ...]


def timetable_of(segments: Sequence[Segment]) -> tuple[tuple[tuple[float, float], ...], float]:
    """Return where a film is in its recording, and after how many seconds it begins anew.

    Each pair is a second of the film and that second of the recording which it goes on from there: gaps are
    cut down, but for what is gone, which nobody knows before.
    """
    pieces, length, ends = list[tuple[float, float]](), 0.0, 0.0
    for segment in segments:
        if not pieces or segment.start - ends > GAP_SECONDS:
            length += GAP_SECONDS if pieces else 0.0
            pieces.append((round(length, 3), round(segment.start, 3)))
        else:
            length += segment.start - ends
        length += segment.duration
        ends = segment.start + segment.duration
    return tuple(pieces), round(length + GAP_SECONDS, 3)


class Line:
    """The picture or the sound as it is sent: numbers and clock, which go on over rounds and sections."""

    def __init__(self, codec: Codec, ssrc: int) -> None:
        self.source = Source(ssrc, codec, 0, wants_nack=False)
        self.picture = 0
        self._number = FIRST_NUMBER
        self._first_timestamp = secrets.randbits(32)
        self._packets = self._octets = 0

    def packets(self, sample: Sample, position: float) -> Iterator[tuple[int, RtpPacket]]:
        """Yield the packets of a frame that is shown `position` seconds after the film began."""
        codec = self.source.codec
        payloads = payloads_of(codec, sample.data, self.picture, is_key=sample.is_key)
        self.picture += 1
        last = len(payloads) - 1
        for index, payload in enumerate(payloads):
            is_end = codec.kind is Kind.VIDEO and index == last
            yield self._number, RtpPacket(
                0, is_end, self._number & 0xFFFF, self._timestamp(position), self.source.ssrc, payload
            )
            self._number += 1
            self._packets += 1
            self._octets += len(payload)

    def report(self, position: float, wall: float) -> rtcp.SenderReport:
        """Return how the clock of this line stands at `position`, which is at the Unix time `wall`."""
        stamp = self._timestamp(position)
        return rtcp.SenderReport(self.source.ssrc, rtcp.ntp_time(wall), stamp, self._packets, self._octets)

    def _timestamp(self, position: float) -> int:
        return (self._first_timestamp + round(position * self.source.codec.clock_rate)) & 0xFFFFFFFF


class FilmFeeder:
    """Feeds one film into one publication: `play` it. Ends when that is closed or fed by another."""

    def __init__(self, film: Film, files: FilmFiles, loop: asyncio.AbstractEventLoop) -> None:
        self._film = film
        self._files = files
        self._loop = loop
        self._sections = {section.number: section for section in film.sections}
        self._section = film.sections[0]
        self._lines: dict[Codec, Line] = {}
        self._publication: Publication | None = None
        self._began = 0.0
        self._shift = 0.0
        self._end = 0.0
        self._is_torn = False

    @property
    def video_codec(self) -> Codec | None:
        """What the picture of the section that is played is encoded with."""
        return codec_of(self._section.video)

    @property
    def kinds(self) -> frozenset[Kind]:
        """What this section consists of."""
        names = {Kind.VIDEO: self._section.video, Kind.AUDIO: self._section.audio}
        return frozenset(kind for kind, name in names.items() if name)

    @property
    def parameters(self) -> str:
        """How it is encoded, as in `a=fmtp`."""
        return parameters_of(self._section)

    @property
    def sources(self) -> list[Source]:
        """What has been sent so far."""
        return [line.source for line in self._lines.values()]

    def request_keyframe(self, source: Source | None = None) -> None:
        """Do nothing: a film has its key frames where it has them, and never far apart."""

    def ask_again(self, now: float) -> None:
        """Do nothing: nothing is lost on the way."""

    def report(self, now: float) -> None:
        """Tell the publication how picture and sound belong together."""
        if self._publication is None:
            return
        wall = time.time()
        for line in self._lines.values():
            self._publication.take_report(line.source, line.report(now - self._began, wall))

    async def play(self, publication: Publication, *, again: bool) -> None:
        """Send the film from its beginning, once or round after round; return when it is over or ended.

        The publication still has this feeder then, unless somebody else ended the film.
        """
        self._publication = publication
        self._began = self._loop.time()
        is_on = True
        while is_on:
            is_on = await self._round(publication) and again
            self._end += GAP_SECONDS

    async def _round(self, publication: Publication) -> bool:
        """Send the film once; return whether something was sent and the publication still wants it.

        What is gone is a gap; what cannot be had just now keeps its time, for the next may be there again.
        """
        segments = self._film.segments
        ends, is_first, is_seen = 0.0, True, False
        async with asyncio.TaskGroup() as group:
            upcoming = group.create_task(self._read(segments[0]))
            for number, segment in enumerate(segments):
                samples = await upcoming
                if number + 1 < len(segments):
                    upcoming = group.create_task(self._read(segments[number + 1]))
                if samples is None:
                    continue
                is_seen = is_seen or bool(samples)
                if is_first or segment.start - ends > GAP_SECONDS:
                    self._shift = self._end - segment.start + (0.0 if is_first else GAP_SECONDS)
                is_first = False
                ends = segment.start + segment.duration
                self._section = self._sections[segment.section]
                if not await self._send(publication, samples):
                    upcoming.cancel()
                    return False
                self._end = ends + self._shift
        await self._until(self._end)
        return is_seen and publication.publisher is self

    async def _send(self, publication: Publication, samples: list[Sample]) -> bool:
        for sample in samples:
            position = sample.at + self._shift
            await self._until(position)
            line = self._line(sample.kind)
            if publication.publisher is not self:
                return False
            if line is not None:
                await self._give(publication, line, sample, position)
        return True

    async def _give(self, publication: Publication, line: Line, sample: Sample, position: float) -> None:
        is_first = not line.picture
        for index, (number, packet) in enumerate(line.packets(sample, position)):
            if index and not index % BURST_PACKETS:
                await asyncio.sleep(BURST_SECONDS)
            if publication.publisher is not self:
                return
            publication.take(line.source, number, packet, self._loop.time())
        if is_first:
            self.report(self._loop.time())

    async def _until(self, position: float) -> None:
        """Wait until the film is where it should be; whoever is much too late takes his time from there."""
        late = self._loop.time() - self._began - position
        if late > LATE_SECONDS:
            self._began += late
        elif late < 0:
            await asyncio.sleep(-late)

    def _line(self, kind: Kind) -> Line | None:
        """Return the line a frame goes by; another codec is another line, and its picture begins afresh."""
        codec = codec_of(self._section.video if kind is Kind.VIDEO else self._section.audio)
        if codec is None:
            return None
        if codec not in self._lines:
            self._lines[codec] = Line(codec, distinct_ssrcs()[0])
        return self._lines[codec]

    async def _read(self, segment: Segment) -> list[Sample] | None:
        """Return the frames of a segment; none of one that cannot be read now, None for one that is gone."""
        section = self._sections[segment.section]
        recording = self._film.recording
        try:
            data = await self._files.read(recording, section, segment.offset, segment.size)
        except FairError as error:
            if not self._is_torn:
                log.warning("a piece of a film cannot be read", extra={
                    "recording": recording, "segment": segment.number, "reason": str(error)})
            self._is_torn = True
            return None if isinstance(error, Missing) else []
        self._is_torn = False
        return samples_of(section, data)

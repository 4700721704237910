"""How pieces become bytes, in MP4 and in WebM: the one place that knows that there are two kinds of files."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter
from typing import Protocol

from media.codecs import Codec, Kind
from media.recording import mp4, webm
from media.recording.clock import CLOCK_RATES
from media.recording.facts import Container
from media.recording.mp4 import Sample
from media.recording.records import codec_string
from media.recording.segmenter import Piece, Setup
from media.recording.tracks import TRACK_IDS, AudioTrack, VideoTrack
from media.recording.webm import Block


class SectionFormat(Protocol):
    """One kind of file."""

    @property
    def container(self) -> Container:
        """Which it is."""

    def init(self, setup: Setup) -> bytes:
        """Return what stands before the first part."""

    def part(self, piece: Piece, sequence: int) -> tuple[bytes, bytes]:
        """Return the picture's and the sound's bytes of a piece; in WebM all of it counts as the picture's.
        """


class Mp4Format:
    """Fragmented MP4: a fragment of each kind."""

    container = Container.MP4

    def init(self, setup: Setup) -> bytes:
        """Return `ftyp` and `moov`."""
        return mp4.init(_video(setup), AudioTrack())

    def part(self, piece: Piece, sequence: int) -> tuple[bytes, bytes]:
        """Return the fragments; they share the running number of their part."""
        return (
            _fragment(sequence, Kind.VIDEO, piece.video_start, piece.video),
            _fragment(sequence, Kind.AUDIO, piece.audio_start, piece.audio),
        )


class WebmFormat:
    """WebM: a cluster of both kinds."""

    container = Container.WEBM

    def init(self, setup: Setup) -> bytes:
        """Return all that stands before the first cluster."""
        return webm.header(_video(setup), AudioTrack())

    def part(self, piece: Piece, sequence: int) -> tuple[bytes, bytes]:
        """Return the cluster."""
        video = _blocks(Kind.VIDEO, piece.video_start, piece.video)
        audio = _blocks(Kind.AUDIO, piece.audio_start, piece.audio)
        blocks = sorted((*video, *audio), key=attrgetter("at_ms"))
        return webm.cluster(round(piece.start * 1000), blocks), b""


FORMATS: dict[Codec | None, SectionFormat] = {Codec.VP8: WebmFormat()}
MP4 = Mp4Format()


def format_of(setup: Setup) -> SectionFormat:
    """Return what a section of this setup is written as: no MP4 holds VP8."""
    return FORMATS.get(setup.video, MP4)


def video_string(setup: Setup) -> str:
    """Return the picture's codec as in RFC 6381, empty for none."""
    return codec_string(setup.video, setup.record) if setup.video else ""


def _video(setup: Setup) -> VideoTrack | None:
    return VideoTrack(setup.video, setup.record, setup.width, setup.height) if setup.video else None


def _fragment(sequence: int, kind: Kind, start: int, samples: list[Sample]) -> bytes:
    return mp4.fragment(sequence, TRACK_IDS[kind], start, samples) if samples else b""


def _blocks(kind: Kind, start: int, samples: list[Sample]) -> Iterator[Block]:
    for sample in samples:
        at_ms = round((start + sample.shift) * 1000 / CLOCK_RATES[kind])
        yield Block(kind, at_ms, sample.data, sample.is_keyframe)
        start += sample.duration

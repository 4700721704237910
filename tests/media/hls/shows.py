"""Synthetic recordings: sections, segments and parts as the writer would report them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from itertools import pairwise

from media.hls.timeline import Timeline
from media.recording.facts import Container, Part, Section, Segment

BEGAN = 1_790_000_000.0


def section(number: int = 0, **more: object) -> Section:
    """Return an MP4 section with H.264 and Opus, or what `more` says."""
    facts = {"container": Container.MP4, "video": "avc1.42e01f", "audio": "opus", "width": 1280,
             "height": 720, "init_bytes": 1000, **more}
    return Section(number, **facts)  # type: ignore[arg-type]


def segment(
    number: int, start: float, duration: float = 2.0, *, section: int = 0, offset: int = 1000,
    video: int = 60_000, audio: int = 2_000, part: float = 1 / 3,
) -> Segment:
    """Return a segment in parts of a third of a second, which begins at a key frame."""
    count = max(1, round(duration / part))
    edges = [start + duration * at / count for at in range(count + 1)]
    parts = tuple(
        Part(begin, end - begin, offset + at * (video + audio), video, audio, at == 0)
        for at, (begin, end) in enumerate(pairwise(edges)))
    return Segment(number, section, parts)


def segments(count: int, *, start: float = 0.0, first: int = 0, section: int = 0, duration: float = 2.0,
             video: int = 60_000, audio: int = 2_000, part: float = 1 / 3) -> list[Segment]:
    """Return segments one behind the other."""
    return [
        segment(first + at, start + at * duration, duration, section=section, video=video, audio=audio,
                part=part)
        for at in range(count)]


def timeline(sections: Iterable[Section], pieces: Iterable[Segment]) -> Timeline:
    """Return a timeline of whole segments."""
    made = Timeline()
    for one in sections:
        made.add_section(one)
    for piece in pieces:
        for part in piece.parts:
            made.add_part(piece.section, piece.number, part)
        made.end_segment()
    return made


def steps(pieces: Iterable[Segment], made: Timeline) -> Iterable[Callable[[], None]]:
    """Yield what happens, part by part."""
    for piece in pieces:
        for part in piece.parts:
            yield partial(made.add_part, piece.section, piece.number, part)
        yield made.end_segment

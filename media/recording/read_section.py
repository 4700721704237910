"""Reads from a section's file what it says of itself: for files that no record names, after a kill."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from media.codecs import Codec
from media.recording.boxes import HEADER, Box, boxes
from media.recording.ebml import read_head
from media.recording.facts import Container, Section
from media.recording.mp4_tracks import ENTRIES
from media.recording.records import codec_string
from media.recording.scan import scan_section
from media.recording.webm import EBML, INFO, SEGMENT, TRACKS

VISUAL = struct.Struct("!24xHH50x")
"""The fields of a visual sample entry (ISO/IEC 14496-12 section 12.1.3): width and height; boxes follow."""
CODECS = {entry: (codec, record) for codec, (entry, record) in ENTRIES.items()}
IN_FULL_BOX = {Codec.VP9: 4}
"""Bytes of version and flags before a codec's record."""
TRACK, PICTURE, WIDTH, HEIGHT = 0xAE, 0xE0, 0xB0, 0xBA


def read_section(path: Path) -> Section | None:
    """Return what a file holds, by its name and its beginning; None where that is not whole. Blocks."""
    size = path.stat().st_size
    init_bytes = scan_section(path, size).init_bytes if size else 0
    if not init_bytes:
        return None
    with path.open("rb") as file:
        init = file.read(init_bytes)
    container = Container(path.suffix.removeprefix("."))
    try:
        video, width, height = (_webm if container is Container.WEBM else _mp4)(init)
    except (ValueError, struct.error, StopIteration, KeyError, IndexError):
        return None
    return Section(int(path.stem), container, video, "opus", width, height, init_bytes)


def _mp4(init: bytes) -> tuple[str, int, int]:
    """Return codec and size of the picture's track, nothing where there is none."""
    movie = _inside(init, (b"moov",), 0, len(init))
    for track in boxes(init, movie.content, movie.end):
        if track.kind != b"trak":
            continue
        path = (b"mdia", b"minf", b"stbl", b"stsd")
        described = _inside(init, path, track.content, track.end)
        entry = next(boxes(init, described.content + HEADER.size, described.end))
        if entry.kind in CODECS:
            return _visual(init, entry)
    return "", 0, 0


def _visual(init: bytes, entry: Box) -> tuple[str, int, int]:
    codec, name = CODECS[entry.kind]
    width, height = VISUAL.unpack_from(init, entry.content)
    record = _inside(init, (name,), entry.content + VISUAL.size, entry.end)
    content = init[record.content + IN_FULL_BOX.get(codec, 0) : record.end]
    return codec_string(codec, content), width, height


def _inside(data: bytes, path: tuple[bytes, ...], start: int, end: int) -> Box:
    """Return the box that a way of kinds leads to; raises `StopIteration` where there is none."""
    found = Box(b"", start, start, end)
    for kind in path:
        found = next(inner for inner in boxes(data, found.content, found.end) if inner.kind == kind)
    return found


def _webm(init: bytes) -> tuple[str, int, int]:
    """Return codec and size of the picture, which is VP8: nothing else goes into WebM here."""
    sizes: dict[int, int] = {}
    for kind, content in _elements(init):
        if kind in (WIDTH, HEIGHT):
            sizes[kind] = int.from_bytes(content, "big")
    return codec_string(Codec.VP8, b""), sizes[WIDTH], sizes[HEIGHT]


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the elements of a beginning, those that hold others before what they hold."""
    position = 0
    while (head := read_head(data, position)) is not None:
        content = data[head.content :] if head.size is None else data[head.content : head.content + head.size]
        yield head.kind, content
        if head.kind in (SEGMENT, TRACKS, TRACK, PICTURE):
            position = head.content
        elif head.kind in (EBML, INFO) or head.size is not None:
            position = head.content + (head.size or 0)
        else:
            return

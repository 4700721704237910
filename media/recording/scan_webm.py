"""Reads WebM as `webm` writes it: which clusters are whole, and how long each of them lasts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from media.codecs import Kind
from media.recording.ebml import MAX_HEAD_BYTES, Head, read_head
from media.recording.facts import GAP_SECONDS, Part
from media.recording.scan_file import MAX_INIT_BYTES, NOTHING, Found, SectionFile
from media.recording.tracks import TRACK_IDS
from media.recording.webm import (
    CLUSTER,
    EBML,
    INFO,
    KEYFRAME,
    SEGMENT,
    SIMPLE_BLOCK,
    SIMPLE_BLOCK_HEAD,
    TIMESTAMP,
    TRACKS,
)

VIDEO, AUDIO = 0x80 | TRACK_IDS[Kind.VIDEO], 0x80 | TRACK_IDS[Kind.AUDIO]
USUAL_MS = {VIDEO: 33, AUDIO: 20}
"""How long a frame lasts when it is the only one."""
MAX_MS = 1 << 50


@dataclass(slots=True)
class Cluster:
    """A whole cluster: where it begins, and when its blocks do, in milliseconds."""

    start: int
    offset: int
    size: int
    times: dict[int, list[int]] = field(default_factory=dict)
    is_independent: bool = False

    @property
    def probable_end(self) -> int:
        """Return when the last picture ends, or else the last sound, if it is as long as the one before."""
        track = VIDEO if VIDEO in self.times else AUDIO
        times = self.times.get(track, [self.start])
        return times[-1] + (times[-1] - times[-2] if len(times) > 1 else USUAL_MS[track])


def scan_webm(file: SectionFile, known_until: int) -> Found:
    """Return what a WebM file holds from `known_until` on.

    Nothing there says when a cluster ends. It is where the next begins, unless that is so late that there is
    a gap.
    """
    init_bytes = _read_init(file.read(0, MAX_INIT_BYTES))
    if not init_bytes:
        return NOTHING
    start = max(known_until, init_bytes)
    clusters = list(_clusters(file, start))
    parts = [_part(one, following) for one, following in pairwise([*clusters, None]) if one]
    return Found(init_bytes, parts, clusters[-1].offset + clusters[-1].size if clusters else start)


def _read_init(data: bytes) -> int:
    """Return the length of all before the first cluster; 0 when it is not whole."""
    position = 0
    for kind in (EBML, SEGMENT, INFO, TRACKS):
        head = read_head(data, position)
        if head is None or head.kind != kind or (head.size is None and kind != SEGMENT):
            return 0
        position = head.content + (0 if kind == SEGMENT else head.size or 0)
    return position if position <= len(data) else 0


def _clusters(file: SectionFile, position: int) -> Iterator[Cluster]:
    """Yield whole clusters in a row, up to the first that is not, or that goes back in time."""
    newest = 0
    while cluster := _read_cluster(file, position):
        if cluster.start < newest:
            return
        yield cluster
        newest = cluster.start
        position += cluster.size


def _read_cluster(file: SectionFile, offset: int) -> Cluster | None:
    head = read_head(file.read(offset, MAX_HEAD_BYTES))
    if head is None or head.kind != CLUSTER or head.size is None:
        return None
    size = head.content + head.size
    if offset + size > file.size:
        return None
    cluster: Cluster | None = None
    position, end = offset + head.content, offset + size
    while position < end:
        piece = file.read(position, MAX_HEAD_BYTES + SIMPLE_BLOCK_HEAD.size)
        inner = read_head(piece)
        if inner is None or inner.size is None or position + inner.content + inner.size > end:
            return None
        if cluster is None:
            cluster = _begin(piece, inner, offset, size)
        elif not _add(cluster, piece, inner):
            return None
        if cluster is None:
            return None
        position += inner.content + inner.size
    return cluster if cluster and cluster.times else None


def _begin(piece: bytes, head: Head, offset: int, size: int) -> Cluster | None:
    """Return a cluster with its time, which comes first."""
    if head.kind != TIMESTAMP or not head.size or head.size > 8:
        return None
    start = int.from_bytes(piece[head.content : head.content + head.size], "big")
    return Cluster(start, offset, size) if start <= MAX_MS else None


def _add(cluster: Cluster, piece: bytes, head: Head) -> bool:
    """Note a block; False when it is none."""
    if head.kind != SIMPLE_BLOCK or head.size is None or head.size < SIMPLE_BLOCK_HEAD.size:
        return False
    track, at, flags = SIMPLE_BLOCK_HEAD.unpack_from(piece, head.content)
    if track not in USUAL_MS:
        return False
    if track == VIDEO and VIDEO not in cluster.times:
        cluster.is_independent = bool(flags & KEYFRAME)
    cluster.times.setdefault(track, []).append(cluster.start + at)
    return True


def _part(cluster: Cluster, following: Cluster | None) -> Part:
    end = max(cluster.probable_end, cluster.start)
    if following and following.start - end < GAP_SECONDS * 1000:
        end = following.start
    start = cluster.start / 1000
    return Part(start, end / 1000 - start, cluster.offset, cluster.size, 0, cluster.is_independent)

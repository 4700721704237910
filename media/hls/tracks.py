"""Which pieces of media a show is served in: picture, sound as it was sent, and the same sound as AAC."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from media.recording.facts import Container, Part, Section

AAC_FRAME = 1024
"""Samples of one AAC frame."""
SAMPLE_RATE = 48000
AAC_CODEC = "mp4a.40.2"
AAC_BITRATE = 128_000


class Track(StrEnum):
    """One media playlist; the value is the word in its address."""

    VIDEO = "video"
    OPUS = "opus"
    AAC = "aac"


def is_in(track: Track, section: Section) -> bool:
    """Whether a section has this track in a form that HLS players take (WebM is none)."""
    if section.container is not Container.MP4:
        return False
    return bool(section.video if track is Track.VIDEO else section.audio)


def tracks_of(sections: Iterable[Section]) -> tuple[Track, ...]:
    """Return the tracks that at least one of the sections has."""
    known = list(sections)
    return tuple(track for track in Track if any(is_in(track, section) for section in known))


def bytes_in(track: Track, part: Part) -> int:
    """Return how much of a part belongs to the track; AAC is made of what Opus has."""
    return part.video_bytes if track is Track.VIDEO else part.audio_bytes

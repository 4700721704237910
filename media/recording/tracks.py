"""What the beginning of a file says of its picture and its sound."""

from __future__ import annotations

from dataclasses import dataclass

from media.codecs import Codec, Kind

TRACK_IDS = {Kind.VIDEO: 1, Kind.AUDIO: 2}
"""The same in every file, so that fragments of several can be strung together."""


@dataclass(frozen=True, slots=True)
class VideoTrack:
    """A picture: its configuration record as in `Frame.record`, and its size in pixels."""

    codec: Codec
    record: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class AudioTrack:
    """A sound of 48 kHz in stereo: Opus, or AAC when it has an AudioSpecificConfig (ISO/IEC 14496-3)."""

    aac_config: bytes = b""

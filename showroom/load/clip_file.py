"""Reads an encoded clip into the RTP payloads of one loop, ready to be sent at their times."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import av

from media.h264_payloads import packetise

CLOCK_RATES = {"video": 90_000, "audio": 48_000}


@dataclass(frozen=True, slots=True)
class Moment:
    """What is sent at one time of the loop: a picture's payloads, or one of sound."""

    at_seconds: float
    kind: str
    payloads: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Clip:
    """One loop: its moments in order of time, how long it lasts, and what its picture is, h264 or vp8."""

    moments: tuple[Moment, ...]
    seconds: float
    video: str = "h264"

    @property
    def packets(self) -> int:
        """How many packets one loop has."""
        return sum(len(moment.payloads) for moment in self.moments)


def read_clip(path: Path) -> Clip:
    """Read a Matroska or MP4 file of H.264 and Opus; raises `OSError` or `av.FFmpegError` when it is none."""
    moments: list[Moment] = []
    with av.open(str(path)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        extra = video.codec_context.extradata or b""
        length_bytes, parameters = (extra[4] & 3) + 1, _parameter_sets(extra)
        for packet in container.demux(video, audio):
            if packet.pts is None or packet.time_base is None or not packet.size:
                continue
            at = float(packet.pts * packet.time_base)
            if packet.stream is audio:
                moments.append(Moment(at, "audio", (bytes(packet),)))
                continue
            units = _units(bytes(packet), length_bytes)
            moments.append(
                Moment(at, "video", tuple(packetise([*parameters, *units] if packet.is_keyframe else units)))
            )
        rate = video.average_rate or 25
    moments.sort(key=lambda moment: moment.at_seconds)
    pictures = sum(moment.kind == "video" for moment in moments)
    return Clip(tuple(moments), float(pictures / rate))


def _units(data: bytes, length_bytes: int) -> list[bytes]:
    """Split length-prefixed NAL units; parameter sets are left out, for every key frame brings its own."""
    units, position = [], 0
    while position + length_bytes <= len(data):
        size = int.from_bytes(data[position : position + length_bytes], "big")
        position += length_bytes
        unit = data[position : position + size]
        if unit and unit[0] & 0x1F in (1, 5):
            units.append(unit)
        position += size
    return units


def _parameter_sets(extra: bytes) -> list[bytes]:
    """Return the SPS and PPS of an avcC record (ISO 14496-15 section 5.3.3)."""
    found, position = [], 5
    for mask in (0x1F, 0xFF):
        count = extra[position] & mask
        position += 1
        for _ in range(count):
            size = int.from_bytes(extra[position : position + 2], "big")
            found.append(extra[position + 2 : position + 2 + size])
            position += 2 + size
    return found

"""A show in VP8: real pictures and sound in payloads, as a publisher sends them, at any pace."""

from __future__ import annotations

from functools import cache

from showroom.load.clip_file import Clip, Moment
from tests.media.pictures import packetize
from tests.media.recording.footage import pictures, sounds

FPS, PACKET_SECONDS = 25, 0.02


@cache
def vp8_clip(width: int = 320, height: int = 176, seconds: int = 4) -> Clip:
    """Return a clip with a key frame every two seconds, with a tone."""
    encoded = pictures("vp8", FPS * seconds, 2 * FPS, (width, height))
    video = [Moment(n / FPS, "video", tuple(packetize("vp8", one))) for n, one in enumerate(encoded)]
    tone = sounds(round(seconds / PACKET_SECONDS))
    audio = [Moment(n * PACKET_SECONDS, "audio", (one,)) for n, one in enumerate(tone)]
    moments = sorted([*video, *audio], key=lambda moment: moment.at_seconds)
    return Clip(tuple(moments), float(seconds), "vp8")

"""Sound for tests of AAC: waves as Opus in parts of a recording, and what FFmpeg makes of files of AAC."""

from __future__ import annotations

import subprocess
from array import array
from collections.abc import Callable, Sequence
from fractions import Fraction
from math import pi, sin
from pathlib import Path

import av
import imageio_ffmpeg
from av.audio.codeccontext import AudioCodecContext

from media.hls.fragments import Packet
from media.recording import mp4
from media.recording.facts import Part

RATE, OPUS = 48000, 960
PER_PART = 16
"""Packets of a part: 0.32 s."""

Wave = Callable[[int], float]


def sine(at: int) -> float:
    """440 Hz."""
    return 0.3 * sin(at * 2 * pi * 440 / RATE)


def hammer(at: int) -> float:
    """A knock every 110 ms on a quiet hum: what makes an encoder change its windows."""
    since = at % 5280
    return 0.05 * sin(at * 2 * pi * 190 / RATE) + (0.8 * sin(at * 0.9) * 0.985**since if since < 900 else 0.0)


def opus(wave: Wave, count: int, at: int = 0) -> list[Packet]:
    """Return packets of 20 ms of a wave that begins at a sample of the timeline."""
    context = av.CodecContext.create("libopus", "w")
    assert isinstance(context, AudioCodecContext)
    context.sample_rate, context.layout, context.format = RATE, "stereo", "s16"
    context.time_base, context.bit_rate = Fraction(1, RATE), 128_000
    context.open()
    packets: list[bytes] = []
    for number in range(count):
        frame = av.AudioFrame("s16", "stereo", OPUS)
        both = [int(32767 * wave(number * OPUS + at)) for at in range(OPUS) for _ in range(2)]
        frame.planes[0].update(array("h", both).tobytes())
        frame.sample_rate, frame.pts, frame.time_base = RATE, number * OPUS, Fraction(1, RATE)
        packets += [bytes(packet) for packet in context.encode(frame)]
    return [Packet(at + number * OPUS, OPUS, data) for number, data in enumerate(packets[:count])]


class SoundFile:
    """A section of sound alone, in memory: parts, and reading them as `AacMaker` does."""

    def __init__(self, packets: Sequence[Packet]) -> None:
        self.data = bytearray()
        self.parts: list[Part] = []
        self.reads = 0
        for begin in range(0, len(packets), PER_PART):
            piece = packets[begin : begin + PER_PART]
            nexts = [*(packet.at for packet in piece[1:]), piece[-1].end]
            samples = [mp4.Sample(packet.data, after - packet.at, is_keyframe=True)
                       for packet, after in zip(piece, nexts, strict=True)]
            fragment = mp4.fragment(1 + begin, 2, piece[0].at, samples)
            seconds = (piece[-1].end - piece[0].at) / RATE
            self.parts.append(Part(piece[0].at / RATE, seconds, len(self.data), 0, len(fragment), True))
            self.data += fragment

    async def read(self, parts: tuple[Part, ...]) -> bytes:
        """Return the fragments of parts."""
        self.reads += 1
        return b"".join(self.data[part.offset : part.offset + part.audio_bytes] for part in parts)

    def before(self, at: int) -> tuple[Part, ...]:
        """Return what goes before a part."""
        return tuple(self.parts[max(0, at - 4) : at])


def heard(path: Path, data: bytes) -> array[float]:
    """Return one channel of what FFmpeg makes of a file; it must have nothing to complain of."""
    path.write_bytes(data)
    ffmpeg = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "warning", "-i", str(path)]
    command = [*ffmpeg, "-f", "f32le", "-ac", "2", "-"]
    done = subprocess.run(command, capture_output=True, timeout=120, check=True)
    assert done.stderr == b""
    return array("f", done.stdout)[0::2]


def bend(wave: Sequence[float]) -> float:
    """Return how sharply a wave turns at most: at a click or a hole more than anywhere in it."""
    return max(abs(wave[at + 1] - 2 * wave[at] + wave[at - 1]) for at in range(1, len(wave) - 1))

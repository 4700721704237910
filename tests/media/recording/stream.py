"""A show as the relay hands it on: real H.264 and Opus in packets, for as many seconds as wanted, at any
pace."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import imageio_ffmpeg
from PIL import Image

from media.codecs import Codec, Kind, begins_keyframe
from media.recording.feed import FedPacket
from showroom.demo.clip import encode
from showroom.load.clip_file import Clip, read_clip

FPS, LOOP_SECONDS = 30, 4
EPOCH = 1_790_000_000.0
CODECS = {"video": Codec.H264, "audio": Codec.OPUS}


@cache
def clip_of(folder: Path, width: int = 320, height: int = 180) -> Clip:
    """Return a small clip of four seconds with a key frame each two."""
    return read_clip(clip_file(folder, width, height))


def clip_file(folder: Path, width: int = 320, height: int = 180) -> Path:
    """Write that clip and return its file."""
    path = folder / f"clip-{width}.mkv"
    pictures = (Image.linear_gradient("L").rotate(3 * number).resize((width, height)).convert("RGB")
                for number in range(FPS * LOOP_SECONDS))
    encode(pictures, (width, height), FPS, path, LOOP_SECONDS, 0, bits_per_second=300_000)
    return path


@dataclass(slots=True)
class Stream:
    """One publisher's packets; a later one of the same track says where its numbers and timestamps go on."""

    clip: Clip
    begins_at: float = 0.0
    """Second of the show."""
    first_sequence: int = 1000
    first_timestamp: int = 4_294_900_000

    def packets(self, seconds: float, delay: float = 0.05) -> Iterator[FedPacket]:
        """Yield the packets of the first `seconds`, each as it arrives."""
        numbers = dict.fromkeys(CODECS, self.first_sequence)
        for loop in range(int(seconds // self.clip.seconds) + 1):
            for moment in self.clip.moments:
                at = loop * self.clip.seconds + moment.at_seconds
                if at >= seconds:
                    continue
                codec = CODECS[moment.kind]
                timestamp = (self.first_timestamp + round(at * codec.clock_rate)) & 0xFFFFFFFF
                for index, payload in enumerate(moment.payloads):
                    begins = codec.kind is Kind.VIDEO and begins_keyframe(codec, payload)
                    marker = index == len(moment.payloads) - 1
                    arrived_at = EPOCH + self.begins_at + at + delay
                    sequence, numbers[moment.kind] = numbers[moment.kind], numbers[moment.kind] + 1
                    yield FedPacket(codec, sequence, timestamp, marker, begins, payload, arrived_at)


@dataclass(frozen=True, slots=True)
class Decoded:
    """What FFmpeg makes of a file."""

    frames: int
    errors: str


def decode(source: Path | str, *more: str) -> Decoded:
    """Decode all of a file or an address, or what `more` says of it, with a program that is not ours."""
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    # by the times in the file: rounded to the rate of pictures, two of them may fall on one
    into = ("-map", "0", "-enc_time_base:v", "demux", "-progress", "pipe:1", "-f", "null", "-")
    command = [ffmpeg, "-v", "error", "-i", str(source), *more, *into]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    frames = [int(line.partition("=")[2]) for line in done.stdout.splitlines() if line.startswith("frame=")]
    return Decoded(frames[-1] if frames else 0, done.stderr.strip())

"""Programs that we did not write, to read the files that we write."""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import imageio_ffmpeg
from av.subtitles.subtitle import SubtitleSet

from media.codecs import Codec

TIMEOUT_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Seen:
    """What PyAV makes of a track: frames, the seconds of the first and the last, all sizes in order."""

    frames: int
    first: float
    last: float
    sizes: tuple[tuple[int, int], ...]


def complaints(path: Path, *options: str) -> str:
    """Return what FFmpeg has to say while it decodes all of a file; nothing when all is well."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *options, "-i", str(path), "-f", "null", "-"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False)
    return done.stderr + (f"exit {done.returncode}" if done.returncode else "")


def seen(path: Path, kind: str) -> Seen:
    """Decode a track of a file with PyAV."""
    with av.open(str(path)) as container:
        stream = container.streams.get({kind: 0})[0]
        times, sizes = [], []
        for frame in container.decode(stream):
            assert not isinstance(frame, SubtitleSet)
            times.append(float(frame.time or 0))
            if isinstance(frame, av.VideoFrame):
                sizes.append((frame.width, frame.height))
    return Seen(len(times), min(times), max(times), tuple(dict.fromkeys(sizes)))


def gstreamer_length(path: Path) -> str:
    """Return how long GStreamer says that a file is: hours, minutes, seconds and a fraction."""
    command = ["gst-discoverer-1.0", str(path)]
    said = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=True).stdout
    return said.partition("Duration: ")[2].partition("\n")[0]


def gstreamer_pictures(path: Path) -> bytes:
    """Return all pictures of a file as GStreamer decodes them, in I420."""
    steps = "decodebin ! video/x-raw ! videoconvert ! video/x-raw,format=I420 ! fdsink"
    command = ["gst-launch-1.0", "-q", "filesrc", f"location={path}", "!", *steps.split()]
    done = subprocess.run(command, capture_output=True, timeout=TIMEOUT_SECONDS, check=True)
    assert done.stderr == b""
    return done.stdout


def raw_pictures(path: Path) -> bytes:
    """Return all pictures of a file as FFmpeg decodes them, in I420."""
    form = ["-map", "0:v", "-pix_fmt", "yuv420p", "-fps_mode", "passthrough", "-f", "rawvideo"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path), *form, "-"]
    return subprocess.run(command, capture_output=True, timeout=TIMEOUT_SECONDS, check=True).stdout


def record_of_ffmpeg(folder: Path, codec: Codec, pictures: Sequence[bytes], kind: bytes) -> bytes:
    """Return the content of a box that FFmpeg writes into an MP4 of these pictures."""
    bare, made = folder / "bare", folder / "made.mp4"
    form = "h264" if codec is Codec.H264 else "ivf"
    bare.write_bytes(b"".join(pictures) if form == "h264" else _ivf(codec, pictures))
    options = ["-v", "error", "-f", form, "-i", str(bare), "-c", "copy", str(made)]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), *options]
    subprocess.run(command, capture_output=True, timeout=TIMEOUT_SECONDS, check=True)
    data = made.read_bytes()
    place = data.index(kind)
    return data[place + 4 : place - 4 + int.from_bytes(data[place - 4 : place], "big")]


def encoded_by_ffmpeg(encoder: str, depth: str, size: tuple[int, int]) -> list[bytes]:
    """Return two pictures in a form that PyAV has no encoder for."""
    source = ["-f", "lavfi", "-i", "testsrc=size={}x{}:rate=25".format(*size), "-frames:v", "2"]
    form = ["-c:v", encoder, "-pix_fmt", depth, "-strict", "experimental", "-cpu-used", "8", "-f", "ivf", "-"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *source, *form]
    data = subprocess.run(command, capture_output=True, timeout=TIMEOUT_SECONDS, check=True).stdout
    pictures, position = [], 32
    while position < len(data):
        size_bytes = int.from_bytes(data[position : position + 4], "little")
        pictures.append(data[position + 12 : position + 12 + size_bytes])
        position += 12 + size_bytes
    return pictures


def _ivf(codec: Codec, pictures: Sequence[bytes]) -> bytes:
    name = {Codec.VP9: b"VP90", Codec.AV1: b"AV01"}[codec]
    head = struct.pack("<4sHH4sHHIIII", b"DKIF", 0, 32, name, 320, 176, 30, 1, len(pictures), 0)
    return head + b"".join(struct.pack("<IQ", len(p), n) + p for n, p in enumerate(pictures))

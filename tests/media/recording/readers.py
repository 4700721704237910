"""Programs that we did not write, to read the files that we write."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import av
import imageio_ffmpeg
from av.subtitles.subtitle import SubtitleSet

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
    steps = ("decodebin", "!", "video/x-raw", "!", "videoconvert", "!", "video/x-raw,format=I420", "!", "fdsink")
    command = ["gst-launch-1.0", "-q", "filesrc", f"location={path}", "!", *steps]
    done = subprocess.run(command, capture_output=True, timeout=TIMEOUT_SECONDS, check=True)
    assert done.stderr == b""
    return done.stdout


def raw_pictures(path: Path) -> bytes:
    """Return all pictures of a file as FFmpeg decodes them, in I420."""
    form = ["-map", "0:v", "-pix_fmt", "yuv420p", "-fps_mode", "passthrough", "-f", "rawvideo"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path), *form, "-"]
    return subprocess.run(command, capture_output=True, timeout=TIMEOUT_SECONDS, check=True).stdout

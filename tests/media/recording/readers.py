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

"""Encodes the demo's clips: a turntable scene with sound, as a browser would send it.

H.264 constrained baseline with a key frame every two seconds and no B-frames, Opus in 20 ms packets, in a
Matroska file that repeats without a seam. Made on first start, kept in the data folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Future
from fractions import Fraction
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream
from PIL import Image

from showroom.children import idle_pool
from showroom.demo import chords, turntable
from showroom.demo.catalogue import ON_AIR, Catalogue, Exhibitor

VERSION = "4"
KEYFRAME_SECONDS = 2
VIDEO_BITS_PER_SECOND = 1_500_000
AUDIO_BITS_PER_SECOND = 96_000
OPUS_MILLISECONDS = 20


def make_clips(catalogue: Catalogue, folder: Path, workers: int | None = None) -> dict[str, Future[Path]]:
    """Begin to encode the clips that `folder` lacks, on idle cores, and return by room when each is there."""
    folder.mkdir(parents=True, exist_ok=True)
    pool = idle_pool(workers)
    clips: dict[str, Future[Path]] = {}
    for number, room in enumerate(ON_AIR):
        path = path_of(folder, room)
        if path.exists():
            clips[room] = Future()
            clips[room].set_result(path)
        else:
            clips[room] = pool.submit(make_clip, catalogue.exhibitor(room), path, number)
    pool.shutdown(wait=False)
    return clips


def path_of(folder: Path, room: str) -> Path:
    """Return where the clip of a room is kept."""
    return folder / f"{room}-{VERSION}.mkv"


def make_clip(exhibitor: Exhibitor, path: Path, progression: int) -> Path:
    """Film and encode the clip of one company; `path` appears when it is complete."""
    encode(
        turntable.film(exhibitor),
        turntable.SIZE,
        turntable.FRAMES_PER_SECOND,
        path,
        turntable.SECONDS,
        progression,
    )
    return path


def encode(
    frames: Iterator[Image.Image],
    size: tuple[int, int],
    rate: int,
    path: Path,
    seconds: int,
    progression: int,
    bits_per_second: int = VIDEO_BITS_PER_SECOND,
) -> None:
    """Write `seconds` of `frames` and chords to `path` as one seamless loop."""
    unfinished = path.with_suffix(f".{os.getpid()}.part")
    with av.open(str(unfinished), "w", format="matroska") as container:
        video, audio = _video_stream(container, size, rate, bits_per_second), _audio_stream(container)
        sound = _sound(audio, seconds, progression)
        for number, picture in enumerate(frames):
            frame = av.VideoFrame.from_image(picture)  # type: ignore[no-untyped-call]  # PyAV has it untyped
            frame.pts, frame.time_base = number, Fraction(1, rate)
            for packet in video.encode(frame):
                container.mux(packet)
            _mux_until(container, sound, (number + 1) / rate)
        for packet in video.encode(None):
            container.mux(packet)
        _mux_until(container, sound, float(seconds))
    unfinished.replace(path)


def _video_stream(
    container: OutputContainer, size: tuple[int, int], rate: int, bits_per_second: int
) -> VideoStream:
    stream = container.add_stream("libx264", rate=rate)
    stream.width, stream.height = size
    stream.pix_fmt = "yuv420p"
    stream.bit_rate = bits_per_second
    gop = stream.gop_size = KEYFRAME_SECONDS * rate
    stream.codec_context.thread_count = 1
    kbps = bits_per_second // 1000
    stream.options = {
        "profile": "baseline",
        "preset": "veryfast",
        "tune": "zerolatency",
        "x264-params": f"scenecut=0:keyint={gop}:min-keyint={gop}:bframes=0:"
        f"sliced-threads=0:vbv-maxrate={kbps * 3 // 2}:vbv-bufsize={kbps}",
    }
    return stream


def _audio_stream(container: OutputContainer) -> AudioStream:
    stream = container.add_stream("libopus", rate=48_000)
    stream.layout = "stereo"
    stream.bit_rate = AUDIO_BITS_PER_SECOND
    stream.options = {"frame_duration": str(OPUS_MILLISECONDS), "application": "audio"}
    return stream


def _sound(stream: AudioStream, seconds: int, progression: int) -> list[Packet[AudioStream]]:
    """Return the packets of the second of two rounds: the encoder's memory then fits the loop's beginning."""
    loop = chords.compose(progression, seconds).tobytes()
    resampler = av.AudioResampler(format="flt", layout="stereo", rate=48_000)
    packets: list[Packet[AudioStream]] = []
    block = chords.RATE * 4
    for start in range(0, 2 * len(loop) + block, block):
        data = (loop * 3)[start : start + block]
        frame = av.AudioFrame(format="s16", layout="stereo", samples=len(data) // 4)
        frame.planes[0].update(data)
        frame.sample_rate, frame.pts, frame.time_base = chords.RATE, start // 4, Fraction(1, chords.RATE)
        for resampled in resampler.resample(frame):
            packets.extend(stream.encode(resampled))
    per_loop = seconds * 1000 // OPUS_MILLISECONDS
    second = packets[per_loop : 2 * per_loop]
    for number, packet in enumerate(second):
        packet.pts = packet.dts = number * OPUS_MILLISECONDS * 48
        packet.time_base = Fraction(1, 48_000)
        packet.stream = stream
    return second


def _mux_until(container: OutputContainer, sound: list[Packet[AudioStream]], seconds: float) -> None:
    while sound and float((sound[0].pts or 0) * (sound[0].time_base or 0)) < seconds:
        container.mux(sound.pop(0))

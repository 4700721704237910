"""The child of `media.thumbnails`: reads keyframes on its input, writes JPEGs on its output.

It ends when its input does, so it never outlives the server.
"""

from __future__ import annotations

import contextlib
import io
import os
import resource
import sys

import av
from av.codec.context import CodecContext
from av.error import FFmpegError
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from media.thumbnails import MAX_FRAME_BYTES, REPLY, REQUEST

MEMORY_BYTES = 2 << 30
CPU_SECONDS = 300
MAX_PIXELS = 4096 * 4096
QUALITY = 78
DECODERS = {"av1": "libdav1d"}
"""Where a codec's own name means a decoder that needs hardware."""


def main() -> None:
    """Serve frames until the input ends."""
    _limit_itself()
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while len(header := source.read(REQUEST.size)) == REQUEST.size:
        codec, width, size = REQUEST.unpack(header)
        if size > MAX_FRAME_BYTES:
            return
        picture = _picture(codec.rstrip(b"\0").decode(), source.read(size), width)
        sink.write(REPLY.pack(len(picture)) + picture)
        sink.flush()


def _limit_itself() -> None:
    os.nice(10)
    for what, limit in ((resource.RLIMIT_AS, MEMORY_BYTES), (resource.RLIMIT_CPU, CPU_SECONDS),
                        (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(ValueError, OSError):  # an outer limit is tighter already
            resource.setrlimit(what, (limit, limit))


def _picture(codec: str, data: bytes, width: int) -> bytes:
    """Return a JPEG, or nothing when the frame is no keyframe the decoder takes."""
    try:
        frame = _decode(codec, data)
        if frame is None:
            return b""
        height = max(2, round(frame.height * width / frame.width / 2) * 2)
        image = frame.reformat(width=width, height=height, format="rgb24").to_image()  # type: ignore[no-untyped-call]  # PyAV leaves it so
    except (FFmpegError, ValueError, MemoryError):
        return b""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def _decode(codec: str, data: bytes) -> VideoFrame | None:
    context = CodecContext.create(DECODERS.get(codec, codec), "r")
    if not isinstance(context, VideoCodecContext):
        return None
    context.thread_count = 1
    context.options = {"max_pixels": str(MAX_PIXELS)}
    frames = [*context.decode(av.Packet(data)), *context.decode(None)]
    return frames[0] if frames else None


if __name__ == "__main__":
    main()

"""The child of `media.thumbnails`: reads keyframes and tiles on its input, writes JPEGs on its output.

It ends when its input does, so it never outlives the server.
"""

from __future__ import annotations

import io
import json
import sys
from typing import Any

import av
from av.codec.context import CodecContext
from av.error import FFmpegError
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from PIL import Image, ImageDraw, ImageFont

from media.confinement import confine
from media.thumbnails import MAX_FRAME_BYTES, REPLY, REQUEST

MAX_PIXELS = 4096 * 4096
MAX_SIDE = 8192
QUALITY, SHEET_QUALITY, STILL_QUALITY = 78, 70, 92
DECODERS = {"av1": "libdav1d"}
"""Where a codec's own name means a decoder that needs hardware."""
STRIP_SHARE, LEAST_LETTERS, MOST_LETTERS = 44, 12, 40
"""Letters below a still are as high as this part of its width, in pixels within bounds."""
INK, PAPER = (24, 23, 20), (248, 246, 242)

Made = Image.Image | None


def main() -> None:
    """Serve requests until the input ends."""
    _warm_up()
    confine()
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    sink.write(REPLY.pack(0, 0, 0))
    sink.flush()
    while len(header := source.read(REQUEST.size)) == REQUEST.size:
        wish_bytes, data_bytes = REQUEST.unpack(header)
        if wish_bytes > MAX_FRAME_BYTES or data_bytes > MAX_FRAME_BYTES:
            return
        wish = json.loads(source.read(wish_bytes))
        sink.write(_reply(wish, source.read(data_bytes)))
        sink.flush()


def _warm_up() -> None:
    """Load now what could not be opened later: the decoders, JPEG, and the letters."""
    for codec in ("h264", "vp8", "vp9", "av1"):
        list(_context(codec).decode(None))
    Image.init()
    small = Image.new("RGB", (16, 16))
    small.save(out := io.BytesIO(), "JPEG")
    Image.open(out).load()
    ImageDraw.Draw(small).text((0, 0), "a", font=ImageFont.load_default(12))
    _scaled(VideoFrame(16, 16, "yuv420p"), 8, 8)


def _reply(wish: dict[str, Any], data: bytes) -> bytes:
    """Return the reply to one request; without a picture when what came is no keyframe a decoder takes."""
    try:
        image = _sheet(wish, data) if "places" in wish else _picture(wish, data)
    except (FFmpegError, ValueError, OSError, SyntaxError, MemoryError, Image.DecompressionBombError):
        image = None
    if image is None:
        return REPLY.pack(0, 0, 0)
    quality = SHEET_QUALITY if "places" in wish else STILL_QUALITY if "lines" in wish else QUALITY
    image.save(out := io.BytesIO(), "JPEG", quality=quality)
    return REPLY.pack(*image.size, out.tell()) + out.getvalue()


def _picture(wish: dict[str, Any], data: bytes) -> Made:
    frame = _decode(wish["codec"], data)
    if frame is None or max(frame.width, frame.height) > MAX_SIDE:
        return None
    box = wish.get("height", 0)
    width = wish["width"] or frame.width
    height = _even(frame.height * width / frame.width) if wish["width"] else frame.height
    if box and height > box:
        width, height = _even(frame.width * box / frame.height), box
    image = _scaled(frame, width, height)
    if box:
        return _centred(image, wish["width"], box)
    return _with_lines(image, wish["lines"]) if wish.get("lines") else image


def _scaled(frame: VideoFrame, width: int, height: int) -> Image.Image:
    """Return a frame as an image, made in this one thread: no other may be started."""
    fitting = frame.reformat(width=width, height=height, format="rgb24", threads=1)
    return fitting.to_image()  # type: ignore[no-any-return,no-untyped-call]  # PyAV leaves it so


def _even(pixels: float) -> int:
    return max(2, round(pixels / 2) * 2)


def _centred(image: Image.Image, width: int, height: int) -> Image.Image:
    if image.size == (width, height):
        return image
    whole = Image.new("RGB", (width, height))
    whole.paste(image, ((width - image.width) // 2, (height - image.height) // 2))
    return whole


def _with_lines(image: Image.Image, lines: list[str]) -> Image.Image:
    """Put the lines on a strip below the picture, which they do not cover; small enough to fit its width."""
    size = max(LEAST_LETTERS, min(MOST_LETTERS, image.width // STRIP_SHARE))
    font = ImageFont.load_default(size)
    widest = max(font.getlength(line) for line in lines)
    if widest > image.width - size:
        font = ImageFont.load_default(max(6, size * (image.width - size) / widest))
    step = round(size * 1.4)
    whole = Image.new("RGB", (image.width, image.height + step * len(lines) + size // 2), PAPER)
    whole.paste(image, (0, 0))
    pen = ImageDraw.Draw(whole)
    for number, line in enumerate(lines):
        pen.text((size // 2, image.height + size // 3 + number * step), line, fill=INK, font=font)
    return whole


def _sheet(wish: dict[str, Any], data: bytes) -> Made:
    width, height = wish["tile"]
    size = (width * wish["columns"], height * wish["rows"])
    tiles, position = Image.new("RGB", size), 0
    base = data[sum(wish["sizes"]):]
    if base:
        older = Image.open(io.BytesIO(base))
        tiles = older.convert("RGB") if older.size == size else tiles
    for place, count in zip(wish["places"], wish["sizes"], strict=True):
        tile = Image.open(io.BytesIO(data[position : position + count]))
        position += count
        tiles.paste(tile, (place % wish["columns"] * width, place // wish["columns"] * height))
    return tiles


def _decode(codec: str, data: bytes) -> VideoFrame | None:
    context = _context(codec)
    frames = [*context.decode(av.Packet(data)), *context.decode(None)]
    return frames[0] if frames else None


def _context(codec: str) -> VideoCodecContext:
    context = CodecContext.create(DECODERS.get(codec, codec), "r")
    if not isinstance(context, VideoCodecContext):
        raise ValueError("this decodes no pictures")
    context.thread_count = 1
    context.options = {"max_pixels": str(MAX_PIXELS)}
    return context


if __name__ == "__main__":
    main()

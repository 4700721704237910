"""Makes H.264 of VP8, a picture of each: runs in a child process only, for a stranger has encoded the VP8."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import sqrt

import av
from av.codec.context import CodecContext
from av.error import FFmpegError
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType, VideoFrame

from media.codecs import Codec
from media.recording.clock import CLOCK_RATES
from media.recording.facts import GAP_SECONDS
from media.recording.frames import Frame
from media.recording.pictures import H264Joiner, Picture
from media.recording.segmenter import EARLY_SECONDS, Placed

MAX_PIXELS = 1280 * 720
"""Larger pictures are made smaller: who watches HLS has a slow line, and time is short."""
MAX_DECODED_PIXELS = 4096 * 2304
"""Larger ones are not even decoded."""
OPTIONS = {"preset": "veryfast", "tune": "zerolatency", "bf": "0", "g": "100000", "sc_threshold": "0",
           "forced-idr": "1"}
FIRST_BITS_PER_PIXEL = 2.0
"""A second, until it is known how many the publisher takes."""
MIN_BITS = 150_000
SIMILAR = 1.3
"""Bit rates that differ by less than this factor are as good as the same."""
RATE = CLOCK_RATES[Codec.VP8.kind]


class Recoder:
    """A `Recode` for a tape: pictures in VP8 come out in H.264, all else as it was; nothing raises.

    After what cannot be decoded the picture goes on at the next key frame. There is a key frame for each
    segment.
    """

    def __init__(self, segment_seconds: float, max_bits: int) -> None:
        self._key_seconds = segment_seconds - EARLY_SECONDS
        self._max_bits = max_bits
        self._decoder: VideoCodecContext | None = None
        self._encoder: Encoder | None = None
        self._key_at = self._newest = float("-inf")
        self._bytes = 0

    def __call__(self, placed: Placed) -> Iterable[Placed]:
        """Return the frame to write, or none."""
        if placed.codec is not Codec.VP8:
            return (placed,)
        self._bytes += len(placed.frame.data)
        try:
            picture = self._decoded(placed.frame)
            made = self._encoded(picture, placed.second) if picture is not None else None
        except (FFmpegError, ValueError):
            self._decoder = self._encoder = None
            return ()
        if made is None:
            return ()
        size = made.width, made.height
        frame = Frame(placed.frame.timestamp, made.data, made.is_keyframe, made.record, *size)
        return (Placed(Codec.H264, placed.second, frame),)

    def _decoded(self, frame: Frame) -> VideoFrame | None:
        if frame.is_keyframe:
            is_small = frame.width * frame.height <= MAX_DECODED_PIXELS
            self._decoder = (self._decoder or _decoder()) if is_small else None
        found = self._decoder.decode(av.Packet(frame.data)) if self._decoder is not None else []
        return found[-1] if found else None

    def _encoded(self, picture: VideoFrame, second: float) -> Picture | None:
        size = fitted(picture.width, picture.height)
        is_other = self._encoder is None or self._encoder.size != size
        is_key = is_other or second - self._key_at >= self._key_seconds or second - self._newest > GAP_SECONDS
        if self._encoder is None or is_key:
            self._encoder = self._encoder_for(size, second)
            self._key_at = second
        self._newest = second
        return self._encoder.encode(picture, second, is_key=is_key)

    def _encoder_for(self, size: tuple[int, int], second: float) -> Encoder:
        """Return who goes on at a key frame: another one for another size, and for quite another bit rate.

        The rate of one cannot be changed. Those that differ in it alone make one stream.
        """
        bits = self._wanted_bits(second) or round(FIRST_BITS_PER_PIXEL * size[0] * size[1])
        bits = min(self._max_bits, max(MIN_BITS, bits))
        known = self._encoder
        if known is not None and known.size == size and 1 / SIMILAR < bits / known.bits < SIMILAR:
            return known
        return Encoder(size, bits, self._max_bits)

    def _wanted_bits(self, second: float) -> int:
        """Return how many bits a second the publisher took since the last key frame; 0 when nobody knows."""
        seen, self._bytes = self._bytes, 0
        since = second - self._key_at
        return round(8 * seen / since) if GAP_SECONDS < since < 3 * self._key_seconds else 0


class Encoder:
    """Makes H.264 of pictures, each at once and behind the one before it; raises `FFmpegError`."""

    def __init__(self, size: tuple[int, int], bits: int, max_bits: int) -> None:
        self.size = size
        self.bits = bits
        self._join = H264Joiner()
        self._newest = -1
        context = CodecContext.create("libx264", "w")
        if not isinstance(context, VideoCodecContext):
            raise TypeError("no encoder of pictures")
        context.width, context.height, context.pix_fmt = *size, "yuv420p"
        context.time_base, context.framerate = Fraction(1, RATE), Fraction(30)
        context.thread_count, context.bit_rate = 1, bits
        context.options = {**OPTIONS, "maxrate": str(max_bits), "bufsize": str(max_bits)}
        self._context = context

    def encode(self, picture: VideoFrame, second: float, *, is_key: bool) -> Picture | None:
        """Return the access unit of a picture as files hold it."""
        made = picture.reformat(*self.size, "yuv420p")
        self._newest = max(self._newest + 1, round(second * RATE))
        made.pts, made.time_base = self._newest, Fraction(1, RATE)
        made.pict_type = PictureType.I if is_key else PictureType.NONE
        units = [unit for packet in self._context.encode(made) for unit in _units(bytes(packet))]
        return self._join(units) if units else None


def fitted(width: int, height: int) -> tuple[int, int]:
    """Return the size that a picture is encoded in: even, not too large, of the same shape."""
    shrink = min(1.0, sqrt(MAX_PIXELS / (width * height)))
    return max(2, int(width * shrink) // 2 * 2), max(2, int(height * shrink) // 2 * 2)


def _decoder() -> VideoCodecContext:
    context = CodecContext.create("vp8", "r")
    if not isinstance(context, VideoCodecContext):
        raise TypeError("no decoder of pictures")
    context.thread_count = 1
    return context


def _units(unit: bytes) -> list[bytes]:
    """Return what is between the start codes (ITU-T H.264, annex B)."""
    return [part for part in unit.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1") if part]

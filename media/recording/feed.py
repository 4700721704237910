"""What the relay and the writing process say to each other: frames of bytes one way, lines of JSON the other.

To the writer goes a frame for each packet: its length, what it is, which recording, then its body. The time
is a frame too, because a process that had none to itself would take what it has not read yet for silence.
Back come one JSON object a line, each naming its recording by its number in this feed.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, NamedTuple, Protocol

from media.codecs import Codec, Kind
from media.recording import frames

FRAME = struct.Struct("!IBI")
"""Bytes that follow the length, what it is, and the number of the recording."""
PACKET = struct.Struct("!BBqId")
"""Codec, flags, sequence, timestamp, arrival; the payload follows."""
CLOCK = struct.Struct("!BId")
"""Kind, timestamp, and the moment it stands for."""
TIME = struct.Struct("!d")
LENGTH_BYTES = 4
MAX_FRAME_BYTES = 1 << 17
MARKER, BEGINS_KEYFRAME = 1, 2
CODECS = tuple(Codec)
KINDS = tuple(Kind)


class What(IntEnum):
    """What a frame is."""

    OPEN = 1
    PACKET = 2
    CLOCK = 3
    CLOSE = 4
    TIME = 5


class FedPacket(NamedTuple):
    """A packet of a publication; `arrived_at` is Unix time on a clock that is never set back or forward."""

    codec: Codec
    sequence: int
    timestamp: int
    marker: bool
    begins_keyframe: bool
    payload: bytes
    arrived_at: float


class FedClock(NamedTuple):
    """What the publisher says: at its own time `seconds` a track's timestamp was this one."""

    kind: Kind
    timestamp: int
    seconds: float


class Packet(frames.Packet, Protocol):
    """A packet as the relay has it."""

    @property
    def codec(self) -> Codec: ...


@dataclass(frozen=True, slots=True)
class Opening:
    """How a recording begins or goes on: second 0 of its timeline is the Unix time `epoch`.

    `section` and `segment` are the first free numbers, `max_seconds` how long the timeline may become,
    `promised` the kinds the publisher has agreed to send. Packets may come `late_seconds` after they arrived.
    """

    recording: str
    epoch: float
    section: int
    segment: int
    max_seconds: float
    promised: tuple[str, ...] = ()
    late_seconds: float = 0.0


class FeedError(ValueError):
    """Bytes that no relay of ours writes."""


_CODEC_NUMBER = {codec: number for number, codec in enumerate(CODECS)}
_KIND_NUMBER = {kind: number for number, kind in enumerate(KINDS)}
_PACKET_BYTES = FRAME.size - LENGTH_BYTES + PACKET.size


def packet_frame(recording: int, packet: Packet, arrived_at: float) -> bytes:
    """Return the frame of a packet."""
    flags = packet.marker | packet.begins_keyframe << 1
    payload = packet.payload
    return (
        FRAME.pack(_PACKET_BYTES + len(payload), What.PACKET, recording)
        + PACKET.pack(_CODEC_NUMBER[packet.codec], flags, packet.sequence, packet.timestamp, arrived_at)
        + payload
    )


def clock_frame(recording: int, kind: Kind, timestamp: int, seconds: float) -> bytes:
    """Return the frame of what a publisher says of its clock."""
    return _frame(What.CLOCK, recording, CLOCK.pack(_KIND_NUMBER[kind], timestamp & 0xFFFFFFFF, seconds))


def open_frame(recording: int, opening: Opening) -> bytes:
    """Return the frame that begins a recording."""
    body = {name: getattr(opening, name) for name in Opening.__dataclass_fields__}
    return _frame(What.OPEN, recording, json.dumps(body).encode())


def time_frame(now: float) -> bytes:
    """Return the frame that says the time: what arrived before it is before it in the feed."""
    return _frame(What.TIME, 0, TIME.pack(now))


def close_frame(recording: int, reason: str) -> bytes:
    """Return the frame that ends a recording, and why it does."""
    return _frame(What.CLOSE, recording, reason.encode())


def read_opening(body: bytes) -> Opening:
    """Return how a recording begins."""
    fields = json.loads(body)
    return Opening(**{**fields, "promised": tuple(fields["promised"])})


def read_packet(body: bytes) -> FedPacket:
    """Return the packet of a frame's body."""
    codec, flags, sequence, timestamp, arrived_at = PACKET.unpack_from(body)
    return FedPacket(CODECS[codec], sequence, timestamp, bool(flags & MARKER), bool(flags & BEGINS_KEYFRAME),
                     body[PACKET.size :], arrived_at)


def read_clock(body: bytes) -> FedClock:
    """Return what a publisher says of its clock."""
    kind, timestamp, seconds = CLOCK.unpack(body)
    return FedClock(KINDS[kind], timestamp, seconds)


def read_time(body: bytes) -> float:
    """Return the time up to which everything has come."""
    (now,) = TIME.unpack(body)
    return float(now)


def line(recording: int, event: str, **facts: Any) -> bytes:
    """Return a line of the writer's report."""
    report = {"recording": recording, "event": event, **facts}
    return json.dumps(report, separators=(",", ":")).encode() + b"\n"


class FrameReader:
    """Cuts what comes through the pipe into frames again."""

    def __init__(self) -> None:
        self._rest = b""

    def take(self, data: bytes) -> Iterator[tuple[What, int, bytes]]:
        """Yield what is whole now; raises `FeedError`, after which the pipe is of no use."""
        data = self._rest + data if self._rest else data
        position, size = 0, len(data)
        while size - position >= FRAME.size:
            length, what, recording = FRAME.unpack_from(data, position)
            if not FRAME.size - LENGTH_BYTES <= length <= MAX_FRAME_BYTES:
                raise FeedError(f"a frame of {length} bytes")
            end = position + LENGTH_BYTES + length
            if end > size:
                break
            yield What(what), recording, data[position + FRAME.size : end]
            position = end
        self._rest = data[position:]


def _frame(what: What, recording: int, body: bytes) -> bytes:
    return FRAME.pack(FRAME.size - LENGTH_BYTES + len(body), what, recording) + body

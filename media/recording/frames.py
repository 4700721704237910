"""Makes frames of the packets of one track; only those that a decoder could begin or go on with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from media import codecs
from media.codecs import NAL_FU_A, NAL_IDR, NAL_SPS, Codec
from media.keyframes import MAX_KEYFRAME_PACKETS
from media.recording.pictures import JOINERS, Joiner, Picture

FIRST_SLICE = 0x80
"""The first bit of a slice that begins at macroblock 0 (ITU-T H.264, 7.3.3), in Exp-Golomb."""


class Packet(Protocol):
    """What is needed of a packet, as the relay has it; `sequence` counts on beyond 16 bits."""

    @property
    def sequence(self) -> int: ...
    @property
    def timestamp(self) -> int: ...
    @property
    def marker(self) -> bool: ...
    @property
    def begins_keyframe(self) -> bool: ...
    @property
    def payload(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame as a file holds it.

    NAL units are behind four bytes of length, an AV1 temporal unit is without its delimiter. `timestamp` is
    that of its packets. At key frames there are the configuration record of the codec, which VP8 and Opus do
    without, and the size in pixels.
    """

    timestamp: int
    data: bytes
    is_keyframe: bool
    record: bytes
    width: int
    height: int


class FrameAssembler:
    """Takes the packets of one track in order. Whatever their payloads are, nothing raises.

    A frame with a hole is dropped with all that follows up to the next key frame. A frame is given out at its
    last packet, which is marked, or at the first of the next; then that one, if it is a frame by itself,
    waits for the one after it.
    """

    def __init__(self, codec: Codec) -> None:
        self._join: Joiner | None = JOINERS[codec]() if codec in JOINERS else None
        self._is_h264 = codec is Codec.H264
        self._payloads: list[bytes] = []
        self._timestamp = 0
        self._next: int | None = None
        self._is_adrift = True
        self._adrift_in: int | None = None
        self._dropped: int | None = None
        self.needs_keyframe = self._join is not None
        """Whether everything before the next key frame is dropped."""
        self.lost_frames = 0
        """Frames that were torn or missed what they refer to; of sound, packets that never came."""

    def take(self, packet: Packet) -> Frame | None:
        """Take the next packet; return the frame that is whole by it. Empty payloads are padding."""
        sequence = packet.sequence
        if sequence != self._next and self._next is not None:
            if sequence < self._next:
                return None
            self._fall_into_hole(sequence - self._next)
        self._next = sequence + 1
        payload = packet.payload
        if not payload:
            return None
        if self._join is None:
            return Frame(packet.timestamp, payload, True, b"", 0, 0)
        if self._is_adrift and not self._finds_beginning(packet):
            return None
        before = self._finish() if self._payloads and packet.timestamp != self._timestamp else None
        self._timestamp = packet.timestamp
        self._payloads.append(payload)
        if len(self._payloads) > MAX_KEYFRAME_PACKETS:
            self._tear()
        elif packet.marker and before is None:
            return self._finish()
        return before

    def lose(self) -> None:
        """Hear that packets were dropped before the next one."""
        self._next = None
        if self._join is not None:
            self._tear()

    def flush(self) -> Frame | None:
        """Return the frame whose end was not marked: nothing more comes."""
        return self._finish() if self._payloads else None

    def _fall_into_hole(self, missing: int) -> None:
        if self._join is None:
            self.lost_frames += missing
        else:
            self._tear()

    def _tear(self) -> None:
        """Drop what there is of a frame; what comes may be the rest of one."""
        if self._payloads:
            self._drop(self._timestamp)
            self._payloads = []
        self.needs_keyframe = self._is_adrift = True
        self._adrift_in = None

    def _finds_beginning(self, packet: Packet) -> bool:
        """Tell whether a packet begins a frame for sure: by itself, or as the one before was of another."""
        if self._begins(packet) or self._adrift_in not in (None, packet.timestamp):
            self._is_adrift = False
            return True
        self._drop(packet.timestamp)
        self._adrift_in = packet.timestamp
        self._is_adrift = not packet.marker
        return False

    def _begins(self, packet: Packet) -> bool:
        """Tell whether decoding can begin with a packet: with H.264 any slice of a key frame claims that."""
        if not packet.begins_keyframe or not self._is_h264:
            return packet.begins_keyframe
        payload = packet.payload
        if payload[0] & 31 == NAL_FU_A:
            return len(payload) > 2 and (payload[1] & 31 == NAL_SPS or bool(payload[2] & FIRST_SLICE))
        return any(
            unit[0] & 31 == NAL_SPS or (unit[0] & 31 == NAL_IDR and unit[1:2] >= bytes((FIRST_SLICE,)))
            for unit in codecs.nal_units(payload)
        )

    def _finish(self) -> Frame | None:
        """Return the frame that is open, unless there is nothing in it or a key frame is missing."""
        payloads, self._payloads = self._payloads, []
        picture = self._join(payloads) if self._join else None
        if picture is None:
            return None
        if self.needs_keyframe and not picture.is_keyframe:
            self._drop(self._timestamp)
            return None
        self.needs_keyframe = False
        return _frame(self._timestamp, picture)

    def _drop(self, timestamp: int) -> None:
        """Count a frame that is dropped, once."""
        self.lost_frames += timestamp != self._dropped
        self._dropped = timestamp


def _frame(timestamp: int, picture: Picture) -> Frame:
    return Frame(timestamp, picture.data, picture.is_keyframe, picture.record, picture.width, picture.height)

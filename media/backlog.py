"""The ring of recent packets that answers NACKs and starts new viewers at a keyframe."""

from __future__ import annotations

from array import array
from dataclasses import dataclass

from media import rtp
from media.codecs import OPUS_SILENCE, Codec, Kind


@dataclass(slots=True)
class MediaPacket:
    """One packet as every sink gets it; `sequence` and `timestamp` are continuous over publishers.

    `sequence` counts on beyond 16 bits. `begins_keyframe` marks a packet decoding can begin with. `padding`
    is decided before the packet is sent to anybody and stays: AES-GCM is broken by two contents under one
    number (RFC 7714 section 8.1), so who asks for the packet again gets the very same bytes.
    """

    codec: Codec
    ssrc: int
    sequence: int
    timestamp: int
    marker: bool
    begins_keyframe: bool
    payload: bytes
    padding: int = 0

    @property
    def kind(self) -> Kind:
        """Whether it is heard or seen."""
        return self.codec.kind

    def hushed(self) -> MediaPacket:
        """Return silence in the place of a packet of sound."""
        return MediaPacket(
            self.codec, self.ssrc, self.sequence, self.timestamp, self.marker, False, OPUS_SILENCE
        )

    def as_rtp(self, payload_type: int, sequence_shift: int = 0, timestamp_shift: int = 0) -> bytes:
        """Return the packet for receivers who know the codec by `payload_type` and see shifted numbers."""
        return rtp.build(payload_type, self.marker, self.sequence + sequence_shift,
                         self.timestamp + timestamp_shift, self.ssrc, self.payload, self.padding)


class Backlog:
    """The last `limit` packets of one track by sequence; older ones are overwritten.

    They are kept in columns, not as objects: hundreds of shows would make millions of them, which the
    collector of garbage would go through again and again while everybody waits.
    """

    _codecs: list[Codec | None]
    _payloads: list[bytes]

    def __init__(self, limit: int) -> None:
        self._allocate(1 << max(4, (limit - 1).bit_length()))
        self._ssrc = 0
        self.newest = -1
        """The highest sequence stored; -1 while empty."""
        self.keyframe = -1
        """Where the newest keyframe begins; -1 when none is known."""
        self._keyframe_timestamp = 0

    def store(self, packet: MediaPacket) -> bool:
        """Keep a packet; False when it is here already or too old to keep."""
        sequence = packet.sequence
        if self.newest >= 0 and sequence <= self.newest - self._size:
            return False
        slot = sequence & self._mask
        if self._sequences[slot] >= sequence:
            return False
        self._sequences[slot] = sequence
        self._timestamps[slot] = packet.timestamp
        self._flags[slot] = packet.marker | packet.begins_keyframe << 1
        self._paddings[slot] = packet.padding
        self._codecs[slot] = packet.codec
        self._payloads[slot] = packet.payload
        self._ssrc = packet.ssrc
        self.newest = max(self.newest, sequence)
        if packet.begins_keyframe:
            self._note_keyframe(packet)
        return True

    def forget(self) -> None:
        """Give nothing of before now to anybody; numbers count on."""
        self._codecs = [None] * self._size
        self._payloads = [b""] * self._size
        self.keyframe = -1

    def close(self) -> None:
        """Give back the room: what a show was made of may wait long for the collector of garbage."""
        self._allocate(1)
        self.keyframe = -1

    def settle(self, packet: MediaPacket) -> None:
        """Note the padding with which a stored packet is sent from now on."""
        slot = packet.sequence & self._mask
        if self._sequences[slot] == packet.sequence:
            self._paddings[slot] = packet.padding

    def get(self, sequence: int) -> MediaPacket | None:
        """Return the packet with that number, if it is still here."""
        slot = sequence & self._mask
        codec = self._codecs[slot]
        if codec is None or self._sequences[slot] != sequence:
            return None
        flags = self._flags[slot]
        return MediaPacket(codec, self._ssrc, sequence, self._timestamps[slot], bool(flags & 1), flags > 1,
                           self._payloads[slot], self._paddings[slot])

    def find(self, short: int) -> MediaPacket | None:
        """Return the packet whose number ends in the 16 bits of `short`, if it is still here."""
        return self.get(self.newest + rtp.later(short, self.newest & 0xFFFF))

    @property
    def packets_since_keyframe(self) -> int | None:
        """Return how many packets a viewer who starts now would be sent at once; None without a keyframe."""
        if self.keyframe < 0 or self.get(self.keyframe) is None:
            return None
        return self.newest + 1 - self.keyframe

    def _note_keyframe(self, packet: MediaPacket) -> None:
        """Note where it begins, once a frame: all of its packets may say that decoding can begin with them.

        One that comes late and belongs before the others of its frame, with their parameter sets, moves it.
        """
        is_known = self.keyframe >= 0 and packet.timestamp == self._keyframe_timestamp
        if is_known == (packet.sequence < self.keyframe):
            self.keyframe = self._frame_start(packet)
            self._keyframe_timestamp = packet.timestamp

    def _frame_start(self, packet: MediaPacket) -> int:
        """Return where the frame of `packet` begins: parameter sets may come in packets before it."""
        start = packet.sequence
        while (before := self.get(start - 1)) and before.timestamp == packet.timestamp and before.payload:
            start -= 1
        return start

    def _allocate(self, size: int) -> None:
        self._size = size
        self._mask = size - 1
        self._sequences = array("q", [-1]) * size
        self._timestamps = array("q", [0]) * size
        self._flags = bytearray(size)
        self._paddings = bytearray(size)
        self._codecs = [None] * size
        self._payloads = [b""] * size

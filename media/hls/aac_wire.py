"""What the server and its child that makes AAC say to each other, and the grid that AAC frames lie on.

Frame k begins at sample k * 1024 of the show, whatever piece it is made for, so frames of different pieces
join.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from media.hls.fragments import Packet
from media.hls.tracks import AAC_FRAME, SAMPLE_RATE

HEADER = struct.Struct("!QQH")
"""From which sample on frames are wanted and up to which, and how many packets follow."""
PACKET = struct.Struct("!QIH")
"""Place and length of an Opus packet in samples, and its bytes, which follow."""
REPLY = struct.Struct("!QH")
"""The sample the first frame begins at, and how many frames follow."""
SIZE = struct.Struct("!H")
"""Bytes of an AAC frame, which follow; never more than 6144 bits a channel."""
MAX_PACKETS = 1500
MAX_SAMPLES = 30 * SAMPLE_RATE
DELAY = 3 * AAC_FRAME
"""The encoder gives a frame out when it has so many samples from its beginning on: two overlapping windows
and one to look ahead. Frames of a piece therefore lie so much earlier than its packets: 64 ms."""
LEAD = 6 * AAC_FRAME
"""Samples encoded before the first wanted frame, until block switching and bit rate have settled (128 ms)."""
OPUS_LEAD = SAMPLE_RATE * 80 // 1000
"""Samples an Opus decoder needs to converge (RFC 7845, section 4.6)."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Frames that begin in `start` to `end`, made of packets that go before and through it."""

    start: int
    end: int
    packets: tuple[Packet, ...]

    def pack(self) -> bytes:
        """Return it for the child."""
        head = HEADER.pack(self.start, self.end, len(self.packets))
        return head + b"".join(PACKET.pack(p.at, p.duration, len(p.data)) + p.data for p in self.packets)


def wish_for(packets: Sequence[Packet], before: Sequence[Packet]) -> Wish | None:
    """Return what to ask for a piece with these packets, after those `before`; None for nothing to make.

    It begins where the piece before it ended, as the last packet of that says, or with its own first packet
    when more than a second lies between.
    """
    if not packets:
        return None
    begin = before[-1].end if before and packets[0].at - before[-1].end < SAMPLE_RATE else packets[0].at
    start, end = max(0, begin - DELAY), packets[-1].end - DELAY
    lead = [packet for packet in before if packet.end > start - LEAD - OPUS_LEAD]
    if not 0 < end - start <= MAX_SAMPLES or len(lead) + len(packets) > MAX_PACKETS:
        return None
    return Wish(start, end, (*lead, *packets))

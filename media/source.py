"""One synchronisation source of a publisher as it arrives: its numbering, its losses, its report."""

from __future__ import annotations

from media import rtp
from media.codecs import Codec
from media.nack import LossDetector
from media.rtcp import ReportBlock, SenderReport

MAX_JUMP = 3000
"""A number further off than this is believed only when the next one follows it (RFC 3550 A.1)."""


class Source:
    """Counts the packets of one SSRC beyond 16 bits and keeps the figures of receiver reports.

    `layer` names the size of the picture where it is sent in several at once.
    """

    def __init__(
        self, ssrc: int, codec: Codec, payload_type: int, *, wants_nack: bool, layer: str = ""
    ) -> None:
        self.ssrc = ssrc
        self.codec = codec
        self.payload_type = payload_type
        self.layer = layer
        self.timestamp_shift: int | None = None
        """How far its timestamps are behind those of the publication, once anything is known of that."""
        self.is_aligned = False
        """Whether its publisher has told; otherwise that is by arrival."""
        self.losses = LossDetector() if wants_nack else None
        self.received = 0
        self.octets = 0
        self.generation = 0
        """Grows when the numbering starts afresh."""
        self._highest = -1
        self._first = 0
        self._suspect: int | None = None
        self._jitter = 0.0
        self._transit: float | None = None
        self._reported = (0, 0)
        self._asked = 0
        self.is_silent = False
        """Whether nothing of it came between the last two reports."""
        self.lost_share = 0.0
        """The share of packets lost on the way in the last second, before any were sent again."""
        self.sent: SenderReport | None = None
        self.sent_seen_at = 0.0

    def number(self, packet: rtp.RtpPacket) -> int | None:
        """Return the packet's number beyond 16 bits, or None when it does not belong here."""
        if self._highest < 0:
            self._restart(packet.sequence)
            return self._highest
        ahead = rtp.later(packet.sequence, self._highest & 0xFFFF)
        if abs(ahead) > MAX_JUMP:
            if packet.sequence != self._suspect:
                self._suspect = (packet.sequence + 1) & 0xFFFF
                return None
            self._restart(packet.sequence)
            return self._highest
        self._suspect = None
        number = self._highest + ahead
        self._highest = max(self._highest, number)
        return number

    def count(self, packet: rtp.RtpPacket, now: float) -> None:
        """Note an arrival for the next report (RFC 3550 A.8)."""
        self.received += 1
        self.octets += len(packet.payload)
        rate = self.codec.clock_rate
        transit = now * rate - packet.timestamp
        if self._transit is not None:
            change = abs(transit - self._transit)
            if change < rate:
                self._jitter += (change - self._jitter) / 16
        self._transit = transit

    def report(self, now: float) -> ReportBlock:
        """Return how the source is received since the last report."""
        expected = self._highest - self._first + 1 if self._highest >= 0 else 0
        last_expected, last_received = self._reported
        self._reported = (expected, self.received)
        due, came = expected - last_expected, self.received - last_received
        fraction = min(255, max(0, due - came) * 256 // due) if due > 0 else 0
        self.is_silent = not came
        self._note_loss(due, came)
        last, delay = 0, 0
        if self.sent is not None:
            last = self.sent.ntp >> 16 & 0xFFFFFFFF
            delay = int((now - self.sent_seen_at) * 65536)
        return ReportBlock(self.ssrc, fraction, expected - self.received, self._highest & 0xFFFFFFFF,
                           int(self._jitter), last, delay)

    def _note_loss(self, due: int, came: int) -> None:
        """Keep the share that was lost on the way, healed or not, since the last report."""
        missed = max(0, due - came)
        if self.losses is not None:
            missed, self._asked = self.losses.asked - self._asked, self.losses.asked
        self.lost_share = min(1.0, max(0, missed) / due) if due > 0 else 0.0

    def _restart(self, sequence: int) -> None:
        # Room below the first number, for those that arrive late.
        self._highest = self._first = sequence + (1 << 16)
        self._suspect = None
        self._reported = (0, 0)
        self.received = 0
        self.timestamp_shift, self.is_aligned = None, False
        self.generation += 1
        if self.losses is not None:
            self.losses, self._asked = LossDetector(), 0



"""How many bits a second a recording has, on the whole and at most, for the multivariant playlist."""

from __future__ import annotations

from dataclasses import dataclass

from media.hls.entries import Entry


@dataclass(slots=True)
class Rates:
    """Sums over all entries; the peaks are those of entries long enough to count (RFC 8216bis, 4.4.6.2)."""

    seconds: float = 0.0
    video_bytes: int = 0
    audio_bytes: int = 0
    video_peak: float = 0.0
    audio_peak: float = 0.0

    def add(self, entry: Entry, target_seconds: int) -> None:
        """Count an entry in; a gap has no rate, and what is shorter than half the target has no peak."""
        if entry.is_gap or entry.duration <= 0:
            return
        self.seconds += entry.duration
        self.video_bytes += entry.video_bytes
        self.audio_bytes += entry.audio_bytes
        if entry.duration >= target_seconds / 2 or not self.video_peak + self.audio_peak:
            self.video_peak = max(self.video_peak, 8 * entry.video_bytes / entry.duration)
            self.audio_peak = max(self.audio_peak, 8 * entry.audio_bytes / entry.duration)

    @property
    def video(self) -> float:
        """Bits a second of the picture, on average."""
        return 8 * self.video_bytes / self.seconds if self.seconds else 0.0

    @property
    def audio(self) -> float:
        """Bits a second of the sound as it was sent, on average."""
        return 8 * self.audio_bytes / self.seconds if self.seconds else 0.0

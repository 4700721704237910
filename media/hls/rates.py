"""How many bits a second a recording has, on the whole and at most, for the multivariant playlist."""

from __future__ import annotations

from dataclasses import dataclass, field

from media.hls.entries import Entry

SHORTEST_TARGETS, LONGEST_TARGETS = 0.5, 1.5
"""Entries in a row count together for the peak where they last so many target durations."""


@dataclass(slots=True)
class Rates:
    """Sums over all entries; the peaks are those of entries in a row, without gaps (RFC 8216bis, 4.4.6.2)."""

    seconds: float = 0.0
    video_bytes: int = 0
    audio_bytes: int = 0
    _video_peak: float = 0.0
    _audio_peak: float = 0.0
    _newest: list[Entry] = field(default_factory=list)

    def add(self, entry: Entry, target_seconds: int) -> None:
        """Count an entry in; a gap has no rate, and what is short has a peak only with its neighbours."""
        if entry.is_gap or entry.duration <= 0:
            return
        self.seconds += entry.duration
        self.video_bytes += entry.video_bytes
        self.audio_bytes += entry.audio_bytes
        self._newest.append(entry)
        self._find_peaks(SHORTEST_TARGETS * target_seconds, LONGEST_TARGETS * target_seconds)

    @property
    def video(self) -> float:
        """Bits a second of the picture, on average."""
        return 8 * self.video_bytes / self.seconds if self.seconds else 0.0

    @property
    def audio(self) -> float:
        """Bits a second of the sound as it was sent, on average."""
        return 8 * self.audio_bytes / self.seconds if self.seconds else 0.0

    @property
    def video_peak(self) -> float:
        """Bits a second of the picture, at most; where little is long enough to tell, the average."""
        return max(self._video_peak, self.video)

    @property
    def audio_peak(self) -> float:
        """Bits a second of the sound, likewise."""
        return max(self._audio_peak, self.audio)

    def _find_peaks(self, shortest: float, longest: float) -> None:
        """Look at all that end with the newest entry; forget what is too far from it."""
        seconds, video, audio = 0.0, 0, 0
        for at in reversed(range(len(self._newest))):
            entry = self._newest[at]
            seconds += entry.duration
            if seconds > longest:
                del self._newest[: at + 1]
                return
            video, audio = video + entry.video_bytes, audio + entry.audio_bytes
            if seconds >= shortest:
                self._video_peak = max(self._video_peak, 8 * video / seconds)
                self._audio_peak = max(self._audio_peak, 8 * audio / seconds)

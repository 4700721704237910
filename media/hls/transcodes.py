"""The shows in VP8 that somebody watches as HLS, as H.264."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from config.counters import Counters
from config.errors import Busy
from media.hls.form import Bounds, Form, Maker
from media.hls.forms import Forms, Recordings
from media.hls.live import LiveShow
from media.recording.sink import Recordable

PREFIX = "h264-"
"""What a show is called here, so that nothing of it is taken for its recording."""
NEVER = float("inf")
"""The child makes its own key frames."""


@dataclass(frozen=True, slots=True)
class Whole:
    """All that is sent of a show; a `Source`."""

    recordings: Recordings
    recording: str

    def find(self) -> Recordable | None:
        """Return what is sent, for as long as the show is recorded."""
        return self.recordings.publication(self.recording)

    def is_over(self) -> bool:
        """Tell whether the show is not recorded any more."""
        return self.find() is None


class Transcodes:
    """Encodes at most `limit` shows at once, each at `max_kbps` at most; close `forms` at the end."""

    def __init__(
        self, folder: Path, recordings: Recordings, bounds: Bounds, counters: Counters, limit: int,
        max_kbps: int, clock: Callable[[], float] = time.time,
    ) -> None:
        self.forms = Forms(folder, limit)
        self._recordings = recordings
        self._bounds = bounds
        self._clock = clock
        self._maker = Maker(
            "media.hls.vp8_child", (f"--max-kbps={max_kbps}",), NEVER,
            counters.untranscoded_packets.inc, counters.transcode_restarts.inc)
        counters.transcodes.set_function(self.forms.active)

    def get(self, recording: str) -> Form | None:
        """Return a show that somebody has asked for while it ran, until a moment after its end."""
        return self.forms.get(PREFIX + recording)

    def watch(self, recording: str, began: float) -> Form | None:
        """Return a show that runs or ran until just now, and note that somebody watches; None for another.

        `began` is its second 0 in Unix time. Raises `Busy` when too many are watched already.
        """
        name, source = PREFIX + recording, Whole(self._recordings, recording)

        def make() -> Form:
            live = LiveShow(began, self._bounds.window_seconds)
            return Form(name, live, self.forms.folder, self._bounds, self._maker, source, self._clock)

        busy = Busy("Too many shows are encoded now. Try again in a moment.", code="too_many_transcodes")
        return self.forms.watch(name, source, make, busy)

"""The smaller sizes of shows that come in several at once: each is written while somebody watches it as HLS.

Nothing is encoded or decoded for it. The sound of a size is that of the show; only its picture has a playlist
of its own, on the timeline of the show.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol, runtime_checkable

from config.counters import Counters
from config.errors import Busy
from media.hls.form import Bounds, Form, Maker
from media.hls.forms import Forms, Recordings
from media.hls.lines import Beside
from media.hls.live import LiveShow, not_sent
from media.hls.multivariant import Size
from media.hls.tracks import Track, is_in
from media.recording.facts import Section
from media.recording.sink import Recordable

MAX_LAYERS = 64
"""Written at once; each costs what recording so many bits does."""
SYNC_SECONDS = 30.0
"""Nobody needs the files after a power cut."""
PEAK = 1.5
"""How much more the segments with the most bits may have than the rest, before there are any."""
BITS = 1000


class Layer(Recordable, Protocol):
    """One size; `media.layer.Layer`."""

    @property
    def name(self) -> str: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def kbps(self) -> int: ...


@runtime_checkable
class InSizes(Protocol):
    """What may be sent in several sizes; `media.publication.Publication`."""

    @property
    def smaller(self) -> tuple[Layer, ...]: ...


@dataclass(frozen=True, slots=True)
class OneSize:
    """A size of a show; a `Source`."""

    recordings: Recordings
    recording: str
    layer: str

    def find(self) -> Layer | None:
        """Return the size while it is sent, for as long as the show is recorded."""
        sizes = sizes_of(self.recordings.publication(self.recording))
        return next((size for size in sizes if size.name == self.layer), None)

    def is_over(self) -> bool:
        """Tell whether the show is not recorded any more."""
        return self.recordings.publication(self.recording) is None


class Layers:
    """Writes at most `limit` sizes at once; close `forms` at the end."""

    def __init__(
        self, folder: Path, recordings: Recordings, bounds: Bounds, counters: Counters,
        limit: int = MAX_LAYERS, clock: Callable[[], float] = time.time,
    ) -> None:
        self.forms = Forms(folder, limit)
        self._recordings = recordings
        self._bounds = bounds
        self._clock = clock
        arguments = f"--sync-seconds={SYNC_SECONDS}", f"--min-free-bytes={bounds.min_free_bytes}"
        self._maker = Maker(
            "media.recording.writer", arguments, bounds.segment_seconds,
            counters.unsized_packets.inc, counters.hls_size_restarts.inc, has_sound=False)
        counters.hls_sizes.set_function(self.forms.active)

    def sizes(self, recording: str, live: LiveShow) -> tuple[Size, ...]:
        """Return the smaller sizes that a running show can be watched in now, the largest first."""
        section = _newest(live)
        if section is None:
            return ()
        layers = sizes_of(self._recordings.publication(recording))
        return tuple(self._size(recording, layer, section) for layer in layers if layer.kbps)

    def watch(self, recording: str, layer: str, show: LiveShow) -> Form:
        """Return a size of a show, and note that somebody watches it; of `show` something is listed.

        Raises `Missing` when it is not sent (any more), and `Busy` when too many are watched already.
        """
        source, name = OneSize(self._recordings, recording, layer), _name(recording, layer)
        if not source.is_over() and (source.find() is None or _newest(show) is None):
            raise not_sent()

        def make() -> Form:
            live = LiveShow(show.began, self._bounds.window_seconds, leader=show.timeline)
            show.beside = partial(self._beside, recording, {}, "layers/")
            main = {f"../../{track}.m3u8": show for track in show.tracks}
            live.beside = partial(self._beside, recording, main, "../", layer)
            return Form(name, live, self.forms.folder, self._bounds, self._maker, source, self._clock)

        busy = Busy("Too many pictures are watched now. Try again in a moment.", code="too_many_sizes")
        form = self.forms.watch(name, source, make, busy)
        if form is None:
            raise not_sent()
        return form

    def _size(self, recording: str, layer: Layer, section: Section) -> Size:
        """Return what is known of a size.

        Before its first file that is little of its format: H.264 of the show has the same profile and a level
        that is not lower, in VP9 and AV1 likewise, so who can play what that says can play the size.
        """
        form = self.forms.get(_name(recording, layer.name))
        known = _newest(form.live) if form else None
        rate = float(layer.kbps * BITS)
        peak = (form.live.timeline.rates.video_peak if form else 0.0) or PEAK * rate
        return Size(
            f"layers/{layer.name}/{Track.VIDEO}.m3u8", ((known or section).video,), layer.width, layer.height,
            max(rate, peak), rate)

    def _beside(
        self, recording: str, main: dict[str, LiveShow], base: str, itself: str = ""
    ) -> tuple[Beside, ...]:
        """Return the playlists beside one: those of `main`, and of the other sizes that are written now."""
        found = [Beside(uri, live.timeline) for uri, live in main.items()]
        for layer in sizes_of(self._recordings.publication(recording)):
            form = self.forms.get(_name(recording, layer.name))
            if form and layer.name != itself and form.is_active and form.live.timeline.is_listed:
                found.append(Beside(f"{base}{layer.name}/{Track.VIDEO}.m3u8", form.live.timeline))
        return tuple(found)


def sizes_of(publication: Recordable | None) -> tuple[Layer, ...]:
    """Return the smaller sizes in which something is sent."""
    return publication.smaller if isinstance(publication, InSizes) else ()


def _name(recording: str, layer: str) -> str:
    """Return what a size is called here, so that nothing of it is taken for its recording."""
    return f"layer-{layer}-{recording}"


def _newest(live: LiveShow) -> Section | None:
    """Return what is written now, if it is a picture that HLS players take: of VP8 there are no sizes."""
    sections = live.timeline.sections
    newest = sections[max(sections)] if sections else None
    return newest if newest and is_in(Track.VIDEO, newest) else None

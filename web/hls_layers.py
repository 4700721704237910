"""Gives players the smaller sizes of a show that comes in several at once."""

from __future__ import annotations

from dataclasses import replace

from media.hls.layers import Layers
from media.hls.multivariant import Size
from web.hls import HlsShow


class LayeredShows:
    """A `Sizes`; whoever asks for one counts as watching it."""

    def __init__(self, layers: Layers) -> None:
        self._layers = layers

    def of(self, show: HlsShow) -> tuple[Size, ...]:
        """Return the smaller sizes there are now, the largest first."""
        return self._layers.sizes(show.recording, show.live)

    async def one(self, show: HlsShow, layer: str) -> HlsShow:
        """Return the show in one size; raise `Missing` when it is not sent, `Busy` while it is not yet."""
        await show.live.target()
        form = self._layers.watch(show.recording, layer, show.live)
        await form.ready()
        return replace(show, recording=form.name, live=form.live)

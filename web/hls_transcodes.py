"""Gives players the H.264 of a show that is sent in VP8, where the operator allows to make it."""

from __future__ import annotations

from dataclasses import replace

from media.hls.transcodes import Transcodes
from web.hls import HlsShow


class TranscodedShows:
    """An `Instead`; whoever asks counts as watching."""

    def __init__(self, transcodes: Transcodes) -> None:
        self._transcodes = transcodes

    async def of(self, show: HlsShow) -> HlsShow:
        """Return the show as it can be played; raise `Busy` when that is not yet so."""
        await show.live.begun()
        if not (show.live.needs_transcode or self._transcodes.get(show.recording)):
            return show
        transcode = self._transcodes.watch(show.recording, show.live.began)
        if transcode is None:
            return show
        await transcode.ready()
        return replace(show, recording=transcode.name, live=transcode.live)

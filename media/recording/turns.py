"""How a child at the other end of the feed goes: in turns, each with what came and at least ten a second."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Iterator

from media.recording.feed import FrameReader, What

CHUNK_BYTES = 1 << 18
TICK_SECONDS = 0.1
GATHER_SECONDS, FEW_BYTES = 0.05, 1 << 15
"""Woken for little, a child lets more come together for so long: waking is much of what one show costs."""


def turns(source: int) -> Iterator[Iterator[tuple[What, int, bytes]]]:
    """Yield the frames that came through the descriptor, none at times; end when it does.

    Raises `FeedError` for bytes that no relay of ours writes.
    """
    poll, reader = select.poll(), FrameReader()
    poll.register(source, select.POLLIN)
    while True:
        data = os.read(source, CHUNK_BYTES) if poll.poll(TICK_SECONDS * 1000) else None
        if data == b"":
            return
        yield reader.take(data or b"")
        if data and len(data) < FEW_BYTES:
            time.sleep(GATHER_SECONDS)

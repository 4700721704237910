"""A publication with a show in VP8 on it, sent in real time to whoever hangs a sink on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, suppress
from itertools import count

from media.backlog import MediaPacket
from media.codecs import Codec, Kind, begins_keyframe
from media.layer import PacketSink
from tests.media.hls.vp8 import vp8_clip

CODECS = {"video": Codec.VP8, "audio": Codec.OPUS}
Harm = Callable[[bytes], Iterable[bytes]]
"""Returns what is sent instead of a payload of the picture."""


def unharmed(payload: bytes) -> Iterable[bytes]:
    """Send it as it is."""
    return (payload,)


class Sending:
    """What a transcode sees of a publication."""

    kinds = frozenset(Kind)

    def __init__(self) -> None:
        self.sinks: list[PacketSink] = []
        self.harm: Harm = unharmed
        self.asked = 0
        self._numbers = {kind: count(1000) for kind in CODECS}

    def recent(self) -> Iterator[tuple[MediaPacket, float]]:
        """Nothing: the clip has a key frame soon enough."""
        return iter(())

    def request_keyframe(self) -> None:
        """Count; the clip's key frames come when they come."""
        self.asked += 1

    async def play(self) -> None:
        """Send the clip again and again."""
        clip, loop = vp8_clip(), asyncio.get_running_loop()
        began = loop.time()
        for lap in count():
            for moment in clip.moments:
                at = lap * clip.seconds + moment.at_seconds
                await asyncio.sleep(began + at - loop.time())
                self._send(moment.kind, moment.payloads, at)

    def _send(self, kind: str, payloads: tuple[bytes, ...], at: float) -> None:
        codec = CODECS[kind]
        changed = [one for whole in payloads for one in (self.harm(whole) if kind == "video" else (whole,))]
        for index, payload in enumerate(changed):
            packet = MediaPacket(
                codec, 7, next(self._numbers[kind]), round(at * codec.clock_rate) & 0xFFFFFFFF,
                index == len(changed) - 1, begins_keyframe(codec, payload), payload)
            for sink in self.sinks:
                sink.take(packet)


@asynccontextmanager
async def sending() -> AsyncIterator[Sending]:
    """Send during the block."""
    await asyncio.to_thread(vp8_clip)
    show = Sending()
    task = asyncio.create_task(show.play())
    try:
        yield show
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

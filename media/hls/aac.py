"""Makes AAC of a show's Opus, piece by piece and only when somebody asks, in a child that can do little harm.

Every piece is made of its own packets and of those shortly before it, and of nothing else, so pieces can be
made in any order and by any server, and join. Those made last are kept: many viewers of one show cost it
one.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from config.errors import Busy, Missing
from media.child import Child, ChildLimits
from media.hls.aac_wire import REPLY, SIZE, Wish, wish_for
from media.hls.fragments import packets
from media.hls.tracks import AAC_FRAME
from media.recording import mp4
from media.recording.facts import Part
from media.recording.tracks import AudioTrack

LIMITS = ChildLimits(seconds=10.0, waiting=200, requests=2000)
KEPT_BYTES = 16 << 20
"""A second of sound takes 17 kB: a minute of 16 shows."""
AAC_CONFIG = bytes.fromhex("1190")
"""AudioSpecificConfig: AAC-LC, 48 kHz, stereo (ISO/IEC 14496-3, section 1.6.2)."""
SOUND_TRACK = 2

Read = Callable[[tuple[Part, ...]], Awaitable[bytes]]
"""Returns the Opus fragments of parts; raises `Missing` where they have none."""


def aac_init() -> bytes:
    """Return the initialisation of all AAC, the same for every section."""
    return mp4.init(None, AudioTrack(AAC_CONFIG))


class AacMaker:
    """One child for all shows of a node; `close` ends it."""

    def __init__(self) -> None:
        self._child = Child("media.hls.aac_child", LIMITS)
        self._kept: OrderedDict[tuple[str, int, int], bytes] = OrderedDict()
        self._size = 0
        self._making: dict[tuple[str, int, int], asyncio.Lock] = {}
        self.made = 0

    @property
    def pid(self) -> int | None:
        """The child, while there is one."""
        return self._child.pid

    async def close(self) -> None:
        """End the child."""
        await self._child.close()

    async def piece(
        self, segment: str, first: int, parts: tuple[Part, ...], before: tuple[Part, ...], read: Read
    ) -> bytes:
        """Return parts of a segment, from number `first` on, as fragments of AAC.

        `segment` names it among all of all shows; `before` are parts that lie before these. Raises `Missing`
        where there is no sound, and `Busy` when it cannot be made in time.
        """
        key = (segment, first, len(parts))
        lock = self._making.setdefault(key, asyncio.Lock())
        try:
            async with lock:
                return self._known(*key) or self._keep(key, await self._make(parts, before, read))
        finally:
            if not lock.locked():
                self._making.pop(key, None)

    def _known(self, segment: str, first: int, count: int) -> bytes | None:
        """Return a piece that was made before, or that is put together from its parts."""
        keys = [(segment, first, count)]
        if keys[0] not in self._kept:
            keys = [(segment, first + at, 1) for at in range(count)]
        if not all(key in self._kept for key in keys):
            return None
        for key in keys:
            self._kept.move_to_end(key)
        return b"".join(self._kept[key] for key in keys)

    def _keep(self, key: tuple[str, int, int], made: bytes) -> bytes:
        self._kept[key] = made
        self._size += len(made)
        while self._size > KEPT_BYTES:
            self._size -= len(self._kept.popitem(last=False)[1])
        return made

    async def _make(self, parts: tuple[Part, ...], before: tuple[Part, ...], read: Read) -> bytes:
        lead = tuple(part for part in before if part.audio_bytes)
        try:
            wish = wish_for(list(packets(await read(parts))), list(packets(await read(lead))) if lead else [])
        except ValueError:
            raise Missing("There is no such part.", code="no_part") from None
        if wish is None:
            raise Missing("There is no such part.", code="no_part")
        made = await self._child.ask(wish.pack(), _frames)
        if made is None:
            raise Busy("The sound cannot be made in time. Try again in a moment.", code="no_aac")
        self.made += 1
        return _fragment(wish, *made)


async def _frames(reader: asyncio.StreamReader) -> tuple[int, list[bytes]]:
    first, count = REPLY.unpack(await reader.readexactly(REPLY.size))
    frames = []
    for _ in range(count):
        (size,) = SIZE.unpack(await reader.readexactly(SIZE.size))
        frames.append(await reader.readexactly(size))
    return first, frames


def _fragment(wish: Wish, first: int, frames: list[bytes]) -> bytes:
    """Return the frames as a fragment at their place; its number only has to grow (8.8.5)."""
    samples = [mp4.Sample(data, AAC_FRAME, is_keyframe=True) for data in frames]
    return mp4.fragment(1 + first // AAC_FRAME & 0x7FFFFFFF, SOUND_TRACK, first, samples)


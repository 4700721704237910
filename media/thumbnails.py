"""Makes pictures of keyframes in a child process that can do little harm when a decoder is attacked.

The child does one thing after the other, and is killed when that takes too long: the next request gets a new
one. Its memory, its processor time and what it may ask of the system are limited (`media.confinement`).
"""

from __future__ import annotations

import asyncio
import json
import struct
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from media.keyframes import Keyframe

TIMEOUT_SECONDS = 4.0
START_SECONDS = 20.0
"""A child loads decoders before it gives up the right to; a busy machine takes its time."""
MAX_FRAME_BYTES = 4 << 20
MAX_PICTURE_BYTES = 8 << 20
MAX_WAITING = 16
REQUESTS_PER_CHILD = 500
REQUEST = struct.Struct("!II")
"""Bytes of the wish, an object in JSON, and of the pictures it is about; both follow."""
REPLY = struct.Struct("!HHI")
"""Width and height, and bytes of the JPEG that follow; 0 when none can be made, and once when it is ready."""
THUMBNAIL_WIDTH = 480


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG and its size in pixels."""

    jpeg: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Tiles:
    """Small pictures for one sheet: JPEGs by their place, put over `base`, an older sheet or nothing."""

    columns: int
    rows: int
    width: int
    height: int
    base: bytes
    tiles: Mapping[int, bytes]


class Thumbnailer:
    """One child for all rooms; anything may be asked by many at once, `close` ends the child."""

    def __init__(self) -> None:
        self._child: asyncio.subprocess.Process | None = None
        self._lock = asyncio.Lock()
        self._waiting = 0
        self._requests = 0

    async def jpeg(self, frame: Keyframe, width: int = THUMBNAIL_WIDTH) -> bytes | None:
        """Return the frame as a JPEG of that width in pixels; None when it cannot be made in time."""
        picture = await self._ask({"codec": frame.codec, "width": width}, [frame.data])
        return picture.jpeg if picture else None

    async def tile(self, frame: Keyframe, width: int, height: int = 0) -> Picture | None:
        """Return the frame in a box, with bars where its shape is another; 0 takes its own height."""
        return await self._ask({"codec": frame.codec, "width": width, "height": height}, [frame.data])

    async def still(self, frame: Keyframe, lines: tuple[str, ...]) -> Picture | None:
        """Return the frame at full size with lines of ASCII below it, on a strip of their own."""
        return await self._ask({"codec": frame.codec, "width": 0, "lines": lines}, [frame.data])

    async def sheet(self, tiles: Tiles) -> bytes | None:
        """Return tiles as one JPEG."""
        wish = {"columns": tiles.columns, "rows": tiles.rows, "tile": [tiles.width, tiles.height],
                "places": list(tiles.tiles), "sizes": [len(tile) for tile in tiles.tiles.values()]}
        picture = await self._ask(wish, [*tiles.tiles.values(), tiles.base])
        return picture.jpeg if picture else None

    async def close(self) -> None:
        """End the child."""
        child, self._child = self._child, None
        if child is not None:
            if child.returncode is None:
                child.kill()
            await child.wait()

    async def _ask(self, wish: Mapping[str, Any], pictures: list[bytes]) -> Picture | None:
        """Return what the child makes of the pictures; of too large ones, or too many at once, nothing."""
        if sum(map(len, pictures)) > MAX_FRAME_BYTES or self._waiting >= MAX_WAITING:
            return None
        self._waiting += 1
        try:
            async with self._lock:
                return await self._in_time(json.dumps(wish).encode(), b"".join(pictures))
        finally:
            self._waiting -= 1

    async def _in_time(self, wish: bytes, data: bytes) -> Picture | None:
        try:
            async with asyncio.timeout(START_SECONDS):
                child = await self._living_child()
            async with asyncio.timeout(TIMEOUT_SECONDS):
                return await self._exchange(child, wish, data)
        except (TimeoutError, OSError, asyncio.IncompleteReadError):
            await self.close()
            return None
        except asyncio.CancelledError:
            await self.close()  # half an exchange would confuse the next one
            raise

    async def _exchange(self, child: asyncio.subprocess.Process, wish: bytes, data: bytes) -> Picture | None:
        if child.stdin is None or child.stdout is None:
            return None
        child.stdin.write(REQUEST.pack(len(wish), len(data)) + wish + data)
        await child.stdin.drain()
        width, height, size = REPLY.unpack(await child.stdout.readexactly(REPLY.size))
        if size > MAX_PICTURE_BYTES:
            raise OSError("the child promises too much")
        self._requests += 1
        jpeg = await child.stdout.readexactly(size)
        return Picture(jpeg, width, height) if jpeg else None

    async def _living_child(self) -> asyncio.subprocess.Process:
        if self._requests >= REQUESTS_PER_CHILD:
            await self.close()
        if self._child is None or self._child.returncode is not None:
            self._requests = 0
            self._child = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "media.thumbnail_child",
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL)
            if self._child.stdout is not None:
                await self._child.stdout.readexactly(REPLY.size)
        return self._child

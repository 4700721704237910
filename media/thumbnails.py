"""Makes pictures of keyframes in a child process that can do little harm when a decoder is attacked.

The child does one thing after the other, and is killed when that takes too long: the next request gets a new
one. Its memory, its processor time and what it may ask of the system are limited (`media.confinement`).
"""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from media.child import Child, ChildLimits
from media.keyframes import Keyframe

MAX_FRAME_BYTES = 4 << 20
MAX_PICTURE_BYTES = 8 << 20
REQUEST = struct.Struct("!II")
"""Bytes of the wish, an object in JSON, and of the pictures it is about; both follow."""
REPLY = struct.Struct("!HHI")
"""Width and height, and bytes of the JPEG that follow; 0 when none can be made, and once when it is ready."""
LIMITS = ChildLimits(seconds=4.0, waiting=16, requests=500, ready_bytes=REPLY.size)
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
        self._child = Child("media.thumbnail_child", LIMITS)

    @property
    def pid(self) -> int | None:
        """The child, while there is one."""
        return self._child.pid

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
        await self._child.close()

    async def _ask(self, wish: Mapping[str, Any], pictures: list[bytes]) -> Picture | None:
        """Return what the child makes of the pictures; of too large ones, or too many at once, nothing."""
        if sum(map(len, pictures)) > MAX_FRAME_BYTES:
            return None
        said, data = json.dumps(wish).encode(), b"".join(pictures)
        return await self._child.ask(REQUEST.pack(len(said), len(data)) + said + data, _read_picture)


async def _read_picture(reply: asyncio.StreamReader) -> Picture | None:
    width, height, size = REPLY.unpack(await reply.readexactly(REPLY.size))
    if size > MAX_PICTURE_BYTES:
        raise OSError("the child promises too much")
    jpeg = await reply.readexactly(size)
    return Picture(jpeg, width, height) if jpeg else None

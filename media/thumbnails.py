"""Makes pictures of keyframes in a child process that can do little harm when a decoder is attacked.

The child decodes one frame after the other. It is killed when a frame takes too long, and its memory
and processor time are limited by the system; the next frame then gets a new child.
"""

from __future__ import annotations

import asyncio
import struct
import sys

from media.keyframes import Keyframe

TIMEOUT_SECONDS = 4.0
MAX_FRAME_BYTES = 4 << 20
MAX_PICTURE_BYTES = 4 << 20
MAX_WAITING = 16
FRAMES_PER_CHILD = 500
REQUEST = struct.Struct("!4sHI")
"""Codec, width in pixels, bytes of the frame that follow."""
REPLY = struct.Struct("!I")
"""Bytes of the JPEG that follow; 0 when the frame cannot be decoded."""


class Thumbnailer:
    """One child for all rooms; `jpeg` may be called by many at once, `close` ends the child."""

    def __init__(self) -> None:
        self._child: asyncio.subprocess.Process | None = None
        self._lock = asyncio.Lock()
        self._waiting = 0
        self._frames = 0

    async def jpeg(self, frame: Keyframe, width: int = 480) -> bytes | None:
        """Return the frame as a JPEG of that width in pixels; None when it cannot be made in time."""
        if len(frame.data) > MAX_FRAME_BYTES or self._waiting >= MAX_WAITING:
            return None
        self._waiting += 1
        try:
            async with self._lock:
                return await self._ask(frame, width)
        finally:
            self._waiting -= 1

    async def close(self) -> None:
        """End the child."""
        child, self._child = self._child, None
        if child is not None:
            if child.returncode is None:
                child.kill()
            await child.wait()

    async def _ask(self, frame: Keyframe, width: int) -> bytes | None:
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                return await self._exchange(await self._living_child(), frame, width)
        except (TimeoutError, OSError, asyncio.IncompleteReadError):
            await self.close()
            return None
        except asyncio.CancelledError:
            await self.close()  # half an exchange would confuse the next one
            raise

    async def _exchange(self, child: asyncio.subprocess.Process, frame: Keyframe, width: int) -> bytes | None:
        if child.stdin is None or child.stdout is None:
            return None
        child.stdin.write(REQUEST.pack(frame.codec.encode(), width, len(frame.data)) + frame.data)
        await child.stdin.drain()
        (size,) = REPLY.unpack(await child.stdout.readexactly(REPLY.size))
        if size > MAX_PICTURE_BYTES:
            raise OSError("the child promises too much")
        self._frames += 1
        return await child.stdout.readexactly(size) or None

    async def _living_child(self) -> asyncio.subprocess.Process:
        if self._frames >= FRAMES_PER_CHILD:
            await self.close()
        if self._child is None or self._child.returncode is not None:
            self._frames = 0
            self._child = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "media.thumbnail_child",
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL)
        return self._child

"""A playlist ready to be sent, as it is and compressed."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from dataclasses import dataclass

SMALL_BYTES = 64 * 1024
"""A larger playlist is compressed in a thread, so that packets do not wait for it."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """One state of a playlist; `etag` names its content."""

    body: bytes
    zipped: bytes
    etag: str


async def rendered(text: str) -> Rendered:
    """Return the text ready to be sent."""
    if len(text) < SMALL_BYTES:
        return _render(text)
    return await asyncio.to_thread(_render, text)


def _render(text: str) -> Rendered:
    body = text.encode()
    zipped = gzip.compress(body, 4, mtime=0)
    return Rendered(body, zipped, hashlib.blake2b(body, digest_size=12).hexdigest())

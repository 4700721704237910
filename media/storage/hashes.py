"""The hashes of a file that goes to object storage: of all of it, and of each part it is sent in.

The service says what it has in two ways (S3 API, "Checking object integrity"): the ETag of an object sent in
parts is the MD5 of the parts' MD5s with their count behind it, and `x-amz-checksum-sha256` is the same with
SHA-256.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PART_BYTES = 8 << 20
MAX_PARTS = 10_000
READ_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class PartHashes:
    """One part: its number from 1, where it lies in the file, and its MD5 and SHA-256."""

    number: int
    offset: int
    size: int
    md5: bytes
    sha256: bytes


@dataclass(frozen=True, slots=True)
class Hashes:
    """What a file is known by; `sha256` is hexadecimal."""

    size: int
    sha256: str
    parts: tuple[PartHashes, ...]

    @property
    def said(self) -> frozenset[str]:
        """What a service may say of the object as its ETag or its `x-amz-checksum-sha256`.

        Neither says anything of the content where the service encrypts with keys of its own.
        """
        md5 = hashlib.md5(b"".join(part.md5 for part in self.parts), usedforsecurity=False)
        sha256 = base64(hashlib.sha256(b"".join(part.sha256 for part in self.parts)).digest())
        whole, count = base64(bytes.fromhex(self.sha256)), len(self.parts)
        return frozenset((f"{md5.hexdigest()}-{count}", f"{sha256}-{count}", whole))


async def hashes_of(path: Path) -> Hashes:
    """Read the file once, a part at a time in a thread, so that nothing else waits for it.

    Raises `OSError` when it cannot be read or was cut meanwhile.
    """
    size = (await asyncio.to_thread(path.stat)).st_size
    whole, parts = hashlib.sha256(), []
    for number, offset, length in cuts(size):
        parts.append(await asyncio.to_thread(_hash_part, path, number, offset, length, whole))
    return Hashes(size, whole.hexdigest(), tuple(parts))


def cuts(size: int) -> Iterator[tuple[int, int, int]]:
    """Yield number, offset and length of each part: 8 MiB, or more where that would be too many parts."""
    least = -(-size // MAX_PARTS)
    length = max(PART_BYTES, -(-least // READ_BYTES) * READ_BYTES)
    for number, offset in enumerate(range(0, max(size, 1), length), 1):
        yield number, offset, min(length, size - offset)


def base64(digest: bytes) -> str:
    """Return a digest as S3 wants it in headers."""
    return b64encode(digest).decode()


def _hash_part(path: Path, number: int, offset: int, length: int, whole: hashlib._Hash) -> PartHashes:
    md5, sha256 = hashlib.md5(usedforsecurity=False), hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        for start in range(offset, offset + length, READ_BYTES):
            wanted = min(READ_BYTES, offset + length - start)
            data = os.pread(file.fileno(), wanted, start)
            if len(data) < wanted:
                raise OSError("the file was cut while it was read")
            for digest in (md5, sha256, whole):
                digest.update(data)
    return PartHashes(number, offset, length, md5.digest(), sha256.digest())

"""The object store: sections as objects, sent in parts, checked, and deleted in every version."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

from config.errors import Busy, FairError, Missing
from media.storage import upload
from media.storage.bucket import NOT_OFFERED_CODE, OUT_OF_RANGE_CODE, Bucket
from media.storage.hashes import PART_BYTES, Hashes, hashes_of
from media.storage.names import check_recording, split_name
from media.storage.store import Stored, check_range

READ_SECONDS = 60.0
"""A range has arrived after so long, or is asked for again."""


class ObjectStore:
    """A `Store` in a bucket that somebody else starts and closes. The file stays where it is after `put`."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    def place(self, name: str) -> str:
        """Return the URL of a section, as facts keep it."""
        return f"s3://{self._bucket.name}/{self._key(name)}"

    async def read(self, name: str, offset: int, size: int) -> bytes:
        """Return `size` bytes from `offset` on, fewer only where the section ends; one request."""
        check_range(offset, size)
        return await self._read(self._key(name), offset, size) if size else b""

    async def put(self, path: Path, name: str) -> Stored:
        """Send the file, unless the object is there already, and let the service say what it has.

        An object that is not what was sent is deleted, and `Busy` raised: the next try sends it anew. What an
        interrupted `put` has sent is not sent again.
        """
        key, hashes = self._key(name), await hashes_of(path)
        head = await self._head_if_any(key)
        if not _claims(head, hashes):
            if head is not None:
                await self._delete_versions(key, only=key)
            await upload.send(self._bucket, path, key, hashes)
            head = await self._head_if_any(key)
        if not await self._is_whole(key, head, hashes):
            await self._delete_versions(key, only=key)
            raise Busy("The object store has something else than it was sent.", code="storage_damaged")
        await self._end_uploads(key)
        return Stored(hashes.size, hashes.sha256)

    async def delete_all(self, recording: str) -> None:
        """Delete all objects of a recording in all versions, and uploads that were begun; then look again.

        Raises `Busy` when something is there that cannot be deleted or arrived meanwhile.
        """
        prefix = self._bucket.key(check_recording(recording)) + "/"
        await self._end_uploads(prefix)
        await self._delete_versions(prefix)
        if await self._versions(prefix):
            raise Busy("The object store keeps what was deleted.", code="storage_keeps")

    async def exists(self, name: str) -> bool:
        """Return whether there is such an object."""
        return await self._head_if_any(self._key(name)) is not None

    async def size(self, name: str) -> int:
        """Return the length of the object."""
        return int((await self._head(self._key(name)))["ContentLength"])

    async def old(self, before: float) -> list[str]:
        """Return the names of all sections that were written last before that Unix time."""
        start = self._bucket.key("")
        found = await self._bucket.list_all("list_objects_v2", "Contents", Prefix=start)
        named = [(item["Key"].removeprefix(start), item["LastModified"].timestamp()) for item in found]
        return sorted(name for name, at in named if at < before and _is_ours(name))

    async def delete(self, name: str) -> None:
        """Delete one section, every version of it."""
        key = self._key(name)
        await self._delete_versions(key, only=key)

    async def unfinished(self) -> list[tuple[str, datetime]]:
        """Return the names of sections whose upload has begun and not ended, and when it began."""
        start = self._bucket.key("")
        found = await upload.uploads(self._bucket, start)
        named = [(item.key.removeprefix(start), item.began) for item in found]
        return [(name, began) for name, began in named if _is_ours(name)]

    async def forget(self, name: str) -> None:
        """End all uploads of a section; an object that is whole stays."""
        await self._end_uploads(self._key(name))

    def _key(self, name: str) -> str:
        split_name(name)
        return self._bucket.key(name)

    async def _head(self, key: str) -> Any:
        return await self._bucket.ask(lambda client: client.head_object(
            Bucket=self._bucket.name, Key=key, ChecksumMode="ENABLED"))

    async def _head_if_any(self, key: str) -> Any:
        try:
            return await self._head(key)
        except Missing:
            return None

    async def _read(self, key: str, offset: int, size: int) -> bytes:
        async def work(client: Any) -> bytes:
            answer = await client.get_object(
                Bucket=self._bucket.name, Key=key, Range=f"bytes={offset}-{offset + size - 1}")
            async with answer["Body"] as body:
                if answer["ContentLength"] > size:
                    raise Busy("The object store sends more than was asked for.", code="storage_ranges")
                return bytes(await body.read())

        try:
            return await self._bucket.ask(work, READ_SECONDS)
        except FairError as refusal:
            if refusal.code == OUT_OF_RANGE_CODE:
                return b""
            raise

    async def _is_whole(self, key: str, head: Any, hashes: Hashes) -> bool:
        """Compare with what the service says it has; read all of it where it says nothing that we know."""
        if not _claims(head, hashes) or head["ContentLength"] != hashes.size:
            return False
        if {head.get("ChecksumSHA256"), head.get("ETag", "").strip('"')} & hashes.said:
            return True
        return await self._sha256(key, hashes.size) == hashes.sha256

    async def _sha256(self, key: str, size: int) -> str:
        digest = hashlib.sha256()
        for offset in range(0, size, PART_BYTES):
            data = await self._read(key, offset, PART_BYTES)
            await asyncio.to_thread(digest.update, data)
        return digest.hexdigest()

    async def _versions(self, prefix: str) -> list[dict[str, Any]]:
        """List what lies under a prefix: versions and marks of deletion; objects where there are none."""
        try:
            return await self._bucket.list_all(
                "list_object_versions", "Versions", "DeleteMarkers", Prefix=prefix)
        except FairError as refusal:
            if refusal.code != NOT_OFFERED_CODE:
                raise
        return await self._bucket.list_all("list_objects_v2", "Contents", Prefix=prefix)

    async def _delete_versions(self, prefix: str, only: str = "") -> None:
        """Delete one by one: not every service takes a list, and a recording has few sections."""
        for item in await self._versions(prefix):
            key, version = item["Key"], {"VersionId": item["VersionId"]} if "VersionId" in item else {}
            if key == (only or key) and key.startswith(prefix):
                await self._delete(key, version)

    async def _delete(self, key: str, version: dict[str, str]) -> None:
        await self._bucket.ask(lambda client: client.delete_object(
            Bucket=self._bucket.name, Key=key, **version))

    async def _end_uploads(self, prefix: str) -> None:
        for item in await upload.uploads(self._bucket, prefix):
            await upload.abort(self._bucket, item)


def _claims(head: Any, hashes: Hashes) -> bool:
    """Return whether the object was sent as this file."""
    return head is not None and head.get("Metadata", {}).get("sha256") == hashes.sha256


def _is_ours(name: str) -> bool:
    try:
        return bool(split_name(name))
    except FairError:
        return False

"""Sends a file to the bucket in parts, and goes on where an earlier try or process ended.

Nothing is noted down for that: the service itself lists the uploads of a key that were begun and the parts it
has, with their hashes. What it has with the right hash is not sent again. S3 API: CreateMultipartUpload,
UploadPart, ListParts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from config.errors import Busy, FairError, Invalid, Missing
from media.storage.bucket import NOT_OFFERED_CODE, Bucket
from media.storage.hashes import Hashes, PartHashes, base64
from media.storage.window import Window

PART_SECONDS = 240.0
"""One part takes so long at most: 280 kbit/s is the slowest line."""
COMPLETE_SECONDS = 120.0
"""Putting the parts together takes so long at most; Amazon's may take minutes for thousands of parts."""
SHA256 = "SHA256"


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload the service holds for us; `has_sha256` when it keeps a SHA-256 of each part."""

    key: str
    id: str
    began: datetime
    has_sha256: bool


async def send(bucket: Bucket, path: Path, key: str, hashes: Hashes) -> None:
    """Make an object of the file, with its SHA-256 as metadata; the newest upload begun before goes on.

    When it is interrupted or raises, what has arrived stays with the service, for the next time.
    """
    earlier = await uploads(bucket, key)
    upload = earlier[-1] if earlier else await _begin(bucket, key, hashes)
    for other in earlier[:-1]:
        await abort(bucket, other)
    try:
        sent = await _kept(bucket, upload, hashes)
        for part in hashes.parts:
            if part.number not in sent:
                sent[part.number] = await _send_part(bucket, path, upload, part)
        await _complete(bucket, upload, [_named(upload, part, sent[part.number]) for part in hashes.parts])
    except Missing:
        raise Busy("The upload was ended by somebody else.", code="storage_upload") from None
    except Invalid:
        await abort(bucket, upload)  # the service does not want these parts: begin anew the next time
        raise


async def uploads(bucket: Bucket, prefix: str) -> list[Upload]:
    """Return the uploads that were begun for keys with this prefix and not ended, the newest last."""
    try:
        found = await bucket.list_all("list_multipart_uploads", "Uploads", Prefix=prefix)
    except FairError as refusal:
        if refusal.code == NOT_OFFERED_CODE:
            return []
        raise
    listed = [
        Upload(item["Key"], item["UploadId"], item["Initiated"], item.get("ChecksumAlgorithm") == SHA256)
        for item in found if item["Key"].startswith(prefix)
    ]
    return sorted(listed, key=lambda upload: upload.began)


async def abort(bucket: Bucket, upload: Upload) -> None:
    """End an upload; the service forgets its parts."""
    try:
        await bucket.ask(lambda client: client.abort_multipart_upload(
            Bucket=bucket.name, Key=upload.key, UploadId=upload.id))
    except Missing:
        return  # somebody was faster


async def _begin(bucket: Bucket, key: str, hashes: Hashes) -> Upload:
    try:
        return await _create(bucket, key, hashes, {"ChecksumAlgorithm": SHA256})
    except Invalid:
        return await _create(bucket, key, hashes, {})  # not every service knows more than MD5


async def _create(bucket: Bucket, key: str, hashes: Hashes, more: dict[str, str]) -> Upload:
    metadata = {"sha256": hashes.sha256}
    created = await bucket.ask(lambda client: client.create_multipart_upload(
        Bucket=bucket.name, Key=key, ContentType=_content_type(key), Metadata=metadata, **more))
    return Upload(key, created["UploadId"], datetime.min, bool(more))


async def _kept(bucket: Bucket, upload: Upload, hashes: Hashes) -> dict[int, str]:
    """Return the ETags of the parts, by number, that the service has as they should be."""
    if upload.began is datetime.min:
        return {}
    wanted = {part.number: part for part in hashes.parts}
    listed = await bucket.list_all("list_parts", "Parts", Key=upload.key, UploadId=upload.id)
    return {item["PartNumber"]: item["ETag"] for item in listed
            if (part := wanted.get(item["PartNumber"])) and _is_same(item, part)}


def _is_same(item: dict[str, Any], part: PartHashes) -> bool:
    kept = item.get("ChecksumSHA256")
    is_right = kept == base64(part.sha256) if kept else item["ETag"].strip('"') == part.md5.hex()
    return bool(is_right and item["Size"] == part.size)


async def _send_part(bucket: Bucket, path: Path, upload: Upload, part: PartHashes) -> str:
    """Send one part and return its ETag. The service compares it with its hashes before it takes it."""
    hashes = {"ContentMD5": base64(part.md5)} | _sha256(upload, part)

    async def work(client: Any) -> str:
        with Window(path, part.offset, part.size) as body:
            answer = await client.upload_part(
                Bucket=bucket.name, Key=upload.key, UploadId=upload.id, PartNumber=part.number,
                Body=body, ContentLength=part.size, **hashes)
        return str(answer["ETag"])

    return await bucket.ask(work, PART_SECONDS)


async def _complete(bucket: Bucket, upload: Upload, parts: list[dict[str, Any]]) -> None:
    try:
        await bucket.ask(lambda client: client.complete_multipart_upload(
            Bucket=bucket.name, Key=upload.key, UploadId=upload.id, MultipartUpload={"Parts": parts},
        ), COMPLETE_SECONDS)
    except Missing:
        return  # an earlier try got through and only its answer was lost; who checks the object will see


def _named(upload: Upload, part: PartHashes, etag: str) -> dict[str, Any]:
    return {"PartNumber": part.number, "ETag": etag} | _sha256(upload, part)


def _sha256(upload: Upload, part: PartHashes) -> dict[str, str]:
    return {"ChecksumSHA256": base64(part.sha256)} if upload.has_sha256 else {}


def _content_type(key: str) -> str:
    return "video/webm" if key.endswith(".webm") else "video/mp4"

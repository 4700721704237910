"""The bucket of an S3-compatible service: asked with timeouts, a few times, and answering in our errors.

The only module that knows aiobotocore. Each request is tried by us alone, so that what is sent twice can be
counted; checksums that newer clients add on their own are left off, because services that are not Amazon's
refuse them. What is sent is guarded by hashes in signed headers instead of a hash in the signature, which
would be computed on the event loop.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any, TypeVar
from urllib.parse import urlsplit

import aiohttp
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection
from botocore.parsers import ResponseParserError

from config.errors import Busy, Denied, FairError, Invalid, Missing
from config.settings import StorageSettings

CONNECT_SECONDS = 5.0
SILENT_SECONDS = 20.0
"""An answer that stops coming for so long is given up."""
ANSWER_SECONDS = 30.0
"""A request with little in it has taken so long at most."""
PAUSES = (0.2, 1.0, 3.0)
"""Seconds between the tries of one request, each stretched or shrunk by up to a third."""
CONNECTIONS = 16
REGION = "us-east-1"
"""Where nothing says otherwise; services that are not Amazon's do not care."""

OUT_OF_RANGE_CODE = "storage_range"
NOT_OFFERED_CODE = "storage_not_offered"

AWAY = (HTTPClientError, NoConnection, ResponseParserError, aiohttp.ClientError, TimeoutError)
PASSING = ("RequestTimeout", "SlowDown", "InternalError", "ServiceUnavailable", "BadDigest", "IncompleteBody",
           "OperationAborted", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch")
ABSENT = ("404", "NoSuchKey", "NoSuchUpload", "NoSuchVersion")
NOT_OFFERED = ("NotImplemented", "MethodNotAllowed", "501", "405")

Meaning = tuple[type[FairError], str, str]

AWAY_AGAIN: Meaning = (Busy, "storage_away", "The object store is busy")
"""What may be otherwise the next time: the service is busy, or what we sent was damaged on its way."""
REFUSED: Meaning = (Invalid, "storage_refused", "The object store refuses this")
BY_CODE: dict[str, Meaning] = {
    **dict.fromkeys(PASSING, AWAY_AGAIN),
    **dict.fromkeys(ABSENT, (Missing, "no_section", "There is no such section")),
    **dict.fromkeys(NOT_OFFERED, (Invalid, NOT_OFFERED_CODE, "The object store does not offer this")),
    "NoSuchBucket": (Invalid, "storage_bucket", "storage.url names a bucket that does not exist"),
    "InvalidRange": (Invalid, OUT_OF_RANGE_CODE, "The object ends before this range"),
}
DENIED: Meaning = (Denied, "storage_denied", "The object store refuses us")
BY_STATUS: dict[int, Meaning] = {
    401: DENIED, 403: DENIED, **dict.fromkeys((429, 500, 502, 503, 504), AWAY_AGAIN),
}

Result = TypeVar("Result")


class Bucket:
    """One bucket, and the prefix in it that is ours: `start` it, `close` it."""

    def __init__(self, settings: StorageSettings, pauses: tuple[float, ...] = PAUSES) -> None:
        self.name, self.prefix = _parse(settings.url)
        if bool(settings.access_key) != bool(settings.secret_key):
            raise Invalid("storage.access_key and storage.secret_key must both be set, or neither")
        self._settings = settings
        self._pauses = pauses
        self._stack = AsyncExitStack()
        self._client: Any = None

    async def start(self) -> None:
        """Make the client; nothing is sent yet."""
        session = get_session()
        settings = self._settings
        self._client = await self._stack.enter_async_context(session.create_client(
            "s3", region_name=session.get_config_variable("region") or REGION,
            endpoint_url=settings.endpoint or None, aws_access_key_id=settings.access_key or None,
            aws_secret_access_key=settings.secret_key or None, config=_config(bool(settings.endpoint)),
        ))

    async def close(self) -> None:
        """Close the connections."""
        await self._stack.aclose()

    def key(self, name: str) -> str:
        """Return the key of the object with a name of ours."""
        return f"{self.prefix}/{name}" if self.prefix else name

    async def ask(self, work: Callable[[Any], Awaitable[Result]], seconds: float = ANSWER_SECONDS) -> Result:
        """Return what `work` makes of the client; called anew for every try of `seconds` at most.

        Raises `Missing`, `Denied` or `Invalid` as the service says, `Busy` when it does not answer.
        """
        for pause in (*self._pauses, None):
            try:
                async with asyncio.timeout(seconds):
                    return await work(self._client)
            except ClientError as error:
                reason = _refusal(error)
            except AWAY as error:
                reason = Busy(f"The object store is away: {type(error).__name__}", code="storage_away")
            except BotoCoreError as error:
                reason = Denied(f"The object store cannot be asked: {error}", code="storage_denied")
            if not isinstance(reason, Busy) or pause is None:
                raise reason
            await asyncio.sleep(pause * random.uniform(0.67, 1.33))
        raise AssertionError("unreachable")

    async def list_all(self, operation: str, *fields: str, **arguments: Any) -> list[dict[str, Any]]:
        """Return what all pages of a listing hold in `fields`."""
        async def work(client: Any) -> list[dict[str, Any]]:
            pages = client.get_paginator(operation).paginate(Bucket=self.name, **arguments)
            return [item async for page in pages for field in fields for item in page.get(field, ())]

        return await self.ask(work)


def _parse(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.netloc or parts.query or parts.fragment:
        raise Invalid("storage.url must be like s3://bucket/prefix")
    return parts.netloc, parts.path.strip("/")


def _config(is_foreign: bool) -> AioConfig:
    """Return how to talk to the service; one that is not Amazon's has the bucket in the path."""
    return AioConfig(
        connect_timeout=CONNECT_SECONDS, read_timeout=SILENT_SECONDS, max_pool_connections=CONNECTIONS,
        retries={"total_max_attempts": 1, "mode": "standard"},
        request_checksum_calculation="when_required", response_checksum_validation="when_required",
        s3={"payload_signing_enabled": False, "addressing_style": "path" if is_foreign else "auto"},
    )


def _refusal(error: ClientError) -> FairError:
    """Translate what the service says into one of our errors."""
    said = str(error.response.get("Error", {}).get("Code", ""))
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    kind, code, message = BY_CODE.get(said) or BY_STATUS.get(status, REFUSED)
    return kind(f"{message}: {said or status}", code=code)

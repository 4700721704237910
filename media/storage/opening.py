"""Opens the object store that the settings name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from config.settings import StorageSettings

if TYPE_CHECKING:
    from media.storage.objects import ObjectStore


@asynccontextmanager
async def open_objects(settings: StorageSettings) -> AsyncIterator[ObjectStore | None]:
    """Give the store at `storage.url` until the block ends, or None when recordings stay in the data folder.

    Nothing is sent yet: a service that is away does not keep the fair closed. Raises `Invalid` for a bad URL.
    """
    if not settings.url:
        yield None
        return
    from media.storage.bucket import Bucket  # only here, because the client costs memory that most fairs save
    from media.storage.objects import ObjectStore

    bucket = Bucket(settings)
    await bucket.start()
    try:
        yield ObjectStore(bucket)
    finally:
        await bucket.close()

"""The data folder: made if missing, held by one server at a time, with the secret key made once in it."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from config.errors import Conflict, Invalid
from config.settings import Settings

KEY_FILE = "secret.key"
SEAL_FILE = "stills.key"
LOCK_FILE = "server.lock"
NODE_FILE = "node.id"
SQLITE_FILE = "fair.sqlite3"
RECORDINGS = "recordings"
TRANSCODES = "transcodes"
LAYERS = "layers"
CALL_FILES = "call-files"


def prepare(settings: Settings) -> Settings:
    """Make the folder, and return the settings with the secret key and the database filled in from it."""
    folder = settings.data.folder.absolute()
    try:
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        key = settings.secrets.key or _key(folder / KEY_FILE)
    except OSError as error:
        raise Invalid(f"data.folder {folder} cannot be used: {error.strerror}") from None
    url = settings.database.url or f"sqlite+aiosqlite:///{folder / SQLITE_FILE}"
    return replace(
        settings,
        data=replace(settings.data, folder=folder),
        secrets=replace(settings.secrets, key=key),
        database=replace(settings.database, url=url),
    )


def seal_key(folder: Path) -> bytes:
    """Return the private key that signs stills, 32 bytes; made once, and worth a copy."""
    try:
        return bytes.fromhex(_key(folder / SEAL_FILE, secrets.token_hex, 32))
    except (OSError, ValueError) as error:
        raise Invalid(f"{folder / SEAL_FILE} is not a key: {error}") from None


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Keep other servers off `folder` for the block; the kernel lets go if this process is killed."""
    with (folder / LOCK_FILE).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(
                f"another server works in {folder}: stop it, or give this one a folder of its own"
                " with SHOWROOM_DATA_FOLDER"
            ) from None
        yield


def node_of(folder: Path) -> str:
    """Return who works in `folder`, made once: recordings that lie here are this node's."""
    return _key(folder / NODE_FILE)


def _key(path: Path, make: Callable[[int], str] = secrets.token_urlsafe, size: int = 48) -> str:
    """Return the random text in `path`; the first to come makes it, readable by its owner only."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text("ascii").strip()
    with os.fdopen(descriptor, "w") as file:
        key = make(size)
        file.write(key)
    return key

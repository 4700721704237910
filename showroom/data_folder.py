"""The data folder: made if missing, held by one server at a time, with the keys made once in it."""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from config.errors import Conflict, Invalid, Missing
from config.settings import Settings

LOCK_FILE = "server.lock"
SQLITE_FILE = "fair.sqlite3"
RECORDINGS = "recordings"
TRANSCODES = "transcodes"
LAYERS = "layers"
CALL_FILES = "call-files"


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A random text that is made once: how it looks, and what becomes of the fair with another one."""

    name: str
    make: Callable[[], str]
    pattern: re.Pattern[str]
    loss: str


SECRET = KeyFile(
    "secret.key", lambda: secrets.token_urlsafe(48), re.compile(r".{32,}"), "everybody signs in again"
)
SEAL = KeyFile(
    "stills.key", lambda: secrets.token_hex(32), re.compile(r"[0-9a-fA-F]{64}"),
    "what the old one sealed, stills and signatures, is genuine no more",
)
NODE = KeyFile(
    "node.id", lambda: secrets.token_urlsafe(48), re.compile(r".{32,}"),
    "recordings that lie here are kept and deleted by nobody any more",
)


def located(settings: Settings) -> Settings:
    """Return the settings with the whole path of the folder and the database filled in; makes nothing."""
    folder = settings.data.folder.absolute()
    url = settings.database.url or f"sqlite+aiosqlite:///{folder / SQLITE_FILE}"
    return replace(
        settings, data=replace(settings.data, folder=folder), database=replace(settings.database, url=url)
    )


def prepare(settings: Settings) -> Settings:
    """Make the folder, and return the settings with the secret key and the database filled in from it."""
    settings = located(settings)
    folder = settings.data.folder
    with _usable(folder):
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    key = settings.secrets.key or _key(folder, SECRET)
    return replace(settings, secrets=replace(settings.secrets, key=key))


def seal_key(folder: Path, *, may_make: bool = True) -> bytes:
    """Return the private key that signs stills, 32 bytes; made once, and worth a copy.

    Where it may not be made `Missing` says that there is none.
    """
    path = folder / SEAL.name
    if not may_make and not path.exists():
        raise Missing(f"there is no {path}: put the fair's own there, from its folder or a copy of that")
    return bytes.fromhex(_key(folder, SEAL))


def node_of(folder: Path) -> str:
    """Return who works in `folder`, made once: recordings that lie here are this node's."""
    return _key(folder, NODE)


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Keep other servers off `folder` for the block; the kernel lets go if this process is killed."""
    path = folder / LOCK_FILE
    with _usable(path):
        lock = path.open("w")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(
                f"another server works in {folder}: stop it, or give this one a folder of its own"
                " with SHOWROOM_DATA_FOLDER"
            ) from None
        yield


def put_once(path: Path, content: bytes) -> None:
    """Put a file there whole or not at all, for its owner only; the first to come stays.

    It is on the disk afterwards, whatever becomes of the power.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent)  # for its owner only, as it makes all files
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        with suppress(FileExistsError):
            os.link(name, path)
    finally:
        os.unlink(name)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _key(folder: Path, kind: KeyFile) -> str:
    """Return the random text in a file of `folder`; the first to come makes it."""
    path = folder / kind.name
    with _usable(path):
        if not path.exists():
            put_once(path, kind.make().encode("ascii"))
        key = path.read_text("ascii", "replace").strip()
    if not kind.pattern.fullmatch(key):
        raise Invalid(
            f"{path} is no whole key: put a copy of it back, or delete it and another one is made, but then"
            f" {kind.loss}"
        )
    return key


@contextmanager
def _usable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Invalid(
            f"{path} cannot be used: {error.strerror}; data.folder must be one that the server may write into"
        ) from None

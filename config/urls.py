"""What the URLs in the settings must be; refused by the name of the key, and without the password in them.

Those of the stores are read by the libraries that will read them, which are loaded only where one is set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from config.errors import Invalid

if TYPE_CHECKING:
    from config.settings import Settings

WEB = ("http://", "https://")
ESCAPED = "what is special in its password is escaped, / as %2F and @ as %40"


def check_urls(settings: Settings) -> None:
    """Raise `Invalid` for the first URL that cannot be."""
    _check_schemes(settings)
    for name, url in (
        ("http.public_url", settings.http.public_url),
        *(("http.allowed_origins", origin) for origin in settings.http.allowed_origins),
    ):
        if url and not _is_origin(url):
            raise Invalid(f"{name} must be like https://fair.example, with a host and without a path")
    for name, url in (
        ("storage.endpoint", settings.storage.endpoint), ("seal.timestamp_url", settings.seal.timestamp_url)
    ):
        if url and _parts(url) is None:
            raise Invalid(f"{name} must be like https://service.example, with a host")
    _check_storage(settings.storage.url)
    _check_redis(settings.redis.url)
    _check_database(settings.database.url)


def _check_schemes(settings: Settings) -> None:
    stores = ("redis://", "rediss://", "unix://")
    databases = ("sqlite+aiosqlite://", "postgresql+asyncpg://")
    for name, url, schemes in (
        ("http.public_url", settings.http.public_url, WEB),
        *(("http.allowed_origins", origin, WEB) for origin in settings.http.allowed_origins),
        ("redis.url", settings.redis.url, stores),
        ("database.url", settings.database.url, databases),
        ("storage.url", settings.storage.url, ("s3://",)),
        ("storage.endpoint", settings.storage.endpoint, WEB),
        ("seal.timestamp_url", settings.seal.timestamp_url, WEB),
        *(("turn.urls", url, ("turn:", "turns:", "stun:")) for url in settings.turn.urls),
    ):
        if url and not url.startswith(schemes):
            raise Invalid(f"{name} must begin with {' or '.join(schemes)}")


def _is_origin(url: str) -> bool:
    parts = _parts(url)
    if parts is None or parts.path not in ("", "/"):
        return False
    return not (parts.query or parts.fragment or "@" in parts.netloc)


def _parts(url: str) -> SplitResult | None:
    """Return the parts of a URL with a host, or None: a port that is no number makes it none, too."""
    try:
        parts = urlsplit(url)
        return parts if parts.hostname and parts.port != 0 else None
    except ValueError:
        return None


def _check_storage(url: str) -> None:
    parts = urlsplit(url)
    if url and (not parts.netloc or parts.query or parts.fragment):
        raise Invalid("storage.url must be like s3://bucket/prefix")


def _check_redis(url: str) -> None:
    if not url:
        return
    from redis.asyncio import ConnectionPool

    try:
        pool = ConnectionPool.from_url(url)
        pool.connection_class(**pool.connection_kwargs)  # which connects nowhere yet
    except (ValueError, TypeError):
        raise Invalid(f"redis.url must be like redis://:PASSWORD@cache:6379/0; {ESCAPED}") from None


def _check_database(url: str) -> None:
    if not url:
        return
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        parts = make_url(url)
    except (ArgumentError, ValueError):
        message = f"database.url must be like postgresql+asyncpg://fair:PASSWORD@db:5432/fair; {ESCAPED}"
        raise Invalid(message) from None
    if parts.get_backend_name() == "sqlite" and parts.database in (None, "", ":memory:"):
        raise Invalid("database.url must name a file, like sqlite+aiosqlite:////var/lib/fair.sqlite3")

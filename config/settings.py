"""The settings: read once at start from defaults, a file and the environment, and typed from then on.

`defaults.toml` beside this file holds every key with its default and its meaning. A file named on the
command line goes over it, `SHOWROOM_<SECTION>_<KEY>` over both. Unknown keys and wrong types are refused
with the name of the key, so that a typing mistake never becomes a silent default.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from importlib import resources
from pathlib import Path
from typing import Any, get_type_hints

from config.errors import Invalid


@dataclass(frozen=True, slots=True)
class HttpSettings:
    host: str
    port: int
    public_url: str
    trusted_proxies: tuple[str, ...]
    allowed_origins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DataSettings:
    folder: Path


@dataclass(frozen=True, slots=True)
class DatabaseSettings:
    url: str


@dataclass(frozen=True, slots=True)
class RedisSettings:
    url: str
    timeout_seconds: float


@dataclass(frozen=True, slots=True)
class SecretSettings:
    key: str


@dataclass(frozen=True, slots=True)
class IceSettings:
    host: str
    port: int
    advertise: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MediaSettings:
    pending_seconds: float
    consent_seconds: float
    stall_seconds: float
    keyframe_seconds: float
    backlog_packets: int
    start_bitrate_kbps: int
    max_bitrate_kbps: int
    max_pending: int
    max_pending_per_address: int
    max_sessions: int


@dataclass(frozen=True, slots=True)
class TurnSettings:
    urls: tuple[str, ...]
    secret: str
    ttl_seconds: int


@dataclass(frozen=True, slots=True)
class ShowSettings:
    grace_seconds: float
    thumbnail_seconds: float


@dataclass(frozen=True, slots=True)
class CallSettings:
    ring_seconds: float
    reload_seconds: float
    seat_seconds: float


@dataclass(frozen=True, slots=True)
class ChatSettings:
    history: int
    max_length: int
    posts_per_10_seconds: int


@dataclass(frozen=True, slots=True)
class AccountSettings:
    session_hours: int
    ticket_seconds: int
    publish_hours: int
    sign_ins_per_minute: int


@dataclass(frozen=True, slots=True)
class LogSettings:
    level: str
    format: str


@dataclass(frozen=True, slots=True)
class LocaleSettings:
    default: str


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of one server, by section; see `defaults.toml` for the meaning of each key."""

    http: HttpSettings
    data: DataSettings
    database: DatabaseSettings
    redis: RedisSettings
    secrets: SecretSettings
    ice: IceSettings
    media: MediaSettings
    turn: TurnSettings
    shows: ShowSettings
    calls: CallSettings
    chat: ChatSettings
    accounts: AccountSettings
    log: LogSettings
    locale: LocaleSettings

    @property
    def public_url(self) -> str:
        """How people reach the fair, without a slash at the end."""
        return (self.http.public_url or f"http://{self.http.host}:{self.http.port}").rstrip("/")


def load_settings(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings from defaults, the file at `path` and `SHOWROOM_…` variables, in that order.

    Raises `Invalid` with the name of the key that is unknown, of the wrong type or out of bounds.
    """
    values = default_values()
    if path is not None:
        _lay_over(values, _read(path))
    _lay_over(values, _from_environment(values, environ or {}))
    settings = Settings(**{section.name: _section(section.name, values) for section in fields(Settings)})
    _check(settings)
    return settings


def default_values() -> dict[str, dict[str, Any]]:
    """Return what `defaults.toml` says, by section and key."""
    return tomllib.loads(resources.files("config").joinpath("defaults.toml").read_text("utf-8"))


def _read(path: Path) -> dict[str, dict[str, Any]]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise Invalid(f"cannot read {path}: {error.strerror}") from None
    except tomllib.TOMLDecodeError as error:
        raise Invalid(f"{path} is not TOML: {error}") from None


def _from_environment(known: Mapping[str, Mapping[str, Any]], environ: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    names = {f"SHOWROOM_{s}_{k}".upper(): (s, k) for s, keys in known.items() for k in keys}
    found: dict[str, dict[str, Any]] = {}
    for name, text in environ.items():
        if not name.startswith("SHOWROOM_"):
            continue
        if name not in names:
            raise Invalid(f"{name} is no setting; config/defaults.toml lists them all")
        section, key = names[name]
        found.setdefault(section, {})[key] = _parse(name, text, known[section][key])
    return found


def _parse(name: str, text: str, default: object) -> object:
    try:
        if isinstance(default, bool):
            return {"true": True, "1": True, "false": False, "0": False}[text.lower()]
        if isinstance(default, int | float):
            return type(default)(text)
    except (KeyError, ValueError):
        raise Invalid(f"{name} must be a {type(default).__name__}, not {text!r}") from None
    if isinstance(default, list):
        return [part.strip() for part in text.split(",") if part.strip()]
    return text


def _lay_over(values: dict[str, dict[str, Any]], over: Mapping[str, Any]) -> None:
    for section, keys in over.items():
        if section not in values or not isinstance(keys, dict):
            raise Invalid(f"[{section}] is no section; config/defaults.toml lists them all")
        for key, value in keys.items():
            if key not in values[section]:
                raise Invalid(f"{section}.{key} is no setting; config/defaults.toml lists them all")
            values[section][key] = _same_type(f"{section}.{key}", value, values[section][key])


def _same_type(name: str, value: object, default: object) -> object:
    if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not type(default):
        raise Invalid(f"{name} must be a {type(default).__name__}, not {value!r}")
    return value


def _section(name: str, values: Mapping[str, Mapping[str, Any]]) -> Any:
    cls = get_type_hints(Settings)[name]
    convert = {tuple: tuple, Path: Path}
    kinds = get_type_hints(cls)
    return cls(**{k: convert.get(getattr(kinds[k], "__origin__", kinds[k]), lambda v: v)(v)
                  for k, v in values[name].items()})


def _check(settings: Settings) -> None:
    for name, port in (("http.port", settings.http.port), ("ice.port", settings.ice.port)):
        if not 0 <= port <= 65535:
            raise Invalid(f"{name} must be a port from 0 (any free one) to 65535, not {port}")
    if settings.log.level not in ("debug", "info", "warning", "error"):
        raise Invalid(f"log.level must be debug, info, warning or error, not {settings.log.level!r}")
    if settings.log.format not in ("json", "text"):
        raise Invalid(f"log.format must be json or text, not {settings.log.format!r}")
    if settings.locale.default not in ("en", "zh", "ar"):
        raise Invalid(f"locale.default must be en, zh or ar, not {settings.locale.default!r}")
    if settings.secrets.key and len(settings.secrets.key) < 32:
        raise Invalid("secrets.key must have at least 32 characters; leave it empty to have one made")
    if settings.turn.urls and not settings.turn.secret:
        raise Invalid("turn.secret must be set when turn.urls are: it is coturn's static-auth-secret")

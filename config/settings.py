"""The settings: read once at start from defaults, a file and the environment, and typed from then on.

`defaults.toml` beside this file holds every key with its default and its meaning. A file named on the
command line goes over it, `SHOWROOM_<SECTION>_<KEY>` over both. Unknown keys and wrong types are refused
with the name of the key, so that a typing mistake never becomes a silent default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, get_type_hints

from config.checks import check
from config.sources import read_values


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
    tcp: bool


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
    fanout_threads: int


@dataclass(frozen=True, slots=True)
class TurnSettings:
    urls: tuple[str, ...]
    secret: str
    ttl_seconds: int


@dataclass(frozen=True, slots=True)
class ShowSettings:
    grace_seconds: float
    thumbnail_seconds: float
    remind_minutes: float


@dataclass(frozen=True, slots=True)
class RecordingSettings:
    enabled: bool
    segment_seconds: float
    sync_seconds: float
    queue_kb: int
    min_free_mb: int
    quota_gb: float
    keep_days: float
    max_hours: float


@dataclass(frozen=True, slots=True)
class HlsSettings:
    enabled: bool
    window_seconds: float
    transcode_vp8: bool
    key_hours: float


@dataclass(frozen=True, slots=True)
class StorageSettings:
    url: str
    endpoint: str
    access_key: str
    secret_key: str


@dataclass(frozen=True, slots=True)
class CallSettings:
    ring_seconds: float
    wait_seconds: float
    again_seconds: float
    files_per_minute: int
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
class SealSettings:
    certificate: str
    key: str
    timestamp_url: str


@dataclass(frozen=True, slots=True)
class MailSettings:
    host: str
    port: int
    tls: str
    user: str
    password: str
    sender: str


@dataclass(frozen=True, slots=True)
class AppointmentSettings:
    slot_minutes: int
    hold_hours: float
    notice_minutes: float
    horizon_days: int
    remind_minutes: float
    no_show_minutes: float


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
    recording: RecordingSettings
    hls: HlsSettings
    storage: StorageSettings
    calls: CallSettings
    chat: ChatSettings
    accounts: AccountSettings
    log: LogSettings
    locale: LocaleSettings
    seal: SealSettings
    mail: MailSettings
    appointments: AppointmentSettings

    @property
    def public_url(self) -> str:
        """How people reach the fair, without a slash at the end."""
        return (self.http.public_url or f"http://{self.http.host}:{self.http.port}").rstrip("/")


def load_settings(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings from defaults, the file at `path` and `SHOWROOM_…` variables, in that order.

    Raises `Invalid` with the name of the key that is unknown, of the wrong type or out of bounds.
    """
    values = read_values(path, environ or {})
    settings = Settings(**{section.name: _section(section.name, values) for section in fields(Settings)})
    check(settings)
    return settings


def _section(name: str, values: Mapping[str, Mapping[str, Any]]) -> Any:
    """Build the dataclass of one section; TOML's lists become tuples, and folders become paths."""
    cls = get_type_hints(Settings)[name]
    kinds = get_type_hints(cls)
    return cls(**{key: _convert(value, kinds[key]) for key, value in values[name].items()})


def _convert(value: Any, kind: object) -> Any:
    if isinstance(value, list):
        return tuple(value)
    return Path(value) if kind is Path else value

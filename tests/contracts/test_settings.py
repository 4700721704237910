"""The settings: one commented file is the whole reference, and a mistake is refused by name."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from config.errors import Invalid
from config.settings import Settings, load_settings
from config.sources import default_values, variable_names
from tests.contracts.source import ROOT

DEFAULTS = (ROOT / "config" / "defaults.toml").read_text("utf-8")


def test_dataclasses_hold_exactly_the_keys_of_the_defaults_file() -> None:
    """No key is typed but not documented, or documented but not typed; even the order is the same."""
    sections = get_type_hints(Settings)
    typed = {name: [field.name for field in fields(sections[name])] for name in sections}
    assert typed == {section: list(keys) for section, keys in default_values().items()}


def test_defaults_load_and_have_the_types_of_the_dataclasses() -> None:
    """What the file says by default is valid by the rules for everybody."""
    kinds: dict[str, type] = {"str": str, "int": int, "float": float, "bool": bool, "Path": Path}
    settings = load_settings()
    for section in fields(settings):
        part = getattr(settings, section.name)
        for key, kind in get_type_hints(type(part)).items():
            expected = kinds.get(getattr(kind, "__name__", ""), tuple)
            assert isinstance(getattr(part, key), expected), f"{section.name}.{key}"


def test_every_key_has_a_comment() -> None:
    """Each line that sets a key says what it means, and in which unit if its name does not."""
    lines = [line for line in DEFAULTS.splitlines() if re.match(r"\w+ = ", line)]
    assert len(lines) == sum(len(keys) for keys in default_values().values())
    assert [line for line in lines if not re.search(r"\s# \w.{7,}", line)] == []


def test_environment_wins_over_file_and_file_over_default(tmp_path: Path) -> None:
    """Three layers, the nearer to the operator the stronger."""
    file = tmp_path / "my.toml"
    file.write_text('[http]\nport = 9000\nhost = "0.0.0.0"\n[calls]\nring_seconds = 5\n')
    settings = load_settings(file, {"SHOWROOM_HTTP_PORT": "9001", "PATH": "/bin"})
    assert (settings.http.port, settings.http.host) == (9001, "0.0.0.0")
    assert settings.calls.ring_seconds == 5.0
    assert settings.ice.port == load_settings().ice.port


def test_every_key_can_be_set_by_its_variable() -> None:
    """A variable with the default's own text is taken for each key there is."""
    values = default_values()
    for variable, (section, key) in variable_names(values).items():
        default = values[section][key]
        text = ",".join(default) if isinstance(default, list) else str(default)
        assert load_settings(None, {variable: text}) == load_settings()


def test_lists_are_separated_by_commas_in_the_environment() -> None:
    """Spaces around the parts do not count."""
    settings = load_settings(None, {"SHOWROOM_ICE_ADVERTISE": "192.0.2.1, 2001:db8::1"})
    assert settings.ice.advertise == ("192.0.2.1", "2001:db8::1")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[htp]\nport = 1", "[htp]"),
        ("[http]\nprot = 1", "http.prot"),
        ('[http]\nport = "80"', "http.port"),
        ("[http]\nport = true", "http.port"),
        ("[http]\nport = 70000", "http.port"),
        ("[ice]\nport = -1", "ice.port"),
        ("[ice]\nadvertise = [1]", "ice.advertise"),
        ("[shows]\ngrace_seconds = -1", "shows.grace_seconds"),
        ("[calls]\nring_seconds = nan", "calls.ring_seconds"),
        ("[media]\nmax_sessions = 0", "media.max_sessions"),
        ("http = 1", "[http]"),
        ("[http", "is not TOML"),
    ],
)
def test_mistake_in_the_file_is_refused_by_name(tmp_path: Path, text: str, named: str) -> None:
    """A typing mistake never becomes a silent default."""
    file = tmp_path / "my.toml"
    file.write_text(text)
    with pytest.raises(Invalid, match=re.escape(named)):
        load_settings(file)


@pytest.mark.parametrize(
    ("variable", "text", "named"),
    [
        ("SHOWROOM_HTTP_PROT", "1", "SHOWROOM_HTTP_PROT"),
        ("SHOWROOM_HTTP_PORT", "eighty", "SHOWROOM_HTTP_PORT"),
        ("SHOWROOM_HTTP_PUBLIC_URL", "fair.example", "http.public_url"),
        ("SHOWROOM_HTTP_TRUSTED_PROXIES", "10.0.0.0/33", "http.trusted_proxies"),
        ("SHOWROOM_HTTP_ALLOWED_ORIGINS", "*", "http.allowed_origins"),
        ("SHOWROOM_ICE_HOST", "localhost", "ice.host"),
        ("SHOWROOM_ICE_HOST", "0.0.0.0", "ice.advertise"),
        ("SHOWROOM_REDIS_URL", "http://cache", "redis.url"),
        ("SHOWROOM_DATABASE_URL", "mysql://db/fair", "database.url"),
        ("SHOWROOM_CALLS_RING_SECONDS", "inf", "calls.ring_seconds"),
        ("SHOWROOM_SECRETS_KEY", "short", "secrets.key"),
        ("SHOWROOM_TURN_URLS", "turn:turn.example:3478", "turn.secret"),
        ("SHOWROOM_SEAL_CERTIFICATE", "fair.pem", "seal.key"),
        ("SHOWROOM_SEAL_TIMESTAMP_URL", "tsa.example", "seal.timestamp_url"),
        ("SHOWROOM_LOG_LEVEL", "loud", "log.level"),
        ("SHOWROOM_LOG_FORMAT", "xml", "log.format"),
        ("SHOWROOM_LOCALE_DEFAULT", "tlh", "locale.default"),
        ("SHOWROOM_HTTP_PUBLIC_URL", "https://", "http.public_url"),
        ("SHOWROOM_HTTP_PUBLIC_URL", "https://fair.example/sub", "http.public_url"),
        ("SHOWROOM_HTTP_PUBLIC_URL", "https://fair.example:x", "http.public_url"),
        ("SHOWROOM_HTTP_PUBLIC_URL", "https://fair:pass@fair.example", "http.public_url"),
        ("SHOWROOM_HTTP_ALLOWED_ORIGINS", "https://a.example,https://b.example/sub", "http.allowed_origins"),
        ("SHOWROOM_ICE_ADVERTISE", "192.0.2.1,0.0.0.0", "ice.advertise"),
        ("SHOWROOM_ICE_ADVERTISE", "::", "ice.advertise"),
        ("SHOWROOM_REDIS_URL", "redis://cache:abc/0", "redis.url"),
        ("SHOWROOM_REDIS_URL", "redis://:hunter/2@cache/0", "redis.url"),
        ("SHOWROOM_REDIS_URL", "redis://cache/0?user=fair&password=x", "redis.url"),
        ("SHOWROOM_DATABASE_URL", "postgresql+asyncpg://u:p@h:1x/d", "database.url"),
        ("SHOWROOM_DATABASE_URL", "sqlite+aiosqlite://", "database.url"),
        ("SHOWROOM_DATABASE_URL", "sqlite+aiosqlite:///:memory:", "database.url"),
        ("SHOWROOM_STORAGE_URL", "s3://", "storage.url"),
        ("SHOWROOM_STORAGE_URL", "s3:///prefix", "storage.url"),
        ("SHOWROOM_STORAGE_ENDPOINT", "https://", "storage.endpoint"),
        ("SHOWROOM_SEAL_TIMESTAMP_URL", "https://tsa.example:x", "seal.timestamp_url"),
        ("SHOWROOM_MAIL_SENDER", "The fair fair@fair.example", "mail.sender"),
        ("SHOWROOM_MAIL_SENDER", "fair@", "mail.sender"),
        ("SHOWROOM_MAIL_SENDER", "@fair.example", "mail.sender"),
        ("SHOWROOM_MAIL_SENDER", "Fair <fair@messe.m\u00fcnchen>", "mail.sender"),
        ("SHOWROOM_MAIL_SENDER", "Fair, Ltd <fair@fair.example>", "mail.sender"),
        ("SHOWROOM_MEDIA_START_BITRATE_KBPS", "9999", "media.start_bitrate_kbps"),
    ],
)
def test_mistake_in_the_environment_is_refused_by_name(variable: str, text: str, named: str) -> None:
    """The message names what to change."""
    with pytest.raises(Invalid, match=re.escape(named)):
        load_settings(None, {variable: text})


@pytest.mark.parametrize(
    "sender",
    ["fair@fair.example", "The fair <f@fair.example>", '"Fair, Ltd" <f@fair.example>', "博览会 <f@x.cn>"],
)
def test_sender_of_mails_may_have_any_name(sender: str) -> None:
    assert load_settings(None, {"SHOWROOM_MAIL_SENDER": sender}).mail.sender == sender


@pytest.mark.parametrize(
    ("http_host", "ice_host", "tcp", "is_refused"),
    [
        ("127.0.0.1", "127.0.0.1", "true", True),
        ("0.0.0.0", "192.0.2.1", "true", True),
        ("::", "192.0.2.1", "true", True),
        ("127.0.0.1", "192.0.2.1", "true", False),
        ("127.0.0.1", "127.0.0.1", "false", False),
    ],
)
def test_pages_and_media_need_ports_of_their_own_where_both_take_tcp(
    http_host: str, ice_host: str, tcp: str, is_refused: bool
) -> None:
    """At two addresses of the machine, or without TCP, one number is no hindrance."""
    environ = {
        "SHOWROOM_HTTP_HOST": http_host, "SHOWROOM_ICE_HOST": ice_host, "SHOWROOM_ICE_TCP": tcp,
        "SHOWROOM_HTTP_PORT": "8443", "SHOWROOM_ICE_PORT": "8443",
    }
    if not is_refused:
        assert load_settings(None, environ).ice.port == 8443
        return
    with pytest.raises(Invalid, match=r"http\.port and ice\.port must differ"):
        load_settings(None, environ)


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("SHOWROOM_SECRETS_KEY", "hunter2"),
        ("SHOWROOM_REDIS_URL", "redis://:hunter2/@cache/0"),
        ("SHOWROOM_REDIS_URL", "http://:hunter2@cache/0"),
        ("SHOWROOM_DATABASE_URL", "postgresql+asyncpg://u:hunter2@h:1x/d"),
        ("SHOWROOM_STORAGE_ENDPOINT", "https://u:hunter2@:1"),
    ],
)
def test_secret_is_not_repeated_in_the_refusal(variable: str, text: str) -> None:
    """What is wrong does not end up in a log, neither in the sentence nor in a cause of it."""
    with pytest.raises(Invalid) as refused:
        load_settings(None, {variable: text})
    assert "hunter2" not in refused.value.message
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("SHOWROOM_HTTP_PUBLIC_URL", "https://fair.example:8443/"),
        ("SHOWROOM_HTTP_PUBLIC_URL", "http://[2001:db8::1]:8080"),
        ("SHOWROOM_REDIS_URL", "redis://:hunter%2F2@cache:6379/0"),
        ("SHOWROOM_REDIS_URL", "rediss://fair:hunter2@cache/1?ssl_cert_reqs=none"),
        ("SHOWROOM_REDIS_URL", "unix:///run/valkey.sock?db=1"),
        ("SHOWROOM_DATABASE_URL", "postgresql+asyncpg://fair:hun/ter2@db/fair"),
        ("SHOWROOM_DATABASE_URL", "postgresql+asyncpg:///fair?host=/run/postgresql"),
        ("SHOWROOM_DATABASE_URL", "sqlite+aiosqlite:///var/fair.sqlite3"),
        ("SHOWROOM_STORAGE_URL", "s3://bucket/pre/fix"),
        ("SHOWROOM_STORAGE_ENDPOINT", "http://127.0.0.1:9000/s3"),
        ("SHOWROOM_ICE_ADVERTISE", "127.0.0.1,2001:db8::1"),
    ],
)
def test_what_can_be_is_taken(variable: str, text: str) -> None:
    load_settings(None, {variable: text})


def test_files_of_the_seal_must_be_there(tmp_path: Path) -> None:
    (tmp_path / "seal.pem").touch()
    given = dict.fromkeys(("certificate", "key"), str(tmp_path / "seal.pem"))
    for name in given:
        paths = {**given, name: str(tmp_path / "none.pem")}
        with pytest.raises(Invalid, match=rf"seal\.{name}: cannot read .*none\.pem: No such file"):
            load_settings(None, {f"SHOWROOM_SEAL_{key.upper()}": path for key, path in paths.items()})


def test_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The message names the file and the reason."""
    with pytest.raises(Invalid, match=r"none\.toml: No such file"):
        load_settings(tmp_path / "none.toml")


def test_settings_cannot_be_changed_after_the_start() -> None:
    """What was read once stays."""
    settings: Any = load_settings()
    with pytest.raises(AttributeError):
        settings.http.port = 1

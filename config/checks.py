"""What settings must fulfil beyond their types: bounds, choices, addresses, and what belongs together.

Whatever would keep the server from opening is refused here already, as far as this machine alone can tell.
"""

from __future__ import annotations

from dataclasses import asdict, fields
from email.errors import MessageError
from email.headerregistry import Address
from email.utils import parseaddr
from functools import partial
from ipaddress import ip_address, ip_network
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

from config.errors import Invalid
from config.urls import check_urls

if TYPE_CHECKING:
    from config.settings import Settings

ANYWHERE = frozenset({"", "0.0.0.0", "::"})  # noqa: S104  # told from others, nothing is bound


def check(settings: Settings) -> None:
    """Raise `Invalid` with the name of the first setting that cannot be, and what it must be."""
    _check_numbers(settings)
    _check_choices(settings)
    _check_addresses(settings)
    check_urls(settings)
    _check_secrets(settings)
    _check_sender(settings.mail.sender)


def _check_numbers(settings: Settings) -> None:
    for section in fields(settings):
        for key, value in asdict(getattr(settings, section.name)).items():
            if isinstance(value, int | float) and not isinstance(value, bool):
                _check_number(f"{section.name}.{key}", value)
    if settings.media.start_bitrate_kbps > settings.media.max_bitrate_kbps:
        raise Invalid("media.start_bitrate_kbps must not exceed media.max_bitrate_kbps")


def _check_number(name: str, value: float) -> None:
    if name.endswith(".port"):
        if not 0 <= value <= 65535:
            raise Invalid(f"{name} must be from 0 (any free one) to 65535, not {value}")
    elif not isfinite(value) or value <= 0:
        raise Invalid(f"{name} must be above zero, not {value}")


def _check_choices(settings: Settings) -> None:
    choices: dict[str, tuple[object, tuple[object, ...]]] = {
        "log.level": (settings.log.level, ("debug", "info", "warning", "error")),
        "log.format": (settings.log.format, ("json", "text")),
        "locale.default": (settings.locale.default, ("en", "zh", "ar")),
        "mail.tls": (settings.mail.tls, ("starttls", "tls", "none")),
        "appointments.slot_minutes": (settings.appointments.slot_minutes, (15, 30)),
    }
    for name, (value, allowed) in choices.items():
        if value not in allowed:
            raise Invalid(f"{name} must be one of {', '.join(map(str, allowed))}, not {value!r}")


def _check_addresses(settings: Settings) -> None:
    for name, parse, texts in (
        ("ice.host", ip_address, (settings.ice.host,)),
        ("ice.advertise", ip_address, settings.ice.advertise),
        ("http.trusted_proxies", partial(ip_network, strict=False), settings.http.trusted_proxies),
    ):
        for text in texts:
            try:
                parse(text)
            except ValueError as error:
                raise Invalid(f"{name}: {error}") from None
    if any(ip_address(text).is_unspecified for text in settings.ice.advertise):
        raise Invalid("ice.advertise must be addresses that browsers reach, and nobody reaches 0.0.0.0 or ::")
    if ip_address(settings.ice.host).is_unspecified and not settings.ice.advertise:
        raise Invalid("ice.advertise must say at which address browsers reach ice.host when that is 0.0.0.0")
    _check_ports(settings)


def _check_ports(settings: Settings) -> None:
    http, ice = settings.http, settings.ice
    hosts = {http.host, ice.host}
    is_shared = len(hosts) == 1 or not hosts.isdisjoint(ANYWHERE)
    if ice.tcp and is_shared and http.port == ice.port != 0:
        raise Invalid(
            f"http.port and ice.port must differ, both are {ice.port}: media are taken by TCP too (ice.tcp)"
        )


def _check_secrets(settings: Settings) -> None:
    if settings.secrets.key and len(settings.secrets.key) < 32:
        raise Invalid("secrets.key must have at least 32 characters; leave it empty to have one made")
    if bool(settings.seal.certificate) != bool(settings.seal.key):
        raise Invalid("seal.certificate and seal.key belong together: set both, or none to have one made")
    for name, path in (("seal.certificate", settings.seal.certificate), ("seal.key", settings.seal.key)):
        if path:
            _check_readable(name, Path(path))
    if settings.turn.urls and not settings.turn.secret:
        raise Invalid("turn.secret must be set when turn.urls are: it is coturn's static-auth-secret")
    if settings.mail.host and not settings.mail.sender:
        raise Invalid("mail.sender must say which address mails come from when mail.host is set")


def _check_readable(name: str, path: Path) -> None:
    try:
        path.open("rb").close()
    except OSError as error:
        raise Invalid(f"{name}: cannot read {path}: {error.strerror}") from None


def _check_sender(sender: str) -> None:
    name, address = parseaddr(sender)
    try:
        Address(name, addr_spec=address)  # as it is made when a mail is written
        can_be = address.isascii()
    except (ValueError, LookupError, MessageError):
        can_be = False
    if sender and not can_be:
        raise Invalid(
            f"mail.sender must be like fair@fair.example or Fair <fair@fair.example>, not {sender!r};"
            " a name with a comma stands in quotes, a domain in other letters is written as xn--..."
        )

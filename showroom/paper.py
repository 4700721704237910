"""Assembles the sheets: the press with the words of the catalogues, and the certificate that seals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from config.errors import Invalid
from config.settings import Settings
from rooms.negotiation.sheets import certificate
from rooms.negotiation.sheets.certificate import FairCertificate
from rooms.negotiation.sheets.press import Press
from rooms.negotiation.sheets.sheets import Sheets
from showroom import data_folder
from showroom.children import die_with_parent
from web.i18n import Catalogues

CERTIFICATE_FILE = "certificate.pem"


def open_sheets(settings: Settings, public_key: str, clock: Callable[[], float]) -> Sheets:
    """Return who makes the sheets; `public_key` is that of the seals on signatures.

    Makes the fair's certificate when there is none. Raises `Invalid` when the operator's cannot be used.
    """
    press = Press(Catalogues(settings.locale.default).say, prepare=die_with_parent())
    own = fair_certificate(settings, dt.datetime.fromtimestamp(clock(), dt.UTC))
    return Sheets(press, own, settings.public_url, public_key, settings.seal.timestamp_url)


def fair_certificate(settings: Settings, now: dt.datetime) -> FairCertificate:
    """Return the operator's certificate, else the one in the data folder, made when there is none yet."""
    given = settings.seal
    if given.certificate:
        return _read(
            "seal.certificate, seal.key", _content("seal.certificate", Path(given.certificate)),
            _content("seal.key", Path(given.key)), now,
        )  # fmt: skip
    path = settings.data.folder / CERTIFICATE_FILE
    if not path.exists():
        data_folder.put_once(path, certificate.make(urlsplit(settings.public_url).netloc, now))
    pem = _content(str(path), path)
    return _read(str(path), pem, pem, now)


def _read(where: str, certificates: bytes, key: bytes, now: dt.datetime) -> FairCertificate:
    try:
        return certificate.read(certificates, key, now)
    except Invalid as error:
        raise Invalid(f"{where}: {error.message}") from None


def _content(name: str, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Invalid(f"{name}: cannot read {path}: {error.strerror}") from None

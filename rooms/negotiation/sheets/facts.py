"""What is printed on a sheet: a document and its signatures, as texts ready for the page."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from babel import Locale

from rooms.fair.seal import fingerprint

Document = Mapping[str, Any]
Signature = Mapping[str, Any]

SIDES = ("seller", "buyer")
ISOLATE, FIRST_STRONG, END = "\u2066", "\u2068", "\u2069"
"""Left to right, by its first letter, and the end of either (Unicode bidirectional algorithm, 2.4)."""
UNPRINTABLE = frozenset({"Cc", "Cs", "Co", "Cn"})
"""Categories of what has no shape: controls, half characters, private use, and not assigned."""
TURNING = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that change the direction of text: with them terms could be made to read as others."""


@dataclass(frozen=True, slots=True)
class Fair:
    """The fair as a sheet names it: where it is, its key (base64url), and its certificate's SHA-256."""

    url: str
    public_key: str
    certificate_sha256: str

    @property
    def certificate_url(self) -> str:
        """Where the certificate can be had."""
        return f"{self.url}/fair-certificate.pem"


def typed(text: object) -> str:
    """Return what somebody typed with what cannot be printed, or would turn its direction, taken out.

    White space becomes blanks, but for line breaks: what a tab holds apart stays apart.
    """
    normal = unicodedata.normalize("NFC", str(text))
    spaced = "".join(" " if sign.isspace() and sign != "\n" else sign for sign in normal)
    return "".join(sign for sign in spaced if sign == "\n" or not _is_unprintable(sign))


def direction(text: object) -> str:
    """Return the direction of a text by its first letter; `ltr` where it has none."""
    for sign in str(text):
        kind = unicodedata.bidirectional(sign)
        if kind in ("L", "R", "AL"):
            return "ltr" if kind == "L" else "rtl"
    return "ltr"


def isolated(text: object) -> str:
    """Return what somebody typed, so that its direction does not touch what stands around it."""
    return f"{FIRST_STRONG}{typed(text)}{END}"


def ltr(text: object) -> str:
    """Return a number, an amount or a hash, which reads left to right in any language."""
    return f"{ISOLATE}{typed(text)}{END}"


def number(text: str) -> str:
    """Return a decimal with its thousands apart, every digit kept: 12500.00 becomes 12,500.00."""
    return ltr(f"{Decimal(text):,f}")


def amount(quantity: str, unit: str) -> str:
    """Return a quantity with its unit, in the direction of the unit."""
    return f"{FIRST_STRONG}{Decimal(quantity):,f} {typed(unit)}{END}"


def money(value: str, code: str) -> str:
    """Return an amount with its currency, in one piece whatever the direction."""
    return ltr(f"{Decimal(value):,f} {code}")


def delivery(incoterm: str, place: str) -> str:
    """Return a term of Incoterms 2020 with its place, in one piece."""
    return f"{ISOLATE}{typed(incoterm)} {isolated(place)} (Incoterms® 2020){END}"


def moment(milliseconds: int) -> str:
    """Return a time in the one form that every country reads the same."""
    when = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(milliseconds=milliseconds)
    return ltr(when.strftime("%Y-%m-%d %H:%M:%S UTC"))


def show_time(second: str) -> str:
    """Return a place in a show as 0:12:34."""
    whole = int(Decimal(second))
    return ltr(f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}")


def country(code: str, language: str) -> str:
    """Return the name of a country by its two-letter code; anything else as it is."""
    return typed(Locale.parse(language).territories.get(code, code))


def currency(code: str, language: str) -> str:
    """Return the name of a currency; anything else as it is."""
    return typed(Locale.parse(language).currencies.get(code, code))


def grouped(digits: str, size: int = 8) -> str:
    """Return a hash in groups that people can compare."""
    return ltr(" ".join(digits[at : at + size] for at in range(0, len(digits), size)))


def key_print(public_key: str) -> str:
    """Return the fingerprint of a key."""
    return ltr(fingerprint(public_key))


def replay_url(fair: Fair, document: Document) -> str:
    """Return where the moment of the show can be seen again, or nothing."""
    show = document["show"]
    if show is None or not fair.url:
        return ""
    room = document["seller"]["room"]
    return f"{fair.url}/rooms/{room}/shows/{show['id']}?t={int(Decimal(show['second']))}"


def signature_of(signatures: tuple[Signature, ...], side: str) -> Signature | None:
    """Return the signature of a side."""
    return next((signature for signature in signatures if signature["side"] == side), None)


def _is_unprintable(sign: str) -> bool:
    return sign in TURNING or unicodedata.category(sign) in UNPRINTABLE

"""`showroom verify`: says in plain words what is true of a signed order of intent and what is not."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from config.errors import Invalid
from rooms.negotiation.sheets.certificate import Trusted, read_published
from rooms.negotiation.sheets.checking import check
from rooms.negotiation.sheets.findings import Mark, Report

LARGEST_BYTES = 64 << 20
SIGNS = {Mark.TRUE: "yes ", Mark.FALSE: "NO  ", Mark.UNKNOWN: "?   "}
NOT_QUALIFIED = (
    "It is an order of intent, not a qualified electronic signature: the fair vouches that these accounts"
    " signed these terms at these times."
)


def verify(file: Path, certificate: Path | None, say: Callable[[str], None]) -> bool:
    """Check a file, say what was found, and return whether nothing is wrong; `Invalid` if it is not there."""
    trusted = _trusted(certificate) if certificate else None
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)  # it says at length what a finding says
    report = check(_read(file), trusted)
    for finding in report.findings:
        say(SIGNS[finding.mark] + finding.sentence)
    say(_verdict(file.name, report))
    return report.is_good


def _verdict(name: str, report: Report) -> str:
    if not report.is_good:
        return f"\n{name} is NOT what a fair sealed and both parties signed. Do not rely on it."
    if report.unknown:
        return f"\n{name} is unchanged, but whose seal it bears is for you to check. {NOT_QUALIFIED}"
    return f"\n{name} is genuine: both parties signed it and nothing was changed. {NOT_QUALIFIED}"


def _trusted(path: Path) -> Trusted:
    try:
        return read_published(_read(path))
    except Invalid as error:
        raise Invalid(f"{path} is not the certificate of a fair: {error.message}") from None


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise Invalid(f"cannot read {path}: {error.strerror}") from None
    if len(content) > LARGEST_BYTES:
        raise Invalid(f"{path} is too large to be an order of intent")
    return content

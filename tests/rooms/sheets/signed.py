"""Signed orders of intent, as a fair would have them: real seals, a real certificate, real pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from rooms.fair.seal import Seal
from rooms.negotiation.sheets import certificate
from rooms.negotiation.sheets.canonical import sha256_of
from rooms.negotiation.sheets.certificate import FairCertificate, Trusted, read_published
from rooms.negotiation.sheets.facts import Fair
from rooms.negotiation.sheets.printing import Sheet, sheet_pdf
from rooms.negotiation.sheets.sealing import PdfSeal
from rooms.negotiation.sheets.words import words_in
from web.i18n import Catalogues

NOW = dt.datetime(2026, 11, 25, 17, 0, tzinfo=dt.UTC)
WRITTEN_MS = int(NOW.timestamp() * 1000)
URL = "https://fair.example"
NOTES = "يرجى تغليف كل طنجرة ZX-200 في صندوق منفصل.\n外箱需印中文唛头。\nPantone 186 C, please."
SAY = Catalogues("en").say


@dataclass(frozen=True)
class SealingFair:
    """A fair with its keys, made anew from nothing."""

    seal: Seal
    certificate: FairCertificate

    @cached_property
    def fair(self) -> Fair:
        """The fair as sheets name it."""
        return Fair(URL, self.seal.public_key, self.certificate.sha256)

    @cached_property
    def trusted(self) -> Trusted:
        """What somebody who has fetched its certificate knows."""
        return read_published(self.certificate.pem(self.seal.public_key))

    def signed(self, document: Mapping[str, Any], *sides: str) -> Sheet:
        """Return a document that the sides, or both, have signed."""
        who = enumerate(sides or ("seller", "buyer"))
        made = tuple(self._signature(document, side, place) for place, side in who)
        return Sheet(document, made, ("en", "zh"), self.fair)

    def pdf(self, sheet: Sheet, *languages: str) -> bytes:
        """Return the sealed PDF of a sheet."""
        return PdfSeal(self.certificate).seal(printed(sheet, *languages))

    def _signature(self, document: Mapping[str, Any], side: str, place: int) -> dict[str, Any]:
        name, company, language, consent = SIGNERS[side]
        facts: dict[str, Any] = {
            "side": side, "account": f"account-{side}", "name": name, "company": company,
            "email": f"{side}@{side}.example", "signed_at_ms": WRITTEN_MS + (place + 1) * 60_000,
            "consent": consent, "language": language, "sha256": sha256_of(document),
        }  # fmt: skip
        sealed = {**facts, "offer": document["offer"], "version": document["version"]}
        return {**facts, "seal": self.seal.sign(sealed)}


SIGNERS = {
    "seller": ("王芳", "宁波宏达厨具有限公司", "zh", "我代表本公司签署此采购意向书第 3 版。"),
    "buyer": ("ليلى حداد", "شركة حداد للتجارة", "ar", "أوقّع نيابةً عن شركتي على خطاب نية الشراء هذا."),
}


def new_fair(secret: bytes = b"k" * 32) -> SealingFair:
    """Return a fair whose certificate nobody has seen before."""
    pem = certificate.make("fair.example", dt.datetime.now(dt.UTC))
    return SealingFair(Seal(secret), certificate.read(pem, pem, dt.datetime.now(dt.UTC)))


def printed(sheet: Sheet, *languages: str) -> bytes:
    """Return the PDF of a sheet without a seal."""
    first, second = languages or sheet.languages
    return sheet_pdf(replace(sheet, languages=(first, second)), words_in((first, second), SAY))


def document(lines: int = 2, **more: Any) -> dict[str, Any]:
    """Return an order of intent with so many lines, and `more` over it."""
    return {
        "format": "showroom-order-of-intent/1", "fair": URL, "offer": "offer-8Qm2kVx7", "version": 3,
        "thread": {"room": "hongda", "buyer": "account-buyer"}, "call": "call-77ab",
        "show": {"id": "show-19fe", "second": "754.2"},
        "seller": {"company": "宁波宏达厨具有限公司", "country": "CN", "city": "Ningbo", "room": "hongda"},
        "buyer": {"name": "ليلى حداد", "company": "شركة حداد للتجارة", "country": "AE"},
        "written_by": {"side": "seller", "name": "王芳"}, "written_at_ms": WRITTEN_MS,
        "lines": [line(place) for place in range(lines)], "currency": "USD", "incoterm": "FOB",
        "place": "Ningbo 宁波", "lead_days": 35, "payment": "30 % deposit, 70 % against B/L",
        "valid_until_ms": WRITTEN_MS + 2_000_000_000, "notes": NOTES, "total": f"{12_500 * lines}.00", **more,
    }  # fmt: skip


def line(place: int) -> dict[str, Any]:
    """Return a line, each fourth with price breaks."""
    steps = [{"from": "5000", "price": "11.90"}, {"from": "20000", "price": "11.25"}]
    return {
        "product": f"product-{place}", "title": f"Pressure cooker ZX-{place} 不锈钢压力锅",
        "quantity": "1000", "unit": ("pieces", "件", "قطعة")[place % 3], "price": "12.50",
        "breaks": steps if place % 4 == 0 else [], "amount": "12500.00",
    }  # fmt: skip

"""The sheets of a fair: signed orders of intent to take along, as a sealed PDF and as JSON."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence

from rooms.negotiation.sheets.canonical import sha256_of
from rooms.negotiation.sheets.certificate import FairCertificate
from rooms.negotiation.sheets.facts import Document, Fair, Signature
from rooms.negotiation.sheets.press import Press
from rooms.negotiation.sheets.printing import Sheet, export
from rooms.negotiation.sheets.thread_copy import ThreadCopy

KEPT = 32
"""Sealed sheets kept in memory, a third of a megabyte each, so that both parties get the same bytes."""


class Sheets:
    """Makes sheets; `fair_url` is the fair's address, `public_key` that of the seals on the signatures."""

    def __init__(
        self, press: Press, certificate: FairCertificate, fair_url: str, public_key: str,
        timestamp_url: str = "",
    ) -> None:
        self._press = press
        self._certificate = certificate
        self._fair = Fair(fair_url, public_key, certificate.sha256)
        self._timestamp_url = timestamp_url
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self.published = certificate.pem(public_key)
        """What anybody needs to check a sheet, as PEM."""

    async def pdf(
        self, document: Document, signatures: Sequence[Signature], languages: tuple[str, str]
    ) -> bytes:
        """Return the sealed PDF of a document that was signed.

        `languages` are the two to print it in, `en`, `zh` or `ar`; the first gives the direction of the
        page. Takes some seconds. Raises `Busy` (`fonts_missing`, `not_printed`, `no_time_stamp`).
        """
        sheet = self._sheet(document, signatures, languages)
        name = sha256_of([sheet.document, list(sheet.signatures), list(languages)])
        if name not in self._kept:
            printed = await self._press.print(sheet)
            self._kept[name] = await asyncio.to_thread(self._sealed, printed)
        self._kept.move_to_end(name)
        pdf = self._kept[name]
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return pdf

    async def thread(self, copy: ThreadCopy) -> bytes:
        """Return a whole thread as a PDF to read, without a seal. Raises `Busy`, as `pdf` does."""
        return await self._press.print(copy)

    def data(self, document: Document, signatures: Sequence[Signature]) -> bytes:
        """Return the same as JSON, which `showroom verify` takes too."""
        return export(self._sheet(document, signatures, ("en", "en")))

    def _sheet(
        self, document: Document, signatures: Sequence[Signature], languages: tuple[str, str]
    ) -> Sheet:
        return Sheet(document, tuple(signatures), languages, self._fair)

    def _sealed(self, pdf: bytes) -> bytes:
        from rooms.negotiation.sheets.sealing import PdfSeal  # thirty megabytes, and many fairs sign nothing

        return PdfSeal(self._certificate, self._timestamp_url).seal(pdf)

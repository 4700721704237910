"""Checks a sealed PDF: that the fair's seal covers every byte of it, and that the data in it holds.

What is printed is not read: the fair printed the page from the data and sealed both in one file, so a page
that says something else than the data would need the fair's own key.
"""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from pyhanko.pdf_utils import misc
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from rooms.negotiation.sheets.certificate import Trusted, fingerprints
from rooms.negotiation.sheets.data_check import check_data
from rooms.negotiation.sheets.findings import Findings, found, unknown, wrong
from rooms.negotiation.sheets.printing import ATTACHMENT
from rooms.negotiation.sheets.seal_form import certificates_in, is_our_form
from rooms.negotiation.sheets.sealing import FIELD

SUBFILTER = "/ETSI.CAdES.detached"
UNREADABLE = (
    misc.PdfError, PathError, ValidationError, UnsupportedAlgorithm, zlib.error, struct.error, EOFError,
    ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError, NotImplementedError,
    AssertionError,
)  # fmt: skip
"""What the library raises for a file that is no longer what it was, deep inside it."""


@dataclass(frozen=True, slots=True)
class _Opened:
    seal: EmbeddedPdfSignature
    attachments: tuple[tuple[str, str, bytes], ...]
    """Name, relationship to the document, and content."""


def check_pdf(pdf: bytes, trusted: Trusted | None) -> Findings:
    """Yield what is found in a sealed sheet."""
    try:
        yield from _findings(pdf, trusted)
    except UNREADABLE:
        yield wrong("pdf", "The file is damaged: it cannot be read as the fair's PDF any more.")


def _findings(pdf: bytes, trusted: Trusted | None) -> Findings:
    opened = _open(pdf)
    if opened is None:
        yield wrong("pdf", "The file does not bear the one seal of a fair that an order of intent has.")
        return
    is_whole = _covers_all(pdf, opened.seal)
    yield found(
        "whole", is_whole, "The fair's seal covers every byte of the file; nothing was added.",
        "Something was added to the file after the fair had sealed it, or the seal itself was changed.",
    )
    is_intact = _is_intact(opened.seal)
    yield found(
        "intact", is_intact, f"What the seal covers is unchanged since {_when(opened.seal)}.",
        "The seal is broken: what it covers was changed after the fair had sealed it.",
    )
    yield from _certificate(pdf, opened.seal, trusted)
    yield from _data(opened, trusted, is_whole and is_intact)


def _open(pdf: bytes) -> _Opened | None:
    """Return the seal and the files inside, or None when there is not exactly one seal of ours."""
    reader = PdfFileReader(io.BytesIO(pdf), strict=True)
    seals = list(reader.embedded_signatures)
    if len(seals) != 1 or seals[0].field_name != FIELD or seals[0].sig_object["/SubFilter"] != SUBFILTER:
        return None
    seals[0].compute_integrity_info()
    return _Opened(seals[0], tuple(_attachments(reader)))


def _attachments(reader: PdfFileReader) -> Any:
    names = reader.root["/Names"]["/EmbeddedFiles"]["/Names"]
    for place in range(1, len(names), 2):
        file = names[place].get_object()
        content = file["/EF"]["/F"].data
        yield str(file["/UF"]), str(file["/AFRelationship"]), content


def _covers_all(pdf: bytes, seal: EmbeddedPdfSignature) -> bool:
    """Tell whether all is covered but the signature itself, and that is written in the one form there is."""
    start, before, after, rest = seal.byte_range
    return (
        seal.evaluate_signature_coverage() is SignatureCoverageLevel.ENTIRE_FILE
        and start == 0
        and after + rest == len(pdf)
        and is_our_form(pdf[before:after], seal.signer_cert)
    )


def _is_intact(seal: EmbeddedPdfSignature) -> bool:
    """Tell whether the signature is right, by the certificate that is in it, at the time that it says."""
    moment = seal.self_reported_timestamp
    context = ValidationContext(trust_roots=[seal.signer_cert], moment=moment, allow_fetching=False)
    try:
        status = validate_pdf_signature(seal, context)
    except UNREADABLE:
        return False
    stamp = status.timestamp_validity
    is_stamped = stamp is None or (stamp.valid and stamp.intact)
    return bool(status.valid and status.intact and status.trusted and status.docmdp_ok and is_stamped)


def _certificate(pdf: bytes, seal: EmbeddedPdfSignature, trusted: Trusted | None) -> Findings:
    _start, before, after, _rest = seal.byte_range
    carried = [x509.load_der_x509_certificate(it) for it in certificates_in(pdf[before:after])]
    sha256 = hashlib.sha256(seal.signer_cert.dump()).hexdigest()
    if trusted is None or not trusted.certificates:
        yield unknown(
            "certificate",
            "Which fair sealed it was not checked: give its certificate with --certificate, or compare"
            f" its fingerprint (SHA-256) with what the fair publishes: {sha256}.",
        )
        return
    yield found(
        "certificate", fingerprints(carried) <= fingerprints(trusted.certificates),
        "The seal was made with the certificate that you trust.",
        f"Another fair sealed it: its certificate, {sha256}, is not the one that you trust.",
    )


def _data(opened: _Opened, trusted: Trusted | None, vouched: bool) -> Findings:
    names = [name for name, _relationship, _content in opened.attachments]
    if names != [ATTACHMENT] or opened.attachments[0][1] != "/Data":
        yield wrong("attachment", f"The file does not carry exactly one {ATTACHMENT} as its data.")
        return
    yield from check_data(opened.attachments[0][2], trusted, vouched)


def _when(seal: EmbeddedPdfSignature) -> str:
    moment = seal.self_reported_timestamp
    return f"{moment:%Y-%m-%d %H:%M:%S %Z}" if moment else "it was sealed"

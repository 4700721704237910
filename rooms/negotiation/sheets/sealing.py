"""Seals a printed sheet: PAdES (ETSI EN 319 142) with the fair's certificate, after which nothing may change.

Baseline B-B; with a time stamp service B-T, so that the time is somebody else's word too.
"""

from __future__ import annotations

import io

from asn1crypto import keys, pem, x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import timestamps
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from config.errors import Busy
from rooms.negotiation.sheets.certificate import FairCertificate

FIELD = "FairSeal"
REASON = "The fair seals this order of intent as both parties signed it"
HASH = "sha256"
TIMESTAMP_SECONDS = 10
RESERVED_BYTES = 16_384
"""Room for the signature with a chain of certificates and a time stamp, in hexadecimal digits."""


class PdfSeal:
    """Seals PDFs with one certificate; `timestamp_url` is a service of RFC 3161, or nothing."""

    def __init__(self, certificate: FairCertificate, timestamp_url: str = "") -> None:
        self.certificate = certificate
        self._timestamp_url = timestamp_url
        self._signer = signer_of(certificate)

    def seal(self, pdf: bytes) -> bytes:
        """Return the PDF with the seal added to it; takes a tenth of a second, and the service's time.

        Raises `Busy` (`no_time_stamp`) when the time stamp service does not answer.
        """
        about = PdfSignatureMetadata(
            field_name=FIELD, md_algorithm=HASH, subfilter=SigSeedSubFilter.PADES, reason=REASON,
            certify=True, docmdp_permissions=MDPPerm.NO_CHANGES,
        )
        service = timestamps.HTTPTimeStamper(self._timestamp_url, timeout=TIMESTAMP_SECONDS)
        sealer = PdfSigner(about, self._signer, timestamper=service if self._timestamp_url else None)
        try:
            sealed = sealer.sign_pdf(_Adding(io.BytesIO(pdf)), bytes_reserved=RESERVED_BYTES)
        except (timestamps.TimestampRequestError, OSError):
            message = "The time stamp service does not answer, so the document cannot be sealed now."
            raise Busy(message, code="no_time_stamp", retry_after_seconds=60) from None
        return bytes(sealed.getbuffer())


class _Adding(IncrementalPdfFileWriter):
    """Adds to a PDF and leaves its metadata alone: written anew, they would not say that it is PDF/A."""

    def _update_meta(self) -> None:
        pass


def signer_of(certificate: FairCertificate) -> SimpleSigner:
    """Return the certificate with its key and chain as pyHanko takes them."""
    chain = [_as_asn1(it.public_bytes(Encoding.PEM)) for it in certificate.certificates]
    others = SimpleCertificateStore.from_certs(chain[1:])
    private = certificate.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return SimpleSigner(chain[0], keys.PrivateKeyInfo.load(private), others)


def _as_asn1(certificate: bytes) -> x509.Certificate:
    return x509.Certificate.load(pem.unarmor(certificate)[2])

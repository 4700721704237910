"""The fair's certificate: who seals the sheets, made once for a fair or given by its operator.

One of our own is self-signed: no reader of PDF knows it by itself. What it proves is that one fair sealed two
files; that it was this fair, the certificate tells that the fair publishes at /fair-certificate.pem.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from cryptography.x509.oid import NameOID

from config.errors import Invalid

KEY_BITS = 3072
YEARS = 30
DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")
"""RFC 9336."""
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class FairCertificate:
    """The certificate with those it leads to, the nearest first, and its private key."""

    certificates: tuple[x509.Certificate, ...]
    key: Key

    @property
    def sha256(self) -> str:
        """The fingerprint that people compare."""
        return self.certificates[0].fingerprint(hashes.SHA256()).hex()

    def pem(self, public_key: str) -> bytes:
        """Return what is published: the certificates, and the Ed25519 key of the seals (base64url)."""
        return b"".join([*(_pem_of(it) for it in self.certificates), _key_pem(public_key)])


@dataclass(frozen=True, slots=True)
class Trusted:
    """What a fair published: its certificate, and the keys of its seals (base64url without padding)."""

    certificates: tuple[x509.Certificate, ...]
    public_keys: frozenset[str]


def make(name: str, now: dt.datetime) -> bytes:
    """Return a fresh key and a certificate of it as PEM, for the fair called `name` (its address)."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    subject = x509.Name([
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, name[:64]),
        x509.NameAttribute(NameOID.COMMON_NAME, f"Seal of {name}"[:64]),
    ])  # fmt: skip
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=365 * YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([DOCUMENT_SIGNING]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private + _pem_of(builder.sign(key, hashes.SHA256()))


def read(certificates: bytes, key: bytes, now: dt.datetime) -> FairCertificate:
    """Return a certificate and its key from PEM.

    Raises `Invalid` when they cannot be read, do not belong together, or cannot seal now.
    """
    chain, private = _certificates_in(certificates), _private_key_in(key)
    if _public_of(private) != _public_of(chain[0]):
        raise Invalid("the key is not that of the certificate, which must come first in its file")
    if not chain[0].not_valid_before_utc <= now <= chain[0].not_valid_after_utc:
        raise Invalid(f"the certificate is valid only until {chain[0].not_valid_after_utc:%Y-%m-%d}")
    return FairCertificate(chain, private)


def read_published(pem: bytes) -> Trusted:
    """Return what a fair published, or raise `Invalid`."""
    certificates = _certificates_in(pem) if b"BEGIN CERTIFICATE" in pem else ()
    blocks = pem.split(b"-----BEGIN PUBLIC KEY-----")[1:]
    keys = frozenset(_public_key_in(b"-----BEGIN PUBLIC KEY-----" + block) for block in blocks)
    if not certificates and not keys:
        raise Invalid("there is neither a certificate nor a public key in it")
    return Trusted(certificates, keys)


def _certificates_in(pem: bytes) -> tuple[x509.Certificate, ...]:
    try:
        return tuple(x509.load_pem_x509_certificates(pem))
    except ValueError as error:
        raise Invalid(f"there is no certificate as PEM in it: {error}") from None


def _private_key_in(pem: bytes) -> Key:
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise Invalid("there is no private key as PEM in it, or it wants a password") from None
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise Invalid("the key must be an RSA or an elliptic curve key, which readers of PDF know")
    return key


def _public_key_in(pem: bytes) -> str:
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Invalid(f"the public key in it cannot be read: {error}") from None
    if not isinstance(key, Ed25519PublicKey):
        raise Invalid("the public key in it is not of the kind that seals (Ed25519)")
    return base64.urlsafe_b64encode(key.public_bytes_raw()).rstrip(b"=").decode()


def _public_of(holder: Key | x509.Certificate) -> bytes:
    return holder.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _key_pem(public_key: str) -> bytes:
    raw = base64.urlsafe_b64decode(public_key + "=" * (-len(public_key) % 4))
    key = Ed25519PublicKey.from_public_bytes(raw)
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _pem_of(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)


def fingerprints(certificates: Iterable[x509.Certificate]) -> frozenset[bytes]:
    """Return the SHA-256 of each certificate."""
    return frozenset(it.fingerprint(hashes.SHA256()) for it in certificates)

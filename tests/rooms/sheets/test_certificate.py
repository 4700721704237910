"""The fair's certificate: made once, or the operator's, and refused by name when it cannot seal."""

from __future__ import annotations

import datetime as dt
import stat
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from config.errors import Invalid
from config.settings import Settings, load_settings
from rooms.negotiation.sheets.certificate import read_published
from showroom import paper
from tests.rooms.sheets.signed import SealingFair

NOW = dt.datetime(2026, 11, 25, tzinfo=dt.UTC)


def settings_in(folder: Path, **more: str) -> Settings:
    """Return settings of a fair in `folder`."""
    variables = {f"SHOWROOM_SEAL_{key}": value for key, value in more.items()}
    return load_settings(None, {"SHOWROOM_DATA_FOLDER": str(folder), **variables})


def test_certificate_is_made_once_and_only_its_owner_reads_the_key(tmp_path: Path) -> None:
    """The second start finds what the first made; no half-written file is left beside it."""
    made = paper.fair_certificate(settings_in(tmp_path), NOW)
    again = paper.fair_certificate(settings_in(tmp_path), NOW + dt.timedelta(days=365))
    assert made.sha256 == again.sha256
    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert made.certificates[0].not_valid_after_utc.year >= NOW.year + 29


def test_operators_certificate_is_used_with_its_chain(tmp_path: Path, fair: SealingFair) -> None:
    """An elliptic key is as good; nothing is made in the data folder."""
    own = ec.generate_private_key(ec.SECP256R1())
    chain, key = _given(tmp_path, own, extra=fair.certificate.certificates)
    data = tmp_path / "data"
    data.mkdir()
    used = paper.fair_certificate(settings_in(data, CERTIFICATE=str(chain), KEY=str(key)), NOW)
    assert len(used.certificates) == 2
    assert list(data.iterdir()) == []


def test_published_file_has_no_private_key(fair: SealingFair) -> None:
    """What anybody may fetch: the certificate and the public key, and they are read back."""
    pem = fair.certificate.pem(fair.seal.public_key)
    assert b"PRIVATE" not in pem
    assert read_published(pem).public_keys == {fair.seal.public_key}
    assert read_published(pem).certificates == fair.certificate.certificates


def test_certificate_of_another_key_is_refused(tmp_path: Path) -> None:
    """It would seal what nobody could check."""
    chain, _key = _given(tmp_path, ec.generate_private_key(ec.SECP256R1()))
    (tmp_path / "other").mkdir()
    _chain, other = _given(tmp_path / "other", ec.generate_private_key(ec.SECP256R1()))
    with pytest.raises(Invalid, match=r"seal\.certificate, seal\.key: the key is not that of the cert"):
        paper.fair_certificate(settings_in(tmp_path, CERTIFICATE=str(chain), KEY=str(other)), NOW)


def test_expired_certificate_is_refused(tmp_path: Path) -> None:
    """At the start, not when the first order is signed."""
    chain, key = _given(tmp_path, ec.generate_private_key(ec.SECP256R1()))
    later = NOW + dt.timedelta(days=500)
    with pytest.raises(Invalid, match="valid only until 2027-"):
        paper.fair_certificate(settings_in(tmp_path, CERTIFICATE=str(chain), KEY=str(key)), later)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no private key"),
        (b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "no private key"),
        (
            ec.generate_private_key(ec.SECP256R1()).private_bytes(
                Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")
            ),
            "wants a password",
        ),
        (
            ed25519.Ed25519PrivateKey.generate().private_bytes(
                Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
            ),
            "must be an RSA or an elliptic curve key",
        ),
    ],
)
def test_key_that_cannot_be_used_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    """The sentence names the setting and the reason."""
    chain, key = _given(tmp_path, ec.generate_private_key(ec.SECP256R1()))
    key.write_bytes(content)
    with pytest.raises(Invalid, match=f"seal.key: .*{says}"):
        paper.fair_certificate(settings_in(tmp_path, CERTIFICATE=str(chain), KEY=str(key)), NOW)


def test_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """By the setting and the path."""
    with pytest.raises(Invalid, match=r"seal\.certificate: cannot read .*none\.pem: No such file"):
        paper.fair_certificate(
            settings_in(tmp_path, CERTIFICATE=str(tmp_path / "none.pem"), KEY="key.pem"), NOW
        )


def test_damaged_certificate_in_the_data_folder_is_not_replaced(tmp_path: Path) -> None:
    """A new one would make every sheet so far look like another fair's."""
    (tmp_path / "certificate.pem").write_text("nothing")
    with pytest.raises(Invalid, match=r"certificate\.pem: there is no certificate"):
        paper.fair_certificate(settings_in(tmp_path), NOW)
    assert (tmp_path / "certificate.pem").read_text() == "nothing"


@pytest.mark.parametrize(
    "pem",
    [b"", b"-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----",
     b"-----BEGIN PUBLIC KEY-----\nAA\n-----END PUBLIC KEY-----"],
)  # fmt: skip
def test_what_is_no_certificate_is_not_trusted(pem: bytes) -> None:
    """Nothing is taken for trusted that cannot be read."""
    with pytest.raises(Invalid):
        read_published(pem)


def _given(
    folder: Path, key: ec.EllipticCurvePrivateKey, extra: tuple[x509.Certificate, ...] = ()
) -> tuple[Path, Path]:
    """Write a certificate as an operator has it, for a year, with more of its chain; and its key."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Fair Ltd")])
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(NOW - dt.timedelta(days=1))
        .not_valid_after(NOW + dt.timedelta(days=365))
        .sign(key, hashes.SHA256())
    )
    pem = b"".join(it.public_bytes(Encoding.PEM) for it in (built, *extra))
    (folder / "chain.pem").write_bytes(pem)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(private)
    return folder / "chain.pem", folder / "key.pem"

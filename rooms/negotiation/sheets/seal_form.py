"""The one form of a seal in a PDF: whatever its own signature does not cover is as we write it, bit by bit.

A CMS signature (RFC 5652) leaves room that it does not cover: the names of algorithms, more certificates,
zeros at the end. What stands there changes nothing for most readers, but a file where it was changed is not
the file that the fair gave.
"""

from __future__ import annotations

import re

from asn1crypto import cms, x509

from rooms.negotiation.sheets.sealing import HASH, RESERVED_BYTES

HOLE = re.compile(rb"<([0-9A-F]{%d})>" % RESERVED_BYTES)
STAMP = "signature_time_stamp_token"


def is_our_form(hole: bytes, signer: x509.Certificate) -> bool:
    """Tell whether what stands between the covered parts is one seal by `signer`, and zeros."""
    digits = HOLE.fullmatch(hole)
    if digits is None:
        return False
    content = bytes.fromhex(digits[1].decode())
    info = cms.ContentInfo.load(content)
    exact = info.dump()
    if content[: len(exact)] != exact or content[len(exact) :].strip(b"\0"):
        return False
    return bool(_rebuilt(info["content"], signer).dump(force=True) == exact)


def certificates_in(hole: bytes) -> list[bytes]:
    """Return the certificates that a seal carries, in DER."""
    info = cms.ContentInfo.load(bytes.fromhex(hole[1:-1].decode()))
    return [certificate.chosen.dump() for certificate in info["content"]["certificates"]]


def _rebuilt(data: cms.SignedData, signer: x509.Certificate) -> cms.ContentInfo:
    """Return what we would have written around the signature, its attributes and certificates."""
    (info,) = data["signer_infos"]
    return cms.ContentInfo({
        "content_type": "signed_data",
        "content": cms.SignedData({
            "version": "v1",
            "digest_algorithms": cms.DigestAlgorithms((cms.DigestAlgorithm({"algorithm": HASH}),)),
            "encap_content_info": {"content_type": "data"},
            "certificates": list(data["certificates"]),
            "signer_infos": [_signer_info(info, signer)],
        }),
    })  # fmt: skip


def _signer_info(info: cms.SignerInfo, signer: x509.Certificate) -> cms.SignerInfo:
    name = cms.IssuerAndSerialNumber({"issuer": signer.issuer, "serial_number": signer.serial_number})
    parts = {
        "version": "v1",
        "sid": cms.SignerIdentifier({"issuer_and_serial_number": name}),
        "digest_algorithm": cms.DigestAlgorithm({"algorithm": HASH}),
        "signature_algorithm": {"algorithm": info["signature_algorithm"]["algorithm"].native},
        "signed_attrs": info["signed_attrs"],
        "signature": info["signature"],
    }
    if isinstance(info["unsigned_attrs"], cms.CMSAttributes):
        (stamp,) = info["unsigned_attrs"]
        parts["unsigned_attrs"] = cms.CMSAttributes([stamp] if stamp["type"].native == STAMP else [])
    return cms.SignerInfo(parts)

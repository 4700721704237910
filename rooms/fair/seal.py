"""The fair's seal: signs facts so that a changed one is noticed, with a key pair made once for the fair.

What is signed is canonical JSON: keys sorted, no blanks, UTF-8, texts and whole numbers only (as RFC 8785 has
it for those). The signature is Ed25519 (RFC 8032); anybody can check it with the public key.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

Facts = Mapping[str, str | int]


class Seal:
    """Signs with one private key of 32 bytes; `public_key` is base64url without padding."""

    def __init__(self, private_key: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(private_key)
        self.public_key = _text(self._key.public_key().public_bytes_raw())

    def sign(self, facts: Facts) -> str:
        """Return the signature of facts, base64url without padding."""
        return _text(self._key.sign(canonical(facts)))

    def holds(self, facts: Facts, signature: str) -> bool:
        """Tell whether this seal signed exactly these facts, and the signature is written as it was."""
        try:
            content = _bytes(signature)
            self._key.public_key().verify(content, canonical(facts))
        except (InvalidSignature, ValueError):
            return False
        return _text(content) == signature  # the last sign of base64 has bits that mean nothing


def canonical(facts: Facts) -> bytes:
    """Return the bytes that are signed."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def fingerprint(public_key: str) -> str:
    """Return the first 16 bytes of a key's SHA-256, in groups that people can compare."""
    digits = hashlib.sha256(_bytes(public_key)).hexdigest()[:32]
    return " ".join(digits[at : at + 4] for at in range(0, 32, 4))


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

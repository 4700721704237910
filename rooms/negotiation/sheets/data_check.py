"""Checks the data of a signed order: that both signatures are of exactly these terms, and each seal holds."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from config.errors import FairError
from rooms.negotiation.sheets.canonical import canonical, parse, sha256_of
from rooms.negotiation.sheets.certificate import Trusted
from rooms.negotiation.sheets.facts import SIDES, moment, typed
from rooms.negotiation.sheets.findings import Finding, Findings, Mark, found, unknown, wrong
from rooms.negotiation.sheets.printing import EXPORT_FORMAT

DOCUMENT_FORMAT = "showroom-order-of-intent/1"
NAMES = frozenset({"format", "document", "signatures", "public_key"})
SIGNATURE_TEXTS = (
    "side", "account", "name", "company", "email", "consent", "language", "sha256", "seal",
)  # fmt: skip
SIGNATURE_NAMES = frozenset({*SIGNATURE_TEXTS, "signed_at_ms"})


def check_data(data: bytes, trusted: Trusted | None, vouched: bool = False) -> Findings:
    """Yield what is found in an export; `vouched` says that the fair's seal on a PDF covers it."""
    try:
        value = parse(data)
        is_canonical = canonical(value) == data
    except FairError as error:
        yield wrong("data", f"The data cannot be read. {error.message}")
        return
    problem = _misshapen(value)
    if problem:
        yield wrong("data", f"The data is not a signed order of intent: {problem}.")
        return
    yield found(
        "canonical", is_canonical, "The data is written in the one canonical form.",
        "The data was written again: it is not in the canonical form in which the fair gave it.",
    )
    yield from _signatures(value)
    yield _key(value["public_key"], trusted, vouched)


def _misshapen(value: Any) -> str:
    """Return what is wrong with the shape of an export, or nothing."""
    if not isinstance(value, dict) or value.keys() != NAMES or value["format"] != EXPORT_FORMAT:
        return f"it does not have the form {EXPORT_FORMAT}"
    if not isinstance(value["public_key"], str) or not isinstance(value["signatures"], list):
        return "the key or the signatures are missing"
    if not all(map(_is_signature, value["signatures"])):
        return "a signature is incomplete"
    return _misshapen_terms(value["document"])


def _misshapen_terms(document: Any) -> str:
    if not isinstance(document, dict) or document.get("format") != DOCUMENT_FORMAT:
        return f"its terms do not have the form {DOCUMENT_FORMAT}"
    if not isinstance(document.get("offer"), str) or not isinstance(document.get("version"), int):
        return "its terms name no offer and version"
    return ""


def _is_signature(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == SIGNATURE_NAMES
        and all(isinstance(value[name], str) for name in SIGNATURE_TEXTS)
        and isinstance(value["signed_at_ms"], int)
        and value["side"] in SIDES
    )


def _signatures(value: Mapping[str, Any]) -> Findings:
    document, sha256 = value["document"], sha256_of(value["document"])
    for side in SIDES:
        signed = [it for it in value["signatures"] if it["side"] == side]
        if len(signed) != 1:
            yield wrong(f"{side}.signed", f"The {side} has signed {len(signed)} times; once is needed.")
        for signature in signed:
            yield from _signature(signature, document, sha256, value["public_key"])


def _signature(signature: Mapping[str, Any], document: Mapping[str, Any], sha256: str, key: str) -> Findings:
    side, who = signature["side"], _who(signature)
    yield found(
        f"{side}.hash", signature["sha256"] == sha256,
        f"The {side}'s signature names the hash of exactly these terms: {sha256}.",
        f"The {side}'s signature is of other terms: it names {typed(signature['sha256'])}, not {sha256}.",
    )
    facts = {name: signature[name] for name in SIGNATURE_NAMES if name != "seal"}
    sealed = canonical({**facts, "offer": document["offer"], "version": document["version"]})
    yield found(
        f"{side}.seal", _holds(key, sealed, signature["seal"]),
        f"The fair's seal holds: for the {side}, {who}.",
        f"The fair's seal on the {side}'s signature is broken: who, when, which words or which offer"
        " was changed, or another fair sealed it.",
    )


def _who(signature: Mapping[str, Any]) -> str:
    name, company = typed(signature["name"]), typed(signature["company"])
    when = typed(moment(_within(signature["signed_at_ms"])))
    return f"{name} of {company} signed on {when}" if company else f"{name} signed on {when}"


def _within(milliseconds: int) -> int:
    """Return a time that a calendar has; one that it has not was sealed by nobody."""
    return milliseconds if 0 <= milliseconds < 253_402_300_800_000 else 0


def _holds(key: str, sealed: bytes, seal: str) -> bool:
    try:
        public, signature = _bytes(key), _bytes(seal)
        if _text(signature) != seal or _text(public) != key:  # bits that base64 does not use
            return False
        Ed25519PublicKey.from_public_bytes(public).verify(signature, sealed)
    except (InvalidSignature, ValueError):
        return False
    return True


def _key(key: str, trusted: Trusted | None, vouched: bool) -> Finding:
    if trusted is not None and trusted.public_keys:
        return found(
            "key", key in trusted.public_keys, "The key of the seals is the fair's.",
            "The key of the seals is not the one that this fair published: another fair, or somebody"
            " else, made them.",
        )  # fmt: skip
    if vouched:
        return Finding("key", Mark.TRUE, "The fair's seal on the file vouches for the key of the seals.")
    return unknown(
        "key", "Whose key made the seals was not checked: give the fair's certificate with --certificate.",
    )


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()

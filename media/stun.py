"""STUN binding requests and responses as ICE uses them (RFC 8489, RFC 8445), bounded and pure.

Whatever arrives, `parse` returns a `StunMessage` or raises `StunError`, in time linear in its length.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
import ipaddress
import secrets
import struct
from dataclasses import dataclass, field

MAGIC = 0x2112A442
HEADER_BYTES = 20
MAX_BYTES = 1280
MAX_ATTRIBUTES = 32

BINDING_REQUEST = 0x0001
BINDING_INDICATION = 0x0011
BINDING_SUCCESS = 0x0101
BINDING_ERROR = 0x0111

USERNAME = 0x0006
MESSAGE_INTEGRITY = 0x0008
ERROR_CODE = 0x0009
XOR_MAPPED_ADDRESS = 0x0020
PRIORITY = 0x0024
USE_CANDIDATE = 0x0025
FINGERPRINT = 0x8028
ICE_CONTROLLED = 0x8029
ICE_CONTROLLING = 0x802A

_FINGERPRINT_MASK = 0x5354554E
_INTEGRITY_BYTES = 24
_KINDS = (BINDING_REQUEST, BINDING_INDICATION, BINDING_SUCCESS, BINDING_ERROR)

Address = tuple[str, int]


class StunError(ValueError):
    """Bytes that are no STUN binding message of ours."""


@dataclass(frozen=True, slots=True)
class StunMessage:
    """A parsed message; the first of repeated attributes counts, those after the integrity do not."""

    kind: int
    transaction: bytes
    attributes: dict[int, bytes] = field(default_factory=dict)
    signed: bytes = b""
    """What the integrity covers, its length field already as the sender computed it."""

    @property
    def username(self) -> str:
        """The `receiver:sender` pair of ICE user names, empty when there is none."""
        return self.attributes.get(USERNAME, b"").decode("utf-8", "replace")

    @property
    def nominates(self) -> bool:
        """Whether the sender wants this path used."""
        return USE_CANDIDATE in self.attributes

    @property
    def mapped_address(self) -> Address:
        """Where the responder saw the request come from; raises `StunError` when it is not said."""
        return _unxor_address(self.attributes.get(XOR_MAPPED_ADDRESS, b""), self.transaction)

    def is_signed_with(self, password: str) -> bool:
        """Tell whether the message was made by one who knows `password`."""
        digest = self.attributes.get(MESSAGE_INTEGRITY, b"")
        return bool(self.signed) and hmac.compare_digest(digest, _sign(self.signed, password))


def parse(data: bytes | memoryview) -> StunMessage:
    """Read one datagram; raises `StunError` and nothing else."""
    data = bytes(data)
    if not HEADER_BYTES <= len(data) <= MAX_BYTES:
        raise StunError("wrong size")
    kind, length, magic = struct.unpack_from("!HHI", data)
    if magic != MAGIC or kind not in _KINDS or length != len(data) - HEADER_BYTES or length % 4:
        raise StunError("no binding message")
    attributes: dict[int, bytes] = {}
    signed = b""
    position = HEADER_BYTES
    for _ in range(MAX_ATTRIBUTES):
        if position == len(data):
            return StunMessage(kind, data[8:20], attributes, signed)
        name, value, after = _attribute(data, position)
        if name == FINGERPRINT:
            _check_fingerprint(data, position, value, after)
        elif name == MESSAGE_INTEGRITY and not signed:
            signed = _with_length(data[:position], position + _INTEGRITY_BYTES - HEADER_BYTES)
            attributes[name] = value
        elif not signed:
            attributes.setdefault(name, value)
        position = after
    raise StunError("too many attributes")


def binding_request(username: str, password: str, *, priority: int = 1, controlling: bool = True,
                    nominate: bool = False, transaction: bytes | None = None) -> bytes:
    """Return a check of a path; `username` is `theirs:ours`, `password` theirs."""
    attributes = [
        (USERNAME, username.encode()),
        (PRIORITY, struct.pack("!I", priority)),
        (ICE_CONTROLLING if controlling else ICE_CONTROLLED, secrets.token_bytes(8)),
    ]
    if nominate:
        attributes.append((USE_CANDIDATE, b""))
    return _build(BINDING_REQUEST, transaction or secrets.token_bytes(12), attributes, password)


def binding_success(request: StunMessage, seen_from: Address, password: str) -> bytes:
    """Return the answer to a check; `password` is our own."""
    attributes = [(XOR_MAPPED_ADDRESS, _xor_address(seen_from, request.transaction))]
    return _build(BINDING_SUCCESS, request.transaction, attributes, password)


def binding_error(request: StunMessage, code: int, reason: str, password: str) -> bytes:
    """Return a refusal of a check, for example 487 when both sides want to be controlled."""
    value = struct.pack("!HBB", 0, code // 100, code % 100) + reason.encode()
    return _build(BINDING_ERROR, request.transaction, [(ERROR_CODE, value)], password)


def _attribute(data: bytes, position: int) -> tuple[int, bytes, int]:
    if position + 4 > len(data):
        raise StunError("a torn attribute")
    name, size = struct.unpack_from("!HH", data, position)
    after = position + 4 + size + (-size % 4)
    if after > len(data):
        raise StunError("an attribute longer than the message")
    return name, data[position + 4 : position + 4 + size], after


def _check_fingerprint(data: bytes, position: int, value: bytes, after: int) -> None:
    if after != len(data) or value != _fingerprint(data[:position]):
        raise StunError("wrong fingerprint")


def _build(kind: int, transaction: bytes, attributes: list[tuple[int, bytes]], password: str) -> bytes:
    body = b"".join(_encode(name, value) for name, value in attributes)
    message = struct.pack("!HHI", kind, len(body) + _INTEGRITY_BYTES, MAGIC) + transaction + body
    message += _encode(MESSAGE_INTEGRITY, _sign(message, password))
    message = _with_length(message, len(message) - HEADER_BYTES + 8)
    return message + _encode(FINGERPRINT, _fingerprint(message))


def _encode(name: int, value: bytes) -> bytes:
    return struct.pack("!HH", name, len(value)) + value + bytes(-len(value) % 4)


def _with_length(message: bytes, length: int) -> bytes:
    return message[:2] + struct.pack("!H", length) + message[4:]


def _sign(message: bytes, password: str) -> bytes:
    return hmac.new(password.encode(), message, hashlib.sha1).digest()


def _fingerprint(message: bytes) -> bytes:
    return struct.pack("!I", binascii.crc32(message) ^ _FINGERPRINT_MASK)


def _xor_address(address: Address, transaction: bytes) -> bytes:
    seen = ipaddress.ip_address(address[0].partition("%")[0])
    mapped = seen.ipv4_mapped if seen.version == 6 else None  # the peer knows it as IPv4
    packed = (mapped or seen).packed
    family = 1 if len(packed) == 4 else 2
    return struct.pack("!BBH", 0, family, address[1] ^ (MAGIC >> 16)) + _xor(packed, transaction)


def _unxor_address(value: bytes, transaction: bytes) -> Address:
    if len(value) not in (8, 20) or value[1] != (1 if len(value) == 8 else 2):
        raise StunError("no mapped address")
    port = int.from_bytes(value[2:4], "big") ^ (MAGIC >> 16)
    return str(ipaddress.ip_address(_xor(value[4:], transaction))), port


def _xor(packed: bytes, transaction: bytes) -> bytes:
    mask = struct.pack("!I", MAGIC) + transaction
    return bytes(a ^ b for a, b in zip(packed, mask, strict=False))

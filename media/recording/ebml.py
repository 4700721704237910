"""The element, of which WebM files are made (RFC 8794): writing it, and reading its head."""

from __future__ import annotations

import struct
from typing import NamedTuple

UNKNOWN_SIZE = b"\x01" + b"\xff" * 7
"""Of an element that ends where the file does (RFC 8794 section 6.2)."""
MAX_HEAD_BYTES = 12
"""An identifier of four bytes and a size of eight."""


class Head(NamedTuple):
    """The head of an element: identifier, where its content begins, and how long that is if it is known."""

    kind: int
    content: int
    size: int | None


def element(kind: int, *content: bytes) -> bytes:
    """Return an element with its size."""
    body = b"".join(content)
    return identifier(kind) + size_of(len(body)) + body


def number(kind: int, value: int) -> bytes:
    """Return an element that is a number from 0 on."""
    return element(kind, value.to_bytes(max(1, -(-value.bit_length() // 8)), "big"))


def real(kind: int, value: float) -> bytes:
    """Return an element that is a number with a fraction."""
    return element(kind, struct.pack("!d", value))


def identifier(kind: int) -> bytes:
    """Return an identifier, which tells its length by itself."""
    return kind.to_bytes(-(-kind.bit_length() // 8), "big")


def size_of(value: int, length: int = 0) -> bytes:
    """Return a size in `length` bytes, or as few as it takes; all ones are not a size (section 6.2)."""
    count = length or next(n for n in range(1, 9) if value < (1 << 7 * n) - 1)
    return (value | 1 << 7 * count).to_bytes(count, "big")


def read_head(data: bytes, position: int = 0) -> Head | None:
    """Return the head of an element; None when it is torn or none at all."""
    kind, content = _read(data, position, 4, keep_mark=True)
    size, start = _read(data, content, 8, keep_mark=False)
    if kind is None or size is None:
        return None
    is_unknown = size == (1 << 7 * (start - content)) - 1
    return Head(kind, start, None if is_unknown else size)


def _read(data: bytes, position: int, longest: int, *, keep_mark: bool) -> tuple[int | None, int]:
    """Return a number whose leading zeros tell its length, and where it ends (RFC 8794 section 4)."""
    first = data[position] if position < len(data) else 0
    length = 9 - first.bit_length()
    end = position + length
    if not first or length > longest or end > len(data):
        return None, position
    value = int.from_bytes(data[position:end], "big")
    return value if keep_mark else value & (1 << 7 * length) - 1, end

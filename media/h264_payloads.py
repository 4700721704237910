"""Cuts an H.264 access unit into RTP payloads (RFC 6184): single units, STAP-A and FU-A."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

PAYLOAD_BYTES = 1150
STAP_A, FU_A = 24, 28
_FIRST, _LAST = 0x80, 0x40


def packetise(units: Sequence[bytes], limit: int = PAYLOAD_BYTES) -> list[bytes]:
    """Return the payloads that carry `units` (NAL units without start codes) in order, none above `limit`.

    Small neighbours share a packet, a large one is cut; the last payload is the one to mark.
    """
    payloads: list[bytes] = []
    together: list[bytes] = []
    for unit in units:
        if together and 1 + sum(2 + len(u) for u in together) + 2 + len(unit) > limit:
            payloads.append(_join(together))
            together = []
        if len(unit) > limit:
            payloads.extend(_cut(unit, limit))
        else:
            together.append(unit)
    if together:
        payloads.append(_join(together))
    return payloads


def _join(units: list[bytes]) -> bytes:
    if len(units) == 1:
        return units[0]
    importance = max(unit[0] & 0x60 for unit in units)
    return bytes([importance | STAP_A]) + b"".join(len(u).to_bytes(2, "big") + u for u in units)


def _cut(unit: bytes, limit: int) -> Iterator[bytes]:
    indicator, kind, size = unit[0] & 0xE0 | FU_A, unit[0] & 0x1F, limit - 2
    pieces = -(-(len(unit) - 1) // size)
    for index in range(pieces):
        place = (_FIRST if index == 0 else 0) | (_LAST if index == pieces - 1 else 0)
        yield bytes([indicator, place | kind]) + unit[1 + index * size : 1 + (index + 1) * size]

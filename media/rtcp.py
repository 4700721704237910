"""RTCP: the reports and requests we understand and those we send (RFC 3550, 4585, 5104).

`parse` reads a whole compound packet within fixed bounds; what we have no use for is read over.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

SENDER_REPORT = 200
RECEIVER_REPORT = 201
SOURCE_DESCRIPTION = 202
GOODBYE = 203
TRANSPORT_FEEDBACK = 205
PAYLOAD_FEEDBACK = 206

NACK_FORMAT = 1
PLI_FORMAT = 1
FIR_FORMAT = 4
APPLICATION_FORMAT = 15

MAX_PARTS = 16
MAX_BLOCKS = 31
MAX_ENTRIES = 31
"""Sources for which one FIR asks; a peer has two here, and may be told of others."""
MAX_LOST = 512
"""Sequence numbers taken from one compound packet; who misses more needs a keyframe."""

_HEADER = struct.Struct("!BBH")
_BLOCK = struct.Struct("!IIIIII")


class RtcpError(ValueError):
    """Bytes that are no compound RTCP packet."""


@dataclass(frozen=True, slots=True)
class ReportBlock:
    """How one source is received: lost share in 1/256, jitter and times in the units of RFC 3550."""

    ssrc: int
    fraction_lost: int
    lost: int
    highest_sequence: int
    jitter: int
    last_report: int
    delay: int


@dataclass(frozen=True, slots=True)
class SenderReport:
    """At `ntp` (64 bits, seconds since 1900 in 32.32) the clock of `ssrc` stood at `timestamp`."""

    ssrc: int
    ntp: int
    timestamp: int
    packets: int
    octets: int


@dataclass(frozen=True, slots=True)
class Reception:
    """Report blocks about what we send."""

    ssrc: int
    blocks: tuple[ReportBlock, ...]


@dataclass(frozen=True, slots=True)
class Nack:
    """Sequence numbers of `media_ssrc` that did not arrive."""

    media_ssrc: int
    lost: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class KeyframeRequest:
    """PLI, or an entry of a FIR (RFC 5104 section 4.3.1): the receiver of `media_ssrc` needs a keyframe."""

    media_ssrc: int


@dataclass(frozen=True, slots=True)
class Goodbye:
    """Sources that stop."""

    sources: tuple[int, ...]


Part = SenderReport | Reception | Nack | KeyframeRequest | Goodbye


def parse(data: bytes) -> list[Part]:
    """Read a compound packet; raises `RtcpError` and nothing else."""
    parts: list[Part] = []
    position = 0
    for _ in range(MAX_PARTS):
        if position == len(data):
            return parts
        if position + 4 > len(data):
            raise RtcpError("a torn header")
        first, kind, words = _HEADER.unpack_from(data, position)
        end = position + 4 + 4 * words
        if first >> 6 != 2 or end > len(data):
            raise RtcpError("no RTCP")
        body = _without_padding(data[position + 4 : end], bool(first & 0x20))
        reader = _READERS.get(kind)
        if reader:
            parts.extend(reader(first & 31, body))
        position = end
    raise RtcpError("too many parts")


def sender_report(report: SenderReport, name: str) -> bytes:
    """Return a compound of the report and the canonical name of its source."""
    body = struct.pack("!IQIII", report.ssrc, report.ntp, report.timestamp & 0xFFFFFFFF,
                       report.packets & 0xFFFFFFFF, report.octets & 0xFFFFFFFF)
    return _pack(0, SENDER_REPORT, body) + _description(report.ssrc, name)


def receiver_report(ssrc: int, blocks: Sequence[ReportBlock], name: str) -> bytes:
    """Return a compound of at most 31 blocks and our canonical name."""
    kept = blocks[:MAX_BLOCKS]
    body = struct.pack("!I", ssrc) + b"".join(_block_bytes(block) for block in kept)
    return _pack(len(kept), RECEIVER_REPORT, body) + _description(ssrc, name)


def nack(ssrc: int, media_ssrc: int, lost: Sequence[int]) -> bytes:
    """Return a request to send `lost` again, ascending sequence numbers, as few words as possible."""
    body = struct.pack("!II", ssrc, media_ssrc)
    words: list[list[int]] = []
    for sequence in lost:
        ahead = (sequence - words[-1][0]) & 0xFFFF if words else 17
        if 0 < ahead <= 16:
            words[-1][1] |= 1 << (ahead - 1)
        elif ahead:
            words.append([sequence, 0])
    body += b"".join(struct.pack("!HH", *word) for word in words)
    return _pack(NACK_FORMAT, TRANSPORT_FEEDBACK, body)


def picture_loss(ssrc: int, media_ssrc: int) -> bytes:
    """Return a request for a keyframe (PLI)."""
    return _pack(PLI_FORMAT, PAYLOAD_FEEDBACK, struct.pack("!II", ssrc, media_ssrc))


def bitrate_limit(ssrc: int, bits_per_second: int, sources: Sequence[int]) -> bytes:
    """Return the receiver's estimate (REMB): the sum of `sources` shall not exceed the rate."""
    exponent = max(0, bits_per_second.bit_length() - 18)
    word = len(sources) << 24 | exponent << 18 | bits_per_second >> exponent
    body = struct.pack("!II4sI", ssrc, 0, b"REMB", word) + struct.pack(f"!{len(sources)}I", *sources)
    return _pack(APPLICATION_FORMAT, PAYLOAD_FEEDBACK, body)


def ntp_time(unix_seconds: float) -> int:
    """Return a time as RTCP writes it, within the era it lies in (RFC 5905 section 6)."""
    return int((unix_seconds + 2208988800) * (1 << 32)) & (1 << 64) - 1


def unix_seconds(ntp: int) -> float:
    """Return an RTCP time as Unix time."""
    return ntp / (1 << 32) - 2208988800


def _read_sender_report(count: int, body: bytes) -> Iterator[Part]:
    if len(body) < 24 + 24 * count:
        raise RtcpError("a torn sender report")
    yield SenderReport(*struct.unpack_from("!IQIII", body))
    if count:
        yield Reception(int.from_bytes(body[:4], "big"), _blocks(body, 24, count))


def _read_receiver_report(count: int, body: bytes) -> Iterator[Part]:
    if len(body) < 4 + 24 * count:
        raise RtcpError("a torn receiver report")
    yield Reception(int.from_bytes(body[:4], "big"), _blocks(body, 4, count))


def _read_goodbye(count: int, body: bytes) -> Iterator[Part]:
    if len(body) < 4 * count:
        raise RtcpError("a torn goodbye")
    yield Goodbye(struct.unpack_from(f"!{count}I", body))


def _read_transport_feedback(form: int, body: bytes) -> Iterator[Part]:
    if form != NACK_FORMAT:
        return
    if len(body) < 8:
        raise RtcpError("a torn request")
    lost: list[int] = []
    for position in range(8, len(body) - 3, 4):
        first, bits = struct.unpack_from("!HH", body, position)
        lost.append(first)
        lost.extend((first + 1 + bit) & 0xFFFF for bit in range(16) if bits >> bit & 1)
        if len(lost) >= MAX_LOST:
            break
    yield Nack(int.from_bytes(body[4:8], "big"), tuple(lost[:MAX_LOST]))


def _read_payload_feedback(form: int, body: bytes) -> Iterator[Part]:
    if form not in (PLI_FORMAT, FIR_FORMAT):
        return
    if len(body) < (8 if form == PLI_FORMAT else 16):
        raise RtcpError("a torn request")
    entries = (4,) if form == PLI_FORMAT else range(8, len(body) - 7, 8)[:MAX_ENTRIES]
    for at in entries:
        yield KeyframeRequest(int.from_bytes(body[at : at + 4], "big"))


_READERS: dict[int, Callable[[int, bytes], Iterator[Part]]] = {
    SENDER_REPORT: _read_sender_report,
    RECEIVER_REPORT: _read_receiver_report,
    GOODBYE: _read_goodbye,
    TRANSPORT_FEEDBACK: _read_transport_feedback,
    PAYLOAD_FEEDBACK: _read_payload_feedback,
}


def _blocks(body: bytes, start: int, count: int) -> tuple[ReportBlock, ...]:
    found = []
    for index in range(count):
        ssrc, loss, highest, jitter, last, delay = _BLOCK.unpack_from(body, start + 24 * index)
        lost = (loss & 0xFFFFFF) - (1 << 24 if loss & 0x800000 else 0)
        found.append(ReportBlock(ssrc, loss >> 24, lost, highest, jitter, last, delay))
    return tuple(found)


def _block_bytes(block: ReportBlock) -> bytes:
    loss = block.fraction_lost << 24 | max(-0x800000, min(0x7FFFFF, block.lost)) & 0xFFFFFF
    return _BLOCK.pack(block.ssrc, loss, block.highest_sequence & 0xFFFFFFFF, block.jitter & 0xFFFFFFFF,
                       block.last_report, block.delay & 0xFFFFFFFF)


def _without_padding(body: bytes, padded: bool) -> bytes:
    if not padded:
        return body
    if not body or not 0 < body[-1] <= len(body):
        raise RtcpError("wrong padding")
    return body[: -body[-1]]


def _description(ssrc: int, name: str) -> bytes:
    text = name.encode()[:255]
    chunk = struct.pack("!IBB", ssrc, 1, len(text)) + text
    return _pack(1, SOURCE_DESCRIPTION, chunk + bytes(4 - len(chunk) % 4))


def _pack(count: int, kind: int, body: bytes) -> bytes:
    return _HEADER.pack(0x80 | count, kind, len(body) // 4) + body

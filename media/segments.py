"""Which packets may leave as segments of one message: all of one size, the last at most that (udp(7)).

The kernel takes such a run for a receiver at once and cuts it up on its way out, which saves most of what
sending costs. Encoders cut a picture into parts of nearly one size; RTP padding (RFC 3550 section 5.1) makes
up for the few bytes between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

MAX_SEGMENTS = 16
MAX_PADDING = 24
PADDING_BIT = 0x20


def runs(packets: Iterable[bytes], longest: int = MAX_SEGMENTS) -> Iterator[list[bytes]]:
    """Yield the RTP packets in their order, in runs of at most `longest` that fit one message."""
    run: list[bytes] = []
    smallest = largest = 0
    for packet in packets:
        size = len(packet)
        if run and (len(run) == longest or size - smallest > MAX_PADDING):
            yield even(run, largest)
            run = []
        if not run:
            smallest = largest = size
        run.append(packet)
        if largest - size > MAX_PADDING:  # the end of a picture: nothing may follow a smaller segment
            yield even(run, largest)
            run = []
            continue
        smallest, largest = min(smallest, size), max(largest, size)
    if run:
        yield even(run, largest)


def even(run: list[bytes], size: int) -> list[bytes]:
    """Return the run with every packet but the last padded to `size`."""
    return [*(padded(packet, size) for packet in run[:-1]), run[-1]]


def padded(packet: bytes, size: int) -> bytes:
    """Return an unpadded RTP packet with as much padding, 255 at most, as makes it `size` bytes long."""
    missing = size - len(packet)
    if not missing:
        return packet
    return bytes((packet[0] | PADDING_BIT,)) + packet[1:] + bytes(missing - 1) + bytes((missing,))

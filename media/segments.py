"""Which packets may leave as segments of one message: all of one size, the last at most that (udp(7)).

The kernel takes such a run for a receiver at once and cuts it up on its way out, which saves most of what
sending costs. Encoders cut a picture into parts of nearly one size; RTP padding (RFC 3550 section 5.1) makes
up for the few bytes between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from media.backlog import MediaPacket

MAX_SEGMENTS = 16
MAX_PADDING = 24


def runs(packets: Iterable[MediaPacket], longest: int = MAX_SEGMENTS) -> Iterator[list[MediaPacket]]:
    """Yield packets that nobody has been sent yet, in order, in runs of at most `longest`, padded to fit."""
    run: list[MediaPacket] = []
    smallest = largest = 0
    for packet in packets:
        size = len(packet.payload)
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


def even(run: list[MediaPacket], size: int) -> list[MediaPacket]:
    """Return the run with every packet but the last padded to a payload of `size`."""
    for packet in run[:-1]:
        packet.padding = size - len(packet.payload)
    return run

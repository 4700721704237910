"""How long packets take from the publisher's socket to a viewer's, by the payloads they carry.

A server writes new headers, but the payload it passes on is the publisher's, so that the end of a payload
tells which packet it was. The kernel says when a datagram came; that the reader was busy does not count.
"""

from __future__ import annotations

import socket
import struct
import time

KEY_BYTES = 24
SO_TIMESTAMPNS = 35
"""Linux: stamp datagrams with the time of their arrival (socket(7))."""
ROOM = 64
_TIMESPEC = struct.Struct("qq")


class Departures:
    """When each payload was sent last; a clip that repeats sends the same ones again."""

    def __init__(self) -> None:
        self._sent: dict[bytes, int] = {}

    def note(self, payload: bytes) -> None:
        """Note that a payload is sent now."""
        self._sent[payload[-KEY_BYTES:]] = time.time_ns()

    def delay(self, packet: bytes, arrived_ns: int) -> float | None:
        """Return how many seconds an RTP packet took; None when the publisher did not send its payload."""
        sent = self._sent.get(packet[-KEY_BYTES:])
        return None if sent is None or arrived_ns < sent else (arrived_ns - sent) / 1e9


def stamp_arrivals(sock: socket.socket) -> None:
    """Have the kernel stamp what comes to `sock`; read with `arrival`."""
    sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)


def arrival(ancillary: list[tuple[int, int, bytes]]) -> int:
    """Return the time of arrival in Unix nanoseconds; now, when the kernel did not say."""
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS:
            seconds, nanoseconds = _TIMESPEC.unpack_from(data)
            return int(seconds * 1_000_000_000 + nanoseconds)
    return time.time_ns()


def percentile(values: list[float], share: float) -> float:
    """Return the value below which `share` of all lie; 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0

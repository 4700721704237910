"""What the compiled fan-out gains by more cores: `python -m showroom.load.fanout`.

Runs of a show go to many real sockets, by one thread and by several in turn; the sockets are emptied between
two runs, so that only the sending is timed. Prints one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import sys
import time
from collections.abc import Sequence
from contextlib import closing

from media import rtp
from media.batch import pack_address
from media.compiled import Fanout, Receivers, make_fanout, make_protector, make_receivers
from media.dtls import SrtpProfile
from media.numbering import AS_IT_IS

RECEIVERS = 500
PACKETS, PAYLOAD_BYTES = 12, 1150
ROUNDS = 60
WHOLE = 0.99
"""A busy kernel drops a few datagrams even on its way to itself."""
BUFFER_BYTES = 8 << 20
MAX_DATAGRAM = 2048


class Bench:
    """The receivers, and the numbers of their packets; `close` frees the sockets."""

    def __init__(self) -> None:
        self._socket = _open_socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER_BYTES)
        self._inlets = [_open_socket() for _ in range(RECEIVERS)]
        self._receivers: Receivers = make_receivers()
        profile = SrtpProfile.AEAD_AES_128_GCM
        for place, inlet in enumerate(self._inlets):
            protector = make_protector(profile, os.urandom(profile.key_bytes + profile.salt_bytes))
            if protector is not None:
                self._receivers.place(place, protector, pack_address(inlet.getsockname()), AS_IT_IS)
        self._next = 0

    def close(self) -> None:
        """Free the sockets."""
        for sock in (self._socket, *self._inlets):
            sock.close()

    def round(self, fanout: Fanout) -> float:
        """Send one run to everybody and return the microseconds for each packet that arrived."""
        numbers = range(self._next, self._next + PACKETS)
        self._next += PACKETS
        run = [rtp.build(96, False, number, 1, 42, os.urandom(PAYLOAD_BYTES)) for number in numbers]
        start = time.perf_counter()
        failures = fanout.send(
            self._socket.fileno(), self._receivers, run, [number >> 16 for number in numbers]
        )
        seconds = time.perf_counter() - start
        arrived = sum(_empty(inlet) for inlet in self._inlets)
        if failures or arrived < WHOLE * PACKETS * RECEIVERS:
            raise RuntimeError(f"{arrived} packets arrived, {len(failures)} receivers failed")
        return seconds * 1e6 / arrived


def main(argv: Sequence[str] | None = None) -> int:
    """Measure with one thread and with as many as are asked for, and print the line."""
    parser = argparse.ArgumentParser(description="What the compiled fan-out gains by more cores.")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)), help="all cores")
    threads = parser.parse_args(argv).threads
    one, several = make_fanout(1), make_fanout(threads)
    if one is None or several is None:
        sys.stderr.write("the compiled fan-out is not installed: make native\n")
        return 1
    with closing(Bench()) as bench:
        figures = [(bench.round(one), bench.round(several)) for _ in range(ROUNDS)]
    alone, together = (statistics.median(column) for column in zip(*figures, strict=True))
    line = {
        "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "receivers": RECEIVERS, "threads": threads,
        "us_per_packet_one_thread": round(alone, 3), "us_per_packet_threads": round(together, 3),
        "gain": round(alone / together, 2),
    }
    sys.stdout.write(json.dumps(line) + "\n")
    return 0


def _open_socket() -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    sock.setblocking(False)
    return sock


def _empty(inlet: socket.socket) -> int:
    count = 0
    while True:
        try:
            inlet.recv(MAX_DATAGRAM)
        except BlockingIOError:
            return count
        count += 1


if __name__ == "__main__":
    raise SystemExit(main())

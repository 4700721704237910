"""What the compiled fan-out gains by more cores: `python -m showroom.load.fanout`.

Runs of a show go to many real sockets, by one thread and by several in turn; the sockets are emptied between
two runs, so that only the sending is timed. What arrives on this machine is still taken in by the core that
sent it; with `--away` (and `bench/away`) packets leave for an address of another machine, as those of a fair.

What a machine calls two cores may be two halves of one, which others use as well, for seconds at a time. So
in between threads that share nothing compress something: what they gain is what there is to gain. Prints one
line of JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import sys
import time
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from media import rtp
from media.batch import pack_address
from media.compiled import Fanout, Receivers, make_fanout, make_protector, make_receivers
from media.dtls import SrtpProfile
from media.numbering import AS_IT_IS

RECEIVERS = 500
PACKETS, PAYLOAD_BYTES = 12, 1150
ROUNDS, ROUNDS_A_CONTROL = 60, 6
WHOLE = 0.99
"""A busy kernel drops a few datagrams even on its way to itself."""
BUFFER_BYTES = 8 << 20
MAX_DATAGRAM = 2048
COMPRESSED = b"".join(number.to_bytes(4, "big") * 3 for number in range(120_000))
"""Takes some hundredths of a second: a kernel may leave two threads on one core for some milliseconds."""
LOOPBACK, FIRST_PORT = "127.0.0.1", 20_000


class Bench:
    """The receivers, and the numbers of their packets; `close` frees the sockets.

    With `away` they are ports of that address, and nobody counts what arrives there.
    """

    def __init__(self, away: str | None = None) -> None:
        self._socket = _open_socket(None if away else LOOPBACK)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER_BYTES)
        self._inlets = [] if away else [_open_socket(LOOPBACK) for _ in range(RECEIVERS)]
        self._receivers: Receivers = make_receivers()
        profile = SrtpProfile.AEAD_AES_128_GCM
        names = [inlet.getsockname() for inlet in self._inlets]
        if away:
            names = [(away, FIRST_PORT + number) for number in range(RECEIVERS)]
        for place, name in enumerate(names):
            protector = make_protector(profile, os.urandom(profile.key_bytes + profile.salt_bytes))
            if protector is not None:
                self._receivers.place(place, protector, pack_address(name), AS_IT_IS)
        self._next = 0

    def close(self) -> None:
        """Free the sockets."""
        for sock in (self._socket, *self._inlets):
            sock.close()

    def round(self, fanout: Fanout) -> float:
        """Send one run to everybody and return the microseconds for each packet that arrived, or left."""
        numbers = range(self._next, self._next + PACKETS)
        self._next += PACKETS
        run = [rtp.build(96, False, number, 1, 42, os.urandom(PAYLOAD_BYTES)) for number in numbers]
        start = time.perf_counter()
        failures = fanout.send(
            self._socket.fileno(), self._receivers, run, [number >> 16 for number in numbers]
        )
        seconds = time.perf_counter() - start
        arrived = sum(_empty(inlet) for inlet in self._inlets) if self._inlets else PACKETS * RECEIVERS
        if failures or arrived < WHOLE * PACKETS * RECEIVERS:
            raise RuntimeError(f"{arrived} packets arrived, {len(failures)} receivers failed")
        return seconds * 1e6 / arrived


def main(argv: Sequence[str] | None = None) -> int:
    """Measure with one thread and with as many as are asked for, and print the line."""
    parser = argparse.ArgumentParser(description="What the compiled fan-out gains by more cores.")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)), help="all cores")
    parser.add_argument("--away", metavar="ADDRESS", help="send there, where nobody listens")
    arguments = parser.parse_args(argv)
    threads = arguments.threads
    one, several = make_fanout(1), make_fanout(threads)
    if one is None or several is None:
        sys.stderr.write("the compiled fan-out is not installed: make native\n")
        return 1
    figures, controls = [], []
    with closing(Bench(arguments.away)) as bench, ThreadPoolExecutor(threads) as pool:
        for number in range(ROUNDS):
            figures.append((bench.round(one), bench.round(several)))
            if number % ROUNDS_A_CONTROL == 0:
                controls.append((_compress(pool, 1), _compress(pool, threads)))
    alone, together = _medians(figures)
    control_alone, control_together = _medians(controls)
    line = {
        "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "receivers": RECEIVERS, "threads": threads,
        "us_per_packet_one_thread": round(alone, 3), "us_per_packet_threads": round(together, 3),
        "gain": round(alone / together, 2), "machine_gain": round(control_alone / control_together, 2),
    }
    sys.stdout.write(json.dumps(line) + "\n")
    return 0


def _medians(rows: Sequence[tuple[float, float]]) -> tuple[float, float]:
    alone, together = zip(*rows, strict=True)
    return statistics.median(alone), statistics.median(together)


def _compress(pool: ThreadPoolExecutor, threads: int) -> float:
    """Return how many seconds each of so many jobs took, which share nothing."""
    start = time.perf_counter()
    list(pool.map(zlib.compress, [COMPRESSED] * threads))
    return (time.perf_counter() - start) / threads


def _open_socket(address: str | None) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    if address is not None:
        sock.bind((address, 0))
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

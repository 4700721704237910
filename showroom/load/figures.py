"""The figures of one load test, and the line they are printed as."""

from __future__ import annotations

import json
import os
import platform
import time
from dataclasses import dataclass
from importlib.metadata import version

from showroom.load.delay import percentile
from showroom.load.proc import CpuTime

PACKAGES = ("showroom", "aiortc", "pylibsrtp", "cryptography", "uvloop", "aiohttp")


@dataclass(frozen=True, slots=True)
class Figures:
    """What was counted; `expected` packets should have reached each viewer, `received` did."""

    viewers: int
    shows: int
    seconds: float
    kbps: int
    server: str
    sent: int
    expected: list[int]
    received: list[int]
    opened: int
    damaged: int
    server_cpu: CpuTime
    client_cpu: CpuTime
    empty_kb: int
    full_kb: int
    join_seconds: float
    first_packet_seconds: list[float]
    """From the offer to the first packet of media, of each viewer."""
    delays: list[float]
    """Seconds from the publisher's socket to a viewer's, of the sample's packets."""

    @property
    def delivered(self) -> float:
        """The share of packets that reached their viewer, 0 to 1."""
        return sum(self.received) / max(1, sum(self.expected))

    @property
    def worst(self) -> float:
        """The same share for the viewer who got least."""
        return min(r / max(1, e) for r, e in zip(self.received, self.expected, strict=True))

    @property
    def us_per_packet(self) -> float:
        """The server's CPU time for each packet delivered, in microseconds."""
        return self.server_cpu.total * 1e6 / max(1, sum(self.received))


def as_line(figures: Figures) -> str:
    """Return the figures as one line of JSON."""
    packets = max(1, sum(figures.received))
    ticks = figures.server_cpu.user + figures.server_cpu.system or 1.0
    return json.dumps(
        {
            "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "viewers": figures.viewers,
            "shows": figures.shows,
            "video_kbps": figures.kbps,
            "seconds": round(figures.seconds, 2),
            "server": figures.server,
            "packets_in_per_second": round(figures.sent / figures.seconds, 1),
            "packets_out_per_second": round(packets / figures.seconds, 1),
            "delivered": round(figures.delivered, 6),
            "worst_viewer": round(figures.worst, 6),
            "server_us_per_packet": round(figures.us_per_packet, 2),
            "server_us_user": round(figures.us_per_packet * figures.server_cpu.user / ticks, 2),
            "server_us_system": round(figures.us_per_packet * figures.server_cpu.system / ticks, 2),
            "server_core_share": round(figures.server_cpu.total / figures.seconds, 3),
            "client_core_share": round(figures.client_cpu.total / figures.seconds, 3),
            "server_kb_per_viewer": round((figures.full_kb - figures.empty_kb) / figures.viewers, 1),
            "delay_ms_p50": _ms(figures.delays, 0.5),
            "delay_ms_p99": _ms(figures.delays, 0.99),
            "first_packet_ms_p50": _ms(figures.first_packet_seconds, 0.5),
            "first_packet_ms_p95": _ms(figures.first_packet_seconds, 0.95),
            "joins_per_second": round(figures.viewers / figures.join_seconds, 1),
            "sample_opened": figures.opened,
            "sample_damaged": figures.damaged,
            "cores": os.cpu_count(),
            "kernel": platform.release(),
            "python": platform.python_version(),
            **{package: version(package) for package in PACKAGES},
        }
    )


def _ms(seconds: list[float], share: float) -> float:
    return round(percentile(seconds, share) * 1000, 2)

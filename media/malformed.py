"""Counts what could not be read."""

from __future__ import annotations


class Malformed:
    """How many packets of each kind could not be read, since the last look."""

    def __init__(self) -> None:
        self.counts = {"rtp": 0, "rtcp": 0, "srtp": 0}

"""Reads the headers of video codecs bit by bit."""

from __future__ import annotations


class Bits:
    """Reads numbers of so many bits from the front; raises `ValueError` beyond the end."""

    def __init__(self, data: bytes) -> None:
        self._bits = int.from_bytes(data, "big")
        self._left = 8 * len(data)

    def read(self, count: int) -> int:
        """Return the next `count` bits as a number."""
        self._left -= count
        if self._left < 0:
            raise ValueError("a torn parameter set")
        return self._bits >> self._left & ((1 << count) - 1)

    def unsigned(self) -> int:
        """Return the next Exp-Golomb number: `ue(v)` of H.264 (9.1), `uvlc()` of AV1 (4.10.3)."""
        zeros = 0
        while not self.read(1):
            zeros += 1
            if zeros > 31:
                raise ValueError("no Exp-Golomb number")
        return (1 << zeros) - 1 + self.read(zeros)

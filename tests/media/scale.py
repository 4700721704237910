"""How much of an attack a test runs: a part in `make test`, the whole in `make soak`."""

from __future__ import annotations

import os

IS_FULL = "SOAK_SECONDS" in os.environ


def scaled(part: int, whole: int) -> int:
    """Return how often to do it."""
    return whole if IS_FULL else part

"""Reads the outlines that the bodies of demo products are turned and cut from."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from showroom.demo.solid import Flat


@cache
def outlines() -> dict[str, list[Flat]]:
    """Return all outlines by name, as `outlines.toml` beside this file has them."""
    rows = tomllib.loads((Path(__file__).parent / "outlines.toml").read_text("utf-8"))
    return {name: [(x, y) for x, y in row] for name, row in rows.items()}


OUTLINES = outlines()

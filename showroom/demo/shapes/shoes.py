"""Shoes and boots."""

from __future__ import annotations

from itertools import pairwise
from math import cos, pi, sin

from showroom.demo.materials import Material
from showroom.demo.shapes.outlines import OUTLINES
from showroom.demo.solid import (
    Mesh,
    Point,
    loft,
    smooth,
    tube,
)
from showroom.demo.studio import Part


def shoe(upper: Material, sole: Material, lace: Material, variant: int) -> list[Part]:
    pair = _shoe(upper, sole, lace, variant)
    left = [Part(p.mesh.turned("y", 16).moved(-0.3, 0, -1.05), p.materials) for p in pair]
    right = [Part(p.mesh.scaled(1, 1, -1), p.materials) for p in pair]
    turned = [Part(_flip(p.mesh).turned("y", -4).moved(0.25, 0, 0.65), p.materials) for p in right]
    return left + turned


def _flip(mesh: Mesh) -> Mesh:
    """Turn the faces over after a mirroring."""
    return Mesh(mesh.points, tuple(face[::-1] for face in mesh.faces), mesh.columns, mesh.paint)


def _shoe(upper: Material, sole: Material, lace: Material, variant: int) -> list[Part]:
    boot = variant % 3 == 1
    wide = smooth(
        OUTLINES["shoe-1"],
        5,
    )
    high = 2.5 if boot else 1.25
    top = smooth(
        [
            (-2.0, high * 0.95),
            (-1.9, high),
            (-1.2, high * 0.95),
            (-0.55, high * 0.93),
            (0.2, 1.0),
            (0.9, 0.78),
            (1.6, 0.68),
            (2.1, 0.45),
            (2.2, 0.3),
        ],
        6,
    )
    rings = [_section(x, w, _at(top, x)) for x, w in wide]
    soles = []
    for x, w in wide:
        lift = 0.1 * max(0.0, (x - 1.2)) ** 2
        outline = _box_ring(0.0, 0.3 if x > -0.8 else 0.34)
        soles.append([(x * 1.03, lift + y, (w + 0.06) * z) for y, z in outline])
    parts = [Part(loft(soles), (sole,)), Part(loft(rings), (upper,))]
    if boot or variant % 3 == 0:
        parts.append(Part(tube(_collar(high, boot), 0.1), (lace,)))
    for k in range(5 if boot else 4):
        x = 0.75 - 0.27 * k
        y = _at(top, x)
        arch = [
            (x, y + 0.05 - 0.32 * (z / 0.34) ** 2 * 0.5, z) for z in [-0.34 + 0.068 * j for j in range(11)]
        ]
        parts.append(Part(tube(arch, 0.05), (lace,)))
    return parts


def _section(x: float, width: float, top: float) -> list[Point]:
    """Return a cut through the upper at `x`: flat below, drawn in towards the laces."""
    ring = []
    for k in range(40):
        a = 2 * pi * k / 40
        up = max(0.0, sin(a))
        pinch = 1 - 0.35 * up**2 * (1 if x > -0.6 else 0.5)
        ring.append((x, 0.22 + (top - 0.22) * (up**0.8), width * cos(a) * pinch))
    return ring


def _collar(high: float, boot: bool) -> list[tuple[float, float, float]]:
    y = high * 0.96
    return [
        (-1.28 + (0.62 if boot else 0.68) * cos(t), y + 0.04 * cos(t), 0.36 * sin(t))
        for t in [2 * pi * k / 40 for k in range(41)]
    ]


def _box_ring(low: float, high: float) -> list[tuple[float, float]]:
    return [
        (low + (high - low) * (0.5 + 0.5 * max(-1, min(1, 1.6 * sin(a)))), max(-1, min(1, 1.4 * cos(a))))
        for a in [2 * pi * k / 24 for k in range(24)]
    ]


def _at(curve: list[tuple[float, float]], x: float) -> float:
    """Return the height of a curve at `x`."""
    for (x0, y0), (x1, y1) in pairwise(curve):
        if x0 <= x <= x1 and x1 > x0:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return curve[-1][1] if x > curve[-1][0] else curve[0][1]


KINDS = {
    "shoe": shoe,
}

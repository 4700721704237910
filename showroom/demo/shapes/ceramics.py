"""Ceramics: mugs, vases, teapots, bowls and plates."""

from __future__ import annotations

from math import cos, pi, sin

from showroom.demo.materials import Material
from showroom.demo.shapes.outlines import OUTLINES
from showroom.demo.solid import (
    Flat,
    Mesh,
    bend,
    lathe,
    smooth,
    tube,
)
from showroom.demo.studio import Part


def vessel(outline: list[Flat], wall: float = 0.06, steps: int = 7) -> Mesh:
    """Turn an open pot from its outline, with a round lip and an inside."""
    outer = smooth([(0.0, outline[0][1]), (0.0, outline[0][1]), outline[0], *outline], steps)
    inner = [(max(r - wall, 0.0), y) for r, y in reversed(outer) if y > outline[0][1] + wall]
    lip = outer[-1]
    turn = [(lip[0] - wall / 2 + wall / 2 * cos(t), lip[1] + wall / 2 * sin(t)) for t in (0.5, 1.2, 1.9, 2.6)]
    return lathe([*outer, *turn, *inner, (0.0, outline[0][1] + wall)], 96)


def _ear(x: float, low: float, high: float, out: float, thick: float) -> Mesh:
    """Return a handle at the right from height `low` to `high`."""
    middle = (low + high) / 2
    path = bend(
        [
            (x - 0.1, high, 0),
            (x + out * 0.7, high, 0),
            (x + out, middle, 0),
            (x + out * 0.6, low, 0),
            (x - 0.12, low, 0),
        ],
        7,
    )
    return tube(path, thick, 16)


def mug(body: Material, inside: Material, _trim: Material, variant: int) -> list[Part]:
    outlines: list[list[Flat]] = [
        [(0.8, 0), (0.86, 0.06), (0.88, 0.9), (0.88, 1.85)],
        [(0.55, 0), (0.85, 0.35), (0.95, 1.0), (0.85, 1.5)],
        [(0.62, 0), (0.72, 0.3), (0.85, 1.1), (1.0, 1.7)],
    ]
    outline = outlines[variant % 3]
    top = outline[-1]
    fill = lathe([(0.0, top[1] - 0.22), (top[0] - 0.09, top[1] - 0.22)], 64)
    return [
        Part(_ear(0.84, top[1] * 0.25, top[1] * 0.78, 0.55, 0.105), (body,)),
        Part(vessel(outline), (body,)),
        Part(fill.scaled(0.98, 1, 0.98), (inside,)),
    ]


def vase(body: Material, band: Material, _trim: Material, variant: int) -> list[Part]:
    outlines: list[list[Flat]] = [
        OUTLINES["vase-1"],
        OUTLINES["vase-2"],
        [(0.6, 0), (1.15, 0.6), (1.05, 1.15), (0.5, 1.5), (0.42, 1.65)],
    ]
    mesh = vessel(outlines[variant % 3], steps=9)
    low, high = (24, 27) if variant % 2 == 0 else (31, 33)
    return [Part(mesh.painted(lambda row, _: 1 if low <= row <= high else 0), (body, band))]


def teapot(body: Material, trim: Material, detail: Material, variant: int) -> list[Part]:
    wide = 1.15 if variant % 2 == 0 else 1.0
    belly = smooth([(0.0, 0), (0.0, 0), (0.6, 0), (wide, 0.5), (wide, 0.95), (0.6, 1.45), (0.5, 1.5)], 8)
    lid = smooth(
        OUTLINES["teapot-1"],
        7,
    )
    spout = bend([(-0.8, 0.45, 0), (-1.25, 0.7, 0), (-1.5, 1.15, 0), (-1.85, 1.5, 0)], 8)
    parts = [
        Part(tube(spout, lambda t: 0.26 - 0.15 * t, 20), (body,)),
        Part(lathe([*belly, (0.0, 1.5)], 96), (body,)),
        Part(lathe(lid, 72), (trim,)),
    ]
    if variant % 2:
        hoop = [
            (0.95 * cos(t), 1.2 + 1.35 * sin(t), 0.0)
            for t in [pi * (0.06 + 0.88 * k / 40) for k in range(41)]
        ]
        return [*parts, Part(tube(hoop, 0.06), (detail,))]
    return [*parts, Part(_ear(wide - 0.02, 0.4, 1.2, 0.75, 0.1), (detail,))]


def bowl(body: Material, inside: Material, _trim: Material, variant: int) -> list[Part]:
    """A stack of bowls, each a little smaller."""
    parts = []
    for k in range(3 if variant % 2 == 0 else 1):
        size = 1.0 - 0.12 * k
        mesh = vessel([(0.5, 0), (0.55, 0.12), (1.1, 0.5), (1.45, 1.05)])
        parts.append(Part(_lined(mesh).scaled(size).moved(y=0.4 * k), (body, inside)))
    return parts


def _lined(mesh: Mesh) -> Mesh:
    """Give the inside of a vessel the second material."""
    half = len(mesh.faces) // mesh.columns // 2
    return mesh.painted(lambda row, _: 1 if row > half + 2 else 0)


def plates(body: Material, rim: Material, bowl_: Material, variant: int) -> list[Part]:
    outline = smooth(
        OUTLINES["plates-1"],
        6,
    )
    disc = lathe(outline, 120)
    parts = [Part(disc.scaled(1 - 0.13 * k).moved(y=0.16 * k), (rim if k % 2 else body,)) for k in range(3)]
    cup = vessel([(0.35, 0), (0.42, 0.06), (0.62, 0.4), (0.68, 0.8 + 0.1 * (variant % 2))])
    return [*parts, Part(cup.moved(y=0.42), (bowl_,))]


KINDS = {
    "mug": mug,
    "vase": vase,
    "teapot": teapot,
    "bowl": bowl,
    "plates": plates,
}

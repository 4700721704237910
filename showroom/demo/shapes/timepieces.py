"""Watches and clocks."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, pi, sin

from showroom.demo.materials import MATERIALS, Material
from showroom.demo.shapes.outlines import OUTLINES
from showroom.demo.solid import (
    ball,
    lathe,
    loft,
    slab,
)
from showroom.demo.studio import Part


def watch(case: Material, strap: Material, dial: Material, variant: int) -> list[Part]:
    face = [
        Part(
            lathe(
                OUTLINES["watch-1"],
                96,
            ),
            (case,),
        ),
        Part(lathe([(0, 0.16), (0.93, 0.16)], 96), (dial,)),
    ]
    face += _marks(case, 0.165, 0.78, (0.05, 0.12, 0.2))
    face += _hands(
        0.19, ((-55, 0.5, 0.07, case), (50, 0.72, 0.05, case), (170, 0.75, 0.02, MATERIALS["tomato"]))
    )
    face.append(Part(lathe([(0, 0.2), (0.06, 0.2), (0.06, 0.25), (0, 0.25)], 20), (case,), 1.0))
    crown = lathe([(0, 0), (0.15, 0), (0.15, 0.16), (0, 0.18)], 20).turned("z", -90)
    face.append(Part(crown.moved(1.12), (case,)))
    counter = lathe([(0, 0.165), (0.24, 0.165), (0.25, 0.175), (0.25, 0.165)], 40)
    if variant % 2:
        face += [Part(counter.moved(x, 0.002, 0.05), (case,), 0.4) for x in (-0.42, 0.42)]
    upright = [Part(p.mesh.turned("x", 62).moved(0, 1.55, 0.62), p.materials, p.front) for p in face]
    band = [(0.0, 1.05 + 0.95 * cos(a), -0.12 + 0.85 * sin(a)) for a in [2 * pi * k / 56 for k in range(56)]]
    rings = [
        [
            (0.55 * w, y + 0.055 * s * _away(y, 1.05), z + 0.055 * s * _away(z, -0.12))
            for w, s in ((-1, -1), (1, -1), (1, 1), (-1, 1))
        ]
        for _, y, z in band
    ]
    return [Part(loft([*rings[12:], *rings[:3]]), (strap,)), *upright]


def _marks(material: Material, high: float, radius: float, size: tuple[float, float, float]) -> list[Part]:
    """Return twelve hour marks on a lying dial; `size` is the width, the short and the long length."""
    wide, small, large = size
    lengths = [large if hour % 3 == 0 else small for hour in range(12)]
    return [
        Part(
            slab(wide, 0.02, long, 0.008, 2).moved(0, high, -radius + long / 2).turned("y", 30 * hour),
            (material,),
            0.5,
        )
        for hour, long in enumerate(lengths)
    ]


def _hands(high: float, hands: Sequence[tuple[float, float, float, Material]]) -> list[Part]:
    """Return hands on a lying dial, each given as degrees, length, width and material."""
    return [
        Part(
            slab(wide, 0.02, long, 0.008, 2).moved(0, high, -long / 2 + 0.08).turned("y", degrees),
            (material,),
            0.8,
        )
        for degrees, long, wide, material in hands
    ]


def _away(value: float, centre: float) -> float:
    return (value - centre) / 0.9


def clock(case: Material, face: Material, hands: Material, variant: int) -> list[Part]:
    shell = lathe(OUTLINES["clock-1"], 110)
    parts = [Part(shell, (case,)), Part(lathe([(0, 0.1), (1.27, 0.1)], 90), (face,))]
    parts += _marks(hands, 0.105, 1.2, (0.07, 0.13, 0.22))
    parts += _hands(0.14, ((-58, 0.65, 0.08, hands), (62, 0.95, 0.08, hands)))
    stood = [Part(p.mesh.turned("x", 82).moved(0, 1.6), p.materials, p.front) for p in parts]
    feet = [ball(0.2).moved(x, 0.18, 0) for x in (-0.75, 0.75)] if variant % 2 else [slab(1.7, 0.3, 0.9, 0.1)]
    return [*(Part(f, (case,)) for f in feet), *stood]


KINDS = {
    "watch": watch,
    "clock": clock,
}

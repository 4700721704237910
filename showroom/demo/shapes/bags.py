"""Backpacks and bags."""

from __future__ import annotations

from math import cos, pi, sin

from showroom.demo.materials import MATERIALS, Material
from showroom.demo.shapes.outlines import OUTLINES
from showroom.demo.solid import (
    bend,
    lathe,
    loft,
    oval,
    rod,
    slab,
    smooth,
    tube,
)
from showroom.demo.studio import Part


def backpack(cloth: Material, flap: Material, strap: Material, variant: int) -> list[Part]:
    sections = smooth(OUTLINES["backpack-1"], 5)
    rings = [oval((0, y, 0), w, 0.35 + 0.27 * w, 3.2) for w, y in sections]
    buckles = [slab(0.2, 0.3, 0.1, 0.04).moved(x, 1.5, 0.78) for x in (-0.5, 0.5)]
    straps = [
        tube(
            bend([(x, 2.9, -0.3), (x * 1.3, 2.4, -0.85), (x * 1.4, 1.2, -0.95), (x * 1.2, 0.3, -0.5)], 7),
            0.12,
        )
        for x in (-0.6, 0.6)
    ]
    parts = [
        *(Part(s, (strap,)) for s in straps),
        Part(loft(rings), (cloth,)),
        Part(slab(1.55, 0.95, 0.35, 0.16).moved(y=0.3, z=0.68), (flap if variant % 2 else cloth,), 0.5),
        Part(
            loft(
                [
                    oval((0, y, 0.07), w, 0.42 + 0.27 * w, 3.0)
                    for w, y in smooth([(1.12, 1.95), (1.14, 2.4), (0.95, 2.95), (0.5, 3.2)], 5)
                ]
            ),
            (flap,),
        ),
        *(Part(slab(0.16, 1.5, 0.06, 0.02).moved(x, 0.9, 0.83), (strap,), 1.0) for x in (-0.5, 0.5)),
        *(Part(b.moved(z=0.1), (MATERIALS["brass"],), 1.3) for b in buckles),
        Part(
            tube([(0.3 * cos(t), 3.12 + 0.3 * sin(t), -0.1) for t in [pi * k / 20 for k in range(21)]], 0.06),
            (strap,),
        ),
    ]
    if variant % 3 == 2:
        parts.append(
            Part(
                lathe(OUTLINES["backpack-2"], 48).turned("z", 90).moved(y=3.45),
                (strap,),
            )
        )
    return parts


def duffel(cloth: Material, trim: Material, strap: Material, variant: int) -> list[Part]:
    along = [
        (-1.9, 0.3),
        (-1.88, 0.75),
        (-1.8, 0.9),
        *[(-1.7 + 0.17 * k, 0.95) for k in range(21)],
        (1.8, 0.9),
        (1.88, 0.75),
        (1.9, 0.3),
    ]
    rings = [
        [(x, 0.92 + max(-0.9, r * sin(a)), r * cos(a)) for a in [2 * pi * k / 56 for k in range(56)]]
        for x, r in along
    ]
    body = loft(rings).painted(lambda row, _: 1 if row < 5 or row > 21 else 0)
    parts = [Part(body, (cloth, trim))]
    for z in (-0.55, 0.55):
        path = bend(
            [
                (-0.9, 0.35, z * 1.72),
                (-0.85, 1.3, z * 1.5),
                (-0.5, 2.5, z * 0.6),
                (0.5, 2.5, z * 0.6),
                (0.85, 1.3, z * 1.5),
                (0.9, 0.35, z * 1.72),
            ],
            7,
        )
        parts.append(Part(tube(path, 0.085), (strap,)))
    side = slab(1.15, 0.6, 0.2, 0.09).moved(y=0.45, z=0.9)
    return [
        *parts,
        Part(side, (trim if variant % 2 else cloth,)),
        Part(rod((-1.2, 1.88, 0), (1.2, 1.88, 0), 0.05), (MATERIALS["brass"],)),
    ]


def tote(cloth: Material, base: Material, strap: Material, variant: int) -> list[Part]:
    rings = [
        oval((0, y, 0), w, d, 4.0)
        for y, w, d in (
            (0, 1.1, 0.5),
            (0.08, 1.18, 0.55),
            *[(0.2 + 0.18 * k, 1.2 + 0.02 * k, 0.55 - 0.025 * k) for k in range(13)],
        )
    ]
    mesh = loft(rings).painted(lambda row, _: 1 if row < 6 + variant % 2 else 0)
    handles = [
        tube(
            bend(
                [
                    (-0.55, 1.7, z),
                    (-0.5, 2.7, z * 0.8),
                    (0, 3.3, z * 0.6),
                    (0.5, 2.7, z * 0.8),
                    (0.55, 1.7, z),
                ],
                8,
            ),
            0.075,
        )
        for z in (-0.4, 0.4)
    ]
    return [Part(handles[0], (strap,)), Part(mesh, (cloth, base)), Part(handles[1], (strap,))]


KINDS = {
    "backpack": backpack,
    "duffel": duffel,
    "tote": tote,
}

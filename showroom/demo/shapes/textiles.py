"""Cloth: rolls, piles, scarves and yarn."""

from __future__ import annotations

from math import sin

from showroom.demo.materials import MATERIALS, Material
from showroom.demo.shapes.outlines import OUTLINES
from showroom.demo.solid import (
    Mesh,
    lathe,
    loft,
    rod,
    slab,
)
from showroom.demo.studio import Part


def roll(cloth: Material, stripe: Material, core: Material, variant: int) -> list[Part]:
    """Rolls of cloth in a pyramid; the front one hangs open."""
    parts: list[Part] = []
    places = [(-0.78, 0.75), (0.78, 0.75), (0.0, 2.05)] if variant % 3 != 2 else [(0.0, 0.75)]
    for k, (z, y) in enumerate(places):
        parts += [
            Part(p.mesh.turned("z", 90).moved(0, y, z), p.materials)
            for p in _bolt(cloth if k != 1 else stripe, stripe if k != 1 else cloth, core, variant + k)
        ]
    flap = [
        [
            (x * 0.118 - 1.65, 1.45 - 1.42 * t, 1.32 + 0.35 * t * t + 0.03 * sin(x * 0.9 + 4 * t))
            for x in range(29)
        ]
        for t in [k / 24 for k in range(25)]
    ]
    if variant % 3 == 2:
        flap = [[(x, max(0.02, y), z - 0.76) for x, y, z in row] for row in flap]
    return [*parts, Part(_sheet(flap), (cloth,))] if variant % 3 == 2 else parts


def _bolt(cloth: Material, stripe: Material, core: Material, variant: int) -> list[Part]:
    body = lathe(
        [
            (0.2, -1.7),
            (0.66, -1.7),
            *[(0.73, -1.64 + 3.28 * k / 40) for k in range(41)],
            (0.66, 1.7),
            (0.2, 1.7),
        ],
        72,
    )
    every = 4 + variant % 4
    lines = [
        lathe([(0.22 + 0.09 * k, 1.705), (0.25 + 0.09 * k, 1.715), (0.28 + 0.09 * k, 1.705)], 72)
        for k in range(5)
    ]
    return [
        Part(body.painted(lambda row, _: 1 if row % every == 0 and variant % 2 == 0 else 0), (cloth, stripe)),
        *(Part(line, (cloth,)) for line in lines),
        Part(lathe(OUTLINES["bolt-1"], 48), (core,)),
    ]


def _sheet(rows: list[list[tuple[float, float, float]]], thick: float = 0.05) -> Mesh:
    """Return cloth of some thickness from a grid of points."""
    rings = [[*row, *[(x, y, z - thick) for x, y, z in reversed(row)]] for row in rows]
    return loft(rings)


def folded(cloth: Material, second: Material, third: Material, variant: int) -> list[Part]:
    """A pile of folded blankets, towels or shirts."""
    parts: list[Part] = []
    colours = (cloth, second, third, cloth, second)
    y = 0.0
    for k in range(4 + variant % 2):
        for _ in range(2):
            shift = 0.05 * sin(3.1 * k + variant)
            parts.append(
                Part(slab(2.9 - 0.06 * k, 0.27, 2.0, 0.13, 14).moved(shift, y, -shift), (colours[k],))
            )
            y += 0.24
        y += 0.05
    return parts


def scarf(cloth: Material, fringe: Material, _detail: Material, variant: int) -> list[Part]:
    """A length of cloth hanging in folds from a wooden bar."""
    rows, count = [], 36
    for t in [k / count for k in range(count + 1)]:
        y = 3.1 - 2.8 * t
        rows.append(
            [
                (
                    -1.2 + 2.4 * s / 60,
                    y,
                    0.16 + 0.17 * (0.4 + t) * sin(s / 60 * (16 + 3 * (variant % 3)) + 0.8 * t),
                )
                for s in range(61)
            ]
        )
    mesh = _sheet(rows)
    band = 3 + variant % 3
    parts = [Part(mesh.painted(lambda row, _: 1 if row > 28 and (row // band) % 2 else 0), (cloth, fringe))]
    parts += [Part(rod((-1.6, 3.12, 0.1), (1.6, 3.12, 0.1), 0.09), (MATERIALS["oak"],))]
    for x in (-1.5, 1.5):
        parts.append(Part(rod((x, 0, -0.1), (x, 3.1, 0.1), 0.06), (MATERIALS["black"],)))
        parts.append(Part(slab(0.14, 0.1, 1.3, 0.04).moved(x, 0, 0), (MATERIALS["black"],)))
    return parts


def cone(yarn: Material, second: Material, core: Material, variant: int) -> list[Part]:
    """Cones of yarn."""
    parts: list[Part] = []
    for k, (x, z) in enumerate(((-1.15, -0.2), (1.1, -0.1), (0.0, 0.75))):
        body = lathe(
            [
                (0.3, 0.2),
                *[
                    (0.85 - 0.5 * t - 0.015 * (j % 2), 0.22 + 2.0 * t)
                    for j, t in enumerate([i / 44 for i in range(45)])
                ],
                (0.2, 2.25),
            ],
            60,
        )
        parts.append(Part(body.moved(x, 0, z), ((yarn, second, core)[(k + variant) % 3],)))
        parts.append(
            Part(
                lathe(OUTLINES["cone-1"]).moved(x, 0, z),
                (MATERIALS["cork"],),
            )
        )
    return parts


KINDS = {
    "roll": roll,
    "folded": folded,
    "scarf": scarf,
    "cone": cone,
}

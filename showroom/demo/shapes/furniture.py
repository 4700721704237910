"""Seating, tables, baskets and tiles."""

from __future__ import annotations

from math import cos, pi, sin

from showroom.demo.materials import Material
from showroom.demo.shapes.outlines import OUTLINES
from showroom.demo.solid import (
    Mesh,
    bend,
    circle,
    lathe,
    loft,
    oval,
    plate,
    rod,
    slab,
    smooth,
    tube,
)
from showroom.demo.studio import Part


def chair(frame: Material, seat: Material, trim: Material, variant: int) -> list[Part]:
    parts = [Part(slab(1.7, 0.2, 1.6, 0.1).moved(y=1.7), (seat,))]
    for x in (-0.72, 0.72):
        parts.append(Part(rod((x * 1.12, 0, 0.75), (x, 1.75, 0.6), 0.085), (frame,)))
        back = bend(
            [
                (x * 1.12, 0, -0.85),
                (x, 1.0, -0.68),
                (x, 1.9, -0.68),
                (x * 0.98, 2.8, -0.82),
                (x * 0.95, 3.5, -1.0),
            ],
            5,
        )
        parts.append(Part(tube(back, 0.085), (frame,)))
        parts.append(Part(rod((x * 1.05, 0.75, 0.67), (x * 1.05, 0.75, -0.74), 0.05), (frame,)))
    rest = [(-0.7, -0.88), (-0.35, -0.97), (0.0, -1.0), (0.35, -0.97), (0.7, -0.88)]
    if variant % 2 == 0:
        for y in (2.45, 2.9, 3.32):
            path = bend([(x, y, z + (2.9 - y) * 0.17) for x, z in rest], 4)
            parts.append(Part(tube(path, 0.12, 12), (trim,)))
    else:
        for k in range(7):
            x = -0.54 + 0.18 * k
            parts.append(Part(rod((x, 1.85, -0.72), (x * 0.98, 3.4, -1.04), 0.04), (trim,)))
        parts.append(Part(tube(bend([(x, 3.42, z - 0.09) for x, z in rest], 4), 0.13), (frame,)))
    return parts


def armchair(cloth: Material, legs: Material, cushion: Material, variant: int) -> list[Part]:
    high = 2.6 if variant % 2 == 0 else 3.1
    parts = [
        Part(slab(2.3, 0.55, 2.0, 0.22).moved(y=0.65), (cloth,)),
        Part(slab(1.8, 0.4, 1.75, 0.19).moved(y=1.12, z=0.12), (cushion,)),
        Part(slab(2.3, high - 0.8, 0.5, 0.24).turned("x", -9).moved(y=0.8, z=-0.85), (cloth,)),
        Part(slab(1.5, 0.85, 0.35, 0.17).turned("x", -14).moved(y=1.5, z=-0.5), (cushion,)),
    ]
    for x in (-1.15, 1.15):
        parts.append(Part(slab(0.42, 1.15, 2.05, 0.2).moved(x, 0.68), (cloth,)))
        parts += [Part(rod((x * 0.9, 0, z * 1.1), (x * 0.8, 0.75, z), 0.07), (legs,)) for z in (-0.8, 0.8)]
    return parts


def stool(seat: Material, legs: Material, trim: Material, variant: int) -> list[Part]:
    high, count = (2.0, 4) if variant % 2 == 0 else (2.7, 3)
    top = lathe(smooth(OUTLINES["stool-1"], 6)).moved(y=high)
    parts = [Part(top, (seat,))]
    angles = [2 * pi * k / count + 0.5 for k in range(count)]
    feet = [(cos(a), sin(a)) for a in angles]
    parts += [
        Part(rod((0.95 * c, 0, 0.95 * s), (0.55 * c, high + 0.05, 0.55 * s), 0.08), (legs,)) for c, s in feet
    ]
    rail = [(0.8 * cos(2 * pi * k / 48), 0.7, 0.8 * sin(2 * pi * k / 48)) for k in range(48)]
    return [*parts, Part(tube(rail, 0.045, loop=True), (trim,))]


def side_table(top: Material, legs: Material, trim: Material, variant: int) -> list[Part]:
    disc = lathe(
        OUTLINES["side-table-1"],
        96,
    ).moved(y=1.7)
    angles = [2 * pi * k / 3 + 0.3 for k in range(3)]
    parts = [
        Part(
            rod(
                (1.3 * cos(a), 0, 1.3 * sin(a)), (0.7 * cos(a + variant), 1.72, 0.7 * sin(a + variant)), 0.075
            ),
            (legs,),
        )
        for a in angles
    ]
    bowl = lathe(smooth(OUTLINES["side-table-2"], 6))
    return [*parts, Part(disc, (top,)), Part(bowl.moved(0.3, 1.84, -0.2), (trim,))]


def tile(ground: Material, first: Material, second: Material, variant: int) -> list[Part]:
    """Three tiles leaning on each other with a raised ornament of glaze."""
    parts: list[Part] = []
    for k, (x, z, lean) in enumerate(((-1.15, -0.5, -12.0), (1.05, -0.25, -14.0), (0.0, 0.35, -18.0))):
        body = [Part(slab(2.0, 2.0, 0.16, 0.05), (ground,))]
        body += [
            Part(m.moved(y=1.0, z=0.085), (c,), 0.5) for m, c in _ornament(variant + k // 2, first, second)
        ]
        parts += [
            Part(p.mesh.turned("x", lean).moved(x, 0.02, z), p.materials, p.front + (1.2 if k == 2 else 0.0))
            for p in body
        ]
    return parts


def _ornament(variant: int, first: Material, second: Material) -> list[tuple[Mesh, Material]]:
    petals: list[tuple[Mesh, Material]] = []
    count = (8, 4, 6, 12)[variant % 4]
    for k in range(count):
        angle = 360 * k / count
        leaf = [
            (0.12 * sin(2 * pi * t / 24) * (1.6 if count < 7 else 1), 0.5 - 0.3 * cos(2 * pi * t / 24))
            for t in range(24)
        ]
        petals.append(
            (plate(leaf[::-1], 0.03, 0.012).turned("z", angle), first if k % 2 or variant % 2 else second)
        )
    for x in (-1, 1):
        for y in (-1, 1):
            corner = [
                (x, y),
                *[(x - x * 0.42 * cos(t * pi / 20), y - y * 0.42 * sin(t * pi / 20)) for t in range(11)],
            ]
            petals.append((plate([(a * 0.95, b * 0.95) for a, b in corner], 0.03, 0.01), second))
    return [*petals, (plate(circle(0.17, 36), 0.05, 0.02), second)]


def basket(weave: Material, rim: Material, handle: Material, variant: int) -> list[Part]:
    wide, high = (1.15, 1.5) if variant % 2 == 0 else (0.95, 2.0)
    outer = smooth([(0.75, 0.0), (wide, high * 0.4), (wide * 0.95, high * 0.8), (wide, high)], 9)
    inner = [(r - 0.06, y) for r, y in reversed(outer)]
    parts = [
        Part(lathe([(0.0, 0.0), *outer, *inner, (0.0, 0.08)], 72), (weave,)),
        Part(
            tube(
                [(wide * cos(t), high, wide * sin(t)) for t in [2 * pi * k / 60 for k in range(60)]],
                0.07,
                loop=True,
            ),
            (rim,),
        ),
    ]
    for x in (-1, 1):
        loop = [
            (x * (wide + 0.02), high - 0.15 + 0.5 * sin(t), 0.35 * cos(t))
            for t in [pi * k / 20 for k in range(21)]
        ]
        parts.append(Part(tube(loop, 0.055), (handle,)))
    return parts


def pouf(cloth: Material, band: Material, _detail: Material, variant: int) -> list[Part]:
    rings = [oval((0, y, 0), r, r, 2.0 + 0.3 * (variant % 3), 96) for r, y in smooth(OUTLINES["pouf-1"], 5)]
    mesh = loft(rings)
    return [Part(mesh.painted(lambda row, _: 1 if 11 <= row <= 15 else 0), (cloth, band))]


KINDS = {
    "chair": chair,
    "armchair": armchair,
    "stool": stool,
    "side-table": side_table,
    "tile": tile,
    "basket": basket,
    "pouf": pouf,
}

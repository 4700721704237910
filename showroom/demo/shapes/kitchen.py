"""Cookware, coffee and knives."""

from __future__ import annotations

from math import cos, pi, sin

from showroom.demo.materials import MATERIALS, Material
from showroom.demo.shapes.ceramics import mug, vessel
from showroom.demo.shapes.outlines import OUTLINES
from showroom.demo.solid import (
    ball,
    bend,
    circle,
    lathe,
    plate,
    rod,
    slab,
    smooth,
    tube,
)
from showroom.demo.studio import Part


def pot(body: Material, handle: Material, inside: Material, variant: int) -> list[Part]:
    high, wide = ((1.3, 1.25), (0.55, 1.5), (1.0, 0.75))[variant % 3]
    wall = vessel(
        [(wide - 0.08, 0), (wide, 0.12), (wide, high * 0.6), (wide, high), (wide + 0.06, high + 0.04)], 0.05
    )
    rows = len(wall.faces) // wall.columns
    parts = [Part(wall.painted(lambda row, _: 1 if row > rows * 0.55 else 0), (body, inside))]
    if variant % 3 == 0:
        for x in (-1, 1):
            loop = [
                (x * (wide + 0.5 * sin(t)), high * 0.75, 0.4 * cos(t))
                for t in [pi * k / 24 for k in range(25)]
            ]
            parts.append(Part(tube(loop, 0.07), (handle,)))
        lid = lathe(
            smooth(
                [
                    (wide + 0.05, high + 0.05),
                    (wide + 0.05, high + 0.05),
                    (wide * 0.6, high + 0.26),
                    (0.1, high + 0.32),
                    (0.1, high + 0.42),
                    (0.2, high + 0.55),
                    (0, high + 0.6),
                ],
                7,
            ),
            96,
        )
        return [*parts, Part(lid, (body,))]
    bar = bend([(wide, high * 0.75, 0), (wide + 0.9, high * 0.95, 0), (wide + 2.1, high * 1.2, 0)], 8)
    return [*parts, Part(tube(bar, lambda t: 0.07 + 0.03 * t), (handle,))]


def kettle(body: Material, handle: Material, trim: Material, variant: int) -> list[Part]:
    belly = smooth(OUTLINES["kettle-1"], 8)
    neck = bend([(-0.75, 0.35, 0), (-1.3, 0.5, 0), (-1.35, 1.1, 0), (-1.75, 1.5, 0), (-2.0, 1.48, 0)], 8)
    if variant % 2:
        neck = bend([(-0.8, 0.85, 0), (-1.15, 1.05, 0), (-1.45, 1.4, 0)], 8)
    lid = smooth(OUTLINES["kettle-2"], 7)
    return [
        Part(tube(neck, lambda t: 0.2 - 0.1 * t, 18), (body,)),
        Part(lathe([*belly, (0, 1.42)], 96), (body,)),
        Part(lathe(lid), (trim,)),
        Part(
            tube(bend([(0.9, 0.95, 0), (1.25, 1.55, 0), (1.8, 1.5, 0), (1.85, 0.7, 0)], 8), 0.095), (handle,)
        ),
    ]


def espresso(body: Material, steel: Material, trim: Material, variant: int) -> list[Part]:
    """A machine for the counter: one group, or two for the bar."""
    groups = 1 + variant % 2
    wide = 1.7 + 1.2 * (groups - 1)
    parts = [
        Part(slab(wide, 0.35, 1.9, 0.08).moved(y=0.12), (body,)),
        Part(slab(wide - 0.2, 0.06, 1.0, 0.02).moved(y=0.46, z=0.4), (steel,)),
        Part(slab(wide, 1.5, 0.8, 0.1).moved(y=0.4, z=-0.5), (steel,)),
        Part(slab(wide, 0.75, 1.75, 0.14).moved(y=1.75, z=0.0), (body,)),
        Part(slab(wide - 0.3, 0.1, 1.3, 0.03).moved(y=2.5), (steel,)),
    ]
    for k in range(groups):
        x = 1.2 * (k - (groups - 1) / 2)
        parts += [
            Part(
                lathe([(0, 0), (0.3, 0), (0.34, 0.05), (0.34, 0.3), (0, 0.3)]).moved(x, 1.45, 0.45), (steel,)
            ),
            Part(rod((x, 1.45, 0.7), (x + 0.1, 1.38, 1.5), 0.085), (trim,)),
            *(
                Part(p.mesh.scaled(0.36).moved(x, 0.52, 0.45), p.materials)
                for p in mug(MATERIALS["porcelain"], MATERIALS["coffee"], trim, 1)
            ),
        ]
        dial = plate(circle(0.17, 36), 0.06, 0.02)
        parts.append(Part(dial.moved(x - 0.3, 2.12, 0.9), (MATERIALS["white"],), 0.8))
        parts.append(Part(plate(circle(0.2, 36), 0.04, 0.01).moved(x - 0.3, 2.12, 0.88), (steel,), 0.5))
        parts += [
            Part(plate(circle(0.09, 24), 0.12, 0.03).moved(x + 0.05 + 0.28 * j, 2.12, 0.9), (trim,), 0.6)
            for j in range(2)
        ]
    wand = bend([(wide / 2 - 0.1, 1.75, 0.8), (wide / 2 + 0.12, 1.3, 0.95), (wide / 2 + 0.1, 0.7, 1.05)], 8)
    parts += [Part(tube(wand, 0.04), (steel,))]
    parts += [
        Part(lathe([(0, 0), (0.12, 0), (0.1, 0.14), (0, 0.14)]).moved(x, 0, z), (trim,))
        for x in (-wide / 2 + 0.2, wide / 2 - 0.2)
        for z in (-0.7, 0.7)
    ]
    return parts


def grinder(body: Material, steel: Material, hopper: Material, variant: int) -> list[Part]:
    parts = [
        Part(
            lathe(
                smooth(
                    OUTLINES["grinder-1"],
                    7,
                ),
                96,
            ),
            (body,),
        ),
        Part(
            lathe(smooth(OUTLINES["grinder-2"], 7), 96),
            (hopper,),
        ),
        Part(
            lathe(OUTLINES["grinder-3"], 72),
            (steel,),
        ),
        Part(slab(0.5, 0.28, 0.55, 0.06).moved(y=1.0, z=0.62), (steel,)),
    ]
    if variant % 2:
        crank = bend([(0, 2.7, 0), (0.1, 2.95, 0), (0.8, 3.0, 0.2), (1.15, 2.95, 0.3)], 8)
        parts += [Part(tube(crank, 0.05), (steel,)), Part(ball(0.17).moved(1.15, 3.1, 0.3), (body,))]
    return parts


def moka(body: Material, handle: Material, trim: Material, variant: int) -> list[Part]:
    eight = 8 if variant % 2 == 0 else 72
    low = lathe(
        OUTLINES["moka-1"],
        eight,
    )
    high = lathe([(0.62, 1.3), (0.64, 1.4), (0.88, 2.35), (0.9, 2.4), (0.0, 2.62)], eight)
    spout = [(-0.85, 2.38), (-1.22, 2.4), (-0.75, 1.8)]
    return [
        Part(low, (body,)),
        Part(high, (body,)),
        Part(plate(spout, 0.34, 0.08), (body,)),
        Part(lathe([(0, 2.6), (0.1, 2.6), (0.08, 2.7), (0.17, 2.82), (0, 2.92)]), (handle,)),
        Part(tube(bend([(0.8, 2.2, 0), (1.35, 2.25, 0), (1.5, 1.9, 0), (1.35, 1.3, 0)], 8), 0.12), (handle,)),
        Part(ball(0.07).moved(0.55, 0.75, 0.45), (trim,)),
    ]


def knife(blade: Material, handle: Material, trim: Material, variant: int) -> list[Part]:
    """One blade upright on a block of wood, its companions beside it."""
    parts: list[Part] = [Part(slab(3.6, 0.25, 1.3, 0.06, 12), (MATERIALS["walnut"],))]
    for k in range(1 + variant % 3):
        x = 0.95 * (k - (variant % 3) / 2)
        size = 1 - 0.18 * k
        wide = (0.36, 0.28, 0.5)[(variant + k) % 3] * size
        long = 2.3 * size
        edge = [
            (-wide + 0.02, 1.05),
            (-wide, 1.1 + long * 0.5),
            (-wide * 0.6, 1.1 + long * 0.85),
            (0.0, 1.1 + long),
        ]
        outline = [*smooth(edge, 8), (wide * 0.35, 1.1 + long * 0.75), (wide * 0.4, 1.05)]
        body = [
            Part(plate(outline, 0.07, 0.05), (blade,)),
            Part(slab(0.34, 0.16, 0.24, 0.05).moved(y=0.94), (trim,)),
            Part(slab(0.3, 0.98, 0.22, 0.1).moved(y=0.0), (handle,)),
        ]
        parts += [Part(p.mesh.turned("z", -180).moved(x, 1.3 + 2.3 * size), p.materials) for p in body]
    return parts


KINDS = {
    "pot": pot,
    "kettle": kettle,
    "espresso": espresso,
    "grinder": grinder,
    "moka": moka,
    "knife": knife,
}

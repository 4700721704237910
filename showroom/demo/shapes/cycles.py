"""Bicycles and scooters."""

from __future__ import annotations

from math import cos, pi, sin

from showroom.demo.materials import MATERIALS, Material
from showroom.demo.shapes.outlines import OUTLINES
from showroom.demo.solid import (
    Point,
    ball,
    bend,
    circle,
    lathe,
    loft,
    oval,
    plate,
    ring,
    rod,
    slab,
    smooth,
    tube,
)
from showroom.demo.studio import Part

RUBBER, STEEL, BLACK = MATERIALS["rubber"], MATERIALS["aluminium"], MATERIALS["black"]


def _wheel(x: float, radius: float, tyre: float = 0.09) -> list[Part]:
    spokes = []
    for k in range(20):
        a = 2 * pi * k / 20
        z = 0.07 if k % 2 else -0.07
        spokes.append(
            Part(
                rod(
                    (x, radius + tyre, z),
                    (x + radius * cos(a), radius + tyre + radius * sin(a), 0.0),
                    0.011,
                    6,
                ),
                (STEEL,),
            )
        )
    return [
        Part(ring(radius, tyre, 96, 12).moved(x, radius + tyre, 0), (RUBBER,)),
        Part(ring(radius - tyre, 0.05, 96, 10).moved(x, radius + tyre, 0), (STEEL,)),
        *spokes,
        Part(
            lathe([(0, -0.14), (0.08, -0.14), (0.08, 0.14), (0, 0.14)], 24)
            .turned("x", 90)
            .moved(x, radius + tyre, 0),
            (BLACK,),
        ),
    ]


def bicycle(frame: Material, leather: Material, trim: Material, variant: int) -> list[Part]:
    """A city bicycle (0), one with a low step (1), or a load bicycle with a box (2)."""
    rear: Point = (-1.5, 1.0, 0.0)
    front: Point = (1.6 if variant % 3 < 2 else 2.7, 1.0 if variant % 3 < 2 else 0.72, 0.0)
    crank: Point = (-0.25, 0.85, 0.0)
    seat: Point = (-0.75, 2.45, 0.0)
    head: Point = (1.05, 2.55, 0.0)
    low: Point = (1.15, 2.15, 0.0)
    lines = [(crank, seat, 0.07), (crank, low, 0.09), (seat, head, 0.07), (head, low, 0.09)]
    if variant % 3:
        lines[2] = ((-0.55, 1.75, 0.0), low, 0.07)
    parts = _wheel(rear[0], 0.91) + _wheel(front[0], 0.91 if variant % 3 < 2 else 0.63)
    parts += [Part(rod(a, b, r), (frame,)) for a, b, r in lines]
    for z in (-0.14, 0.14):
        stay = (rear[0], rear[1], z)
        parts += [
            Part(rod(stay, (crank[0], crank[1], z * 0.6), 0.045), (frame,)),
            Part(rod(stay, (seat[0] + 0.03, seat[1] - 0.15, z * 0.5), 0.04), (frame,)),
        ]
        if variant % 3 < 2:
            parts.append(
                Part(
                    tube(
                        bend([(low[0], low[1], z * 0.6), (1.3, 1.65, z), (front[0], front[1], z)], 5), 0.045
                    ),
                    (frame,),
                )
            )
    parts += _saddle(seat, leather) + _bars(head, leather, trim) + _chain(crank, rear, trim)
    for x, r in ((rear[0], 1.08), (front[0], 1.08 if variant % 3 < 2 else 0.8)):
        y = rear[1] if x < 0 else front[1]
        guard = [(x + r * cos(a), y + r * sin(a), 0.0) for a in [0.25 + 2.6 * k / 30 for k in range(31)]]
        parts.append(Part(tube(guard, 0.075, 10), (trim,)))
    return parts + (_load_box(frame, trim) if variant % 3 == 2 else [])


def _saddle(seat: Point, leather: Material) -> list[Part]:
    top = (seat[0] - 0.12, seat[1] + 0.45, 0.0)
    rings = [
        [
            (top[0] + x, top[1] + (0.09 + 0.02 * x) * sin(a) + 0.05, w * cos(a))
            for a in [2 * pi * k / 28 for k in range(28)]
        ]
        for x, w in smooth(OUTLINES["saddle-1"], 4)
    ]
    return [Part(rod(seat, top, 0.045), (STEEL,)), Part(loft(rings), (leather,))]


def _bars(head: Point, grip: Material, trim: Material) -> list[Part]:
    top = (head[0] - 0.12, head[1] + 0.45, 0.0)
    parts = [Part(rod(head, top, 0.045), (STEEL,))]
    for side in (-1, 1):
        path = bend(
            [
                top,
                (top[0] + 0.05, top[1] + 0.12, 0.35 * side),
                (top[0] - 0.15, top[1] + 0.14, 0.7 * side),
                (top[0] - 0.45, top[1] + 0.08, 0.78 * side),
            ],
            6,
        )
        parts += [Part(tube(path, 0.04), (STEEL,)), Part(rod(path[-7], path[-1], 0.065), (grip,))]
    lamp = (
        lathe(smooth([(0, -0.12), (0.12, -0.1), (0.17, 0.1), (0.17, 0.1), (0, 0.12)], 5), 36)
        .turned("z", -90)
        .moved(head[0] + 0.22, head[1] - 0.02, 0)
    )
    return [
        *parts,
        Part(lamp, (trim,)),
        Part(
            ball(0.13, 24, 12).scaled(0.4, 1, 1).moved(head[0] + 0.34, head[1] - 0.02, 0),
            (MATERIALS["light"],),
        ),
    ]


def _chain(crank: Point, rear: Point, trim: Material) -> list[Part]:
    disc = plate(circle(0.27, 40), 0.03).moved(crank[0], crank[1], 0.16)
    case = [
        rod((crank[0], crank[1] + d, 0.16), (rear[0], rear[1] + d * 0.5, 0.12), 0.022, 6)
        for d in (-0.25, 0.25)
    ]
    arms = [
        rod((crank[0], crank[1], z), (crank[0] + 0.32 * s, crank[1] - 0.36 * s, z), 0.04)
        for z, s in ((0.2, 1), (-0.2, -1))
    ]
    pedals = [
        slab(0.32, 0.08, 0.26, 0.03).moved(crank[0] + 0.32 * s, crank[1] - 0.36 * s - 0.04, z)
        for z, s in ((0.38, 1), (-0.38, -1))
    ]
    return [
        Part(disc, (trim,)),
        *(Part(c, (BLACK,)) for c in case),
        *(Part(a, (STEEL,)) for a in arms),
        *(Part(p, (BLACK,)) for p in pedals),
    ]


def _load_box(frame: Material, trim: Material) -> list[Part]:
    box = loft(
        [
            oval((1.75, y, 0), w, d, 6.0)
            for y, w, d in (
                (0.8, 0.55, 0.42),
                (0.82, 0.6, 0.45),
                (1.3, 0.72, 0.52),
                (1.75, 0.82, 0.58),
                (1.8, 0.82, 0.58),
            )
        ]
    )
    return [
        Part(rod((1.1, 0.85, 0), (2.65, 0.75, 0), 0.08), (frame,)),
        Part(rod((1.05, 2.2, 0), (1.0, 0.85, 0), 0.08), (frame,)),
        Part(rod((-0.25, 0.85, 0), (1.1, 0.85, 0), 0.09), (frame,)),
        Part(box, (MATERIALS["oak"],)),
        Part(slab(1.6, 0.04, 1.12, 0.015).moved(1.75, 1.79), (trim,)),
    ]


def scooter(frame: Material, deck: Material, trim: Material, variant: int) -> list[Part]:
    parts = [*_disc_wheel(-1.35, trim), *_disc_wheel(1.45, trim)]
    parts += [
        Part(slab(2.3, 0.22, 0.62, 0.09, 12).moved(-0.1, 0.42), (frame,)),
        Part(slab(2.0, 0.03, 0.5, 0.01, 12).moved(-0.1, 0.64), (deck,)),
        Part(rod((1.0, 0.5, 0), (1.25, 1.0, 0), 0.13), (frame,)),
        Part(rod((1.45, 0.45, 0), (1.05, 3.3, 0), 0.1), (frame,)),
        Part(rod((1.05, 3.3, -0.75), (1.05, 3.3, 0.75), 0.05), (BLACK,)),
        Part(slab(0.3, 0.12, 0.34, 0.05).moved(1.02, 3.32), (BLACK,)),
        Part(ball(0.12, 24, 12).moved(1.28, 2.75, 0), (MATERIALS["light"],)),
    ]
    parts += [Part(rod((1.05, 3.3, z), (1.05, 3.3, z * 1.6), 0.075), (trim,)) for z in (-0.48, 0.48)]
    guard = [
        (-1.35 + 0.55 * cos(a), 0.42 + 0.55 * sin(a), 0.0) for a in [0.6 + 1.9 * k / 16 for k in range(17)]
    ]
    return [*parts, Part(tube(guard, 0.1, 10), (frame if variant % 2 else BLACK,))]


def _disc_wheel(x: float, hub: Material) -> list[Part]:
    return [
        Part(ring(0.33, 0.12, 60).moved(x, 0.45, 0), (RUBBER,)),
        Part(
            lathe([(0, -0.1), (0.26, -0.08), (0.26, 0.08), (0, 0.1)], 36).turned("x", 90).moved(x, 0.45, 0),
            (hub,),
        ),
    ]


KINDS = {
    "bicycle": bicycle,
    "scooter": scooter,
}

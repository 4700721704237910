"""Bicycles, scooters and solar power."""

from __future__ import annotations

from math import cos, pi, sin

from showroom.demo.materials import MATERIALS, Material
from showroom.demo.solid import (
    Mesh,
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
        spokes.append(Part(rod((x, radius + tyre, z), (x + radius * cos(a), radius + tyre + radius * sin(a), 0.0), 0.011, 6), (STEEL,)))
    return [
        Part(ring(radius, tyre, 96, 12).moved(x, radius + tyre, 0), (RUBBER,)),
        Part(ring(radius - tyre, 0.05, 96, 10).moved(x, radius + tyre, 0), (STEEL,)),
        *spokes,
        Part(lathe([(0, -0.14), (0.08, -0.14), (0.08, 0.14), (0, 0.14)], 24).turned("x", 90).moved(x, radius + tyre, 0), (BLACK,)),
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
        parts += [Part(rod(stay, (crank[0], crank[1], z * 0.6), 0.045), (frame,)), Part(rod(stay, (seat[0] + 0.03, seat[1] - 0.15, z * 0.5), 0.04), (frame,))]
        if variant % 3 < 2:
            parts.append(Part(tube(bend([(low[0], low[1], z * 0.6), (1.3, 1.65, z), (front[0], front[1], z)], 5), 0.045), (frame,)))
    parts += _saddle(seat, leather) + _bars(head, leather, trim) + _chain(crank, rear, trim)
    for x, r in ((rear[0], 1.08), (front[0], 1.08 if variant % 3 < 2 else 0.8)):
        y = rear[1] if x < 0 else front[1]
        guard = [(x + r * cos(a), y + r * sin(a), 0.0) for a in [0.25 + 2.6 * k / 30 for k in range(31)]]
        parts.append(Part(tube(guard, 0.075, 10), (trim,)))
    return parts + (_load_box(frame, trim) if variant % 3 == 2 else [])


def _saddle(seat: Point, leather: Material) -> list[Part]:
    top = (seat[0] - 0.12, seat[1] + 0.45, 0.0)
    rings = [[(top[0] + x, top[1] + (0.09 + 0.02 * x) * sin(a) + 0.05, w * cos(a)) for a in [2 * pi * k / 28 for k in range(28)]]
             for x, w in smooth([(-0.42, 0.1), (-0.38, 0.26), (-0.15, 0.25), (0.15, 0.1), (0.45, 0.06), (0.52, 0.03)], 4)]
    return [Part(rod(seat, top, 0.045), (STEEL,)), Part(loft(rings), (leather,))]


def _bars(head: Point, grip: Material, trim: Material) -> list[Part]:
    top = (head[0] - 0.12, head[1] + 0.45, 0.0)
    parts = [Part(rod(head, top, 0.045), (STEEL,))]
    for side in (-1, 1):
        path = bend([top, (top[0] + 0.05, top[1] + 0.12, 0.35 * side), (top[0] - 0.15, top[1] + 0.14, 0.7 * side), (top[0] - 0.45, top[1] + 0.08, 0.78 * side)], 6)
        parts += [Part(tube(path, 0.04), (STEEL,)), Part(rod(path[-7], path[-1], 0.065), (grip,))]
    lamp = lathe(smooth([(0, -0.12), (0.12, -0.1), (0.17, 0.1), (0.17, 0.1), (0, 0.12)], 5), 36).turned("z", -90).moved(head[0] + 0.22, head[1] - 0.02, 0)
    return [*parts, Part(lamp, (trim,)), Part(ball(0.13, 24, 12).scaled(0.4, 1, 1).moved(head[0] + 0.34, head[1] - 0.02, 0), (MATERIALS["light"],))]


def _chain(crank: Point, rear: Point, trim: Material) -> list[Part]:
    disc = plate(circle(0.27, 40), 0.03).moved(crank[0], crank[1], 0.16)
    case = [rod((crank[0], crank[1] + d, 0.16), (rear[0], rear[1] + d * 0.5, 0.12), 0.022, 6) for d in (-0.25, 0.25)]
    arms = [rod((crank[0], crank[1], z), (crank[0] + 0.32 * s, crank[1] - 0.36 * s, z), 0.04) for z, s in ((0.2, 1), (-0.2, -1))]
    pedals = [slab(0.32, 0.08, 0.26, 0.03).moved(crank[0] + 0.32 * s, crank[1] - 0.36 * s - 0.04, z) for z, s in ((0.38, 1), (-0.38, -1))]
    return [Part(disc, (trim,)), *(Part(c, (BLACK,)) for c in case), *(Part(a, (STEEL,)) for a in arms), *(Part(p, (BLACK,)) for p in pedals)]


def _load_box(frame: Material, trim: Material) -> list[Part]:
    box = loft([oval((1.75, y, 0), w, d, 6.0) for y, w, d in ((0.8, 0.55, 0.42), (0.82, 0.6, 0.45), (1.3, 0.72, 0.52), (1.75, 0.82, 0.58), (1.8, 0.82, 0.58))])
    return [Part(rod((1.1, 0.85, 0), (2.65, 0.75, 0), 0.08), (frame,)), Part(rod((1.05, 2.2, 0), (1.0, 0.85, 0), 0.08), (frame,)),
            Part(rod((-0.25, 0.85, 0), (1.1, 0.85, 0), 0.09), (frame,)), Part(box, (MATERIALS["oak"],)),
            Part(slab(1.6, 0.04, 1.12, 0.015).moved(1.75, 1.79), (trim,))]


def scooter(frame: Material, deck: Material, trim: Material, variant: int) -> list[Part]:
    parts = [*_disc_wheel(-1.35, trim), *_disc_wheel(1.45, trim)]
    parts += [
        Part(slab(2.3, 0.22, 0.62, 0.09, 12).moved(-0.1, 0.42), (frame,)), Part(slab(2.0, 0.03, 0.5, 0.01, 12).moved(-0.1, 0.64), (deck,)),
        Part(rod((1.0, 0.5, 0), (1.25, 1.0, 0), 0.13), (frame,)), Part(rod((1.45, 0.45, 0), (1.05, 3.3, 0), 0.1), (frame,)),
        Part(rod((1.05, 3.3, -0.75), (1.05, 3.3, 0.75), 0.05), (BLACK,)), Part(slab(0.3, 0.12, 0.34, 0.05).moved(1.02, 3.32), (BLACK,)),
        Part(ball(0.12, 24, 12).moved(1.28, 2.75, 0), (MATERIALS["light"],)),
    ]
    parts += [Part(rod((1.05, 3.3, z), (1.05, 3.3, z * 1.6), 0.075), (trim,)) for z in (-0.48, 0.48)]
    guard = [(-1.35 + 0.55 * cos(a), 0.42 + 0.55 * sin(a), 0.0) for a in [0.6 + 1.9 * k / 16 for k in range(17)]]
    return [*parts, Part(tube(guard, 0.1, 10), (frame if variant % 2 else BLACK,))]


def _disc_wheel(x: float, hub: Material) -> list[Part]:
    return [Part(ring(0.33, 0.12, 60).moved(x, 0.45, 0), (RUBBER,)),
            Part(lathe([(0, -0.1), (0.26, -0.08), (0.26, 0.08), (0, 0.1)], 36).turned("x", 90).moved(x, 0.45, 0), (hub,))]


def solar_panel(frame: Material, cell: Material, stand: Material, variant: int) -> list[Part]:
    """A framed module on its stand: wires and cells in a grid."""
    wide, high, columns, rows = (3.4, 2.2, 10, 6) if variant % 2 == 0 else (2.2, 3.1, 6, 9)
    panel = [Part(slab(wide, high, 0.1, 0.03, 12), (frame,)), Part(slab(wide - 0.12, high - 0.12, 0.06, 0.01, 12).moved(0, 0.06, 0.035), (MATERIALS["white"],), 0.4)]
    step_x, step_y = (wide - 0.2) / columns, (high - 0.2) / rows
    for i in range(columns):
        for j in range(rows):
            x, y = -wide / 2 + 0.1 + step_x * (i + 0.5), 0.1 + step_y * (j + 0.5)
            panel.append(Part(_cell(step_x * 0.96, step_y * 0.95).moved(x, y, 0.07), (cell,), 0.8))
    tilted = [Part(p.mesh.turned("x", -32).moved(0, 0.25, 0.55), p.materials, p.front) for p in panel]
    legs = [rod((x, 0, -1.25 * high / 2.6), (x, high * 0.72, -0.1 - high * 0.36), 0.06) for x in (-wide * 0.36, wide * 0.36)]
    legs += [rod((x, 0.06, 0.7), (x, 0.06, -1.3 * high / 2.6), 0.06) for x in (-wide * 0.36, wide * 0.36)]
    return [*(Part(leg, (stand,)) for leg in legs), *tilted]


def _cell(wide: float, high: float) -> Mesh:
    cut = 0.14 * min(wide, high)
    x, y = wide / 2, high / 2
    return plate([(-x + cut, -y), (x - cut, -y), (x, -y + cut), (x, y - cut), (x - cut, y), (-x + cut, y), (-x, y - cut), (-x, -y + cut)], 0.02, 0.005)


def battery(body: Material, front: Material, trim: Material, variant: int) -> list[Part]:
    """Power for a house: a wall battery (0), a tower of modules (1) or a box with a handle (2)."""
    light = MATERIALS["leaf"]
    if variant % 3 == 1:
        parts = [Part(slab(1.9, 0.68, 1.3, 0.08).moved(0, 0.15 + 0.72 * k), (body if k < 4 else front,)) for k in range(5)]
        parts += [Part(slab(0.4, 0.05, 0.04, 0.02).moved(0.6, 0.48 + 0.72 * k, 0.65), (light,), 0.8) for k in range(4)]
        return [*parts, Part(slab(1.7, 0.15, 1.1, 0.03), (trim,)), Part(slab(0.6, 0.3, 0.04, 0.01).moved(-0.4, 3.25, 0.65), (MATERIALS["screen"],), 0.8)]
    if variant % 3 == 2:
        hoop = bend([(-0.95, 1.5, 0), (-0.9, 2.05, 0), (0, 2.15, 0), (0.9, 2.05, 0), (0.95, 1.5, 0)], 8)
        dots = [Part(plate(circle(0.14, 28), 0.06, 0.02).moved(-0.75 + 0.45 * k, 0.45, 0.83), (trim,), 0.9) for k in range(4)]
        return [Part(slab(2.6, 1.7, 1.6, 0.22, 12), (body,)), Part(slab(2.2, 1.15, 0.06, 0.03, 10).moved(0, 0.25, 0.79), (front,), 0.5),
                Part(slab(0.9, 0.42, 0.04, 0.02).moved(-0.4, 0.8, 0.83), (MATERIALS["screen"],), 0.9), Part(slab(0.3, 0.06, 0.02, 0.01).moved(-0.55, 0.98, 0.86), (light,), 1.2),
                *dots, Part(tube(hoop, 0.11), (trim,))]
    return [Part(slab(2.2, 3.1, 0.75, 0.3, 14), (body,)), Part(slab(2.06, 2.95, 0.12, 0.05, 12).moved(0, 0.07, 0.36), (front,), 0.4),
            Part(slab(0.06, 1.9, 0.04, 0.02).moved(-0.7, 0.6, 0.42), (light,), 0.8), Part(slab(0.5, 0.12, 0.04, 0.02).moved(0.55, 2.6, 0.42), (trim,), 0.8)]


def inverter(body: Material, front: Material, trim: Material, variant: int) -> list[Part]:
    fins = [Part(slab(0.06, 1.9, 0.4, 0.02).moved(-1.05 + 0.15 * k, 0.45, -0.35), (trim,)) for k in range(15)]
    plugs = [Part(lathe([(0, 0), (0.1, 0), (0.1, 0.3), (0, 0.3)], 24).moved(-0.85 + 0.34 * k, 0.05, 0), (BLACK,)) for k in range(6)]
    return [*fins, *plugs, Part(slab(2.5, 2.3, 0.55, 0.14, 12).moved(y=0.3), (body,)), Part(slab(2.3, 0.7, 0.06, 0.02, 10).moved(0, 1.7, 0.27), (front,), 0.5),
            Part(slab(0.85, 0.42, 0.03, 0.01).moved(-0.35, 1.85, 0.31), (MATERIALS["screen"],), 0.9),
            *(Part(plate(circle(0.06, 20), 0.04, 0.01).moved(0.45 + 0.2 * k, 2.05, 0.31), (MATERIALS[c],), 0.9) for k, c in enumerate(("leaf", "sunflower", "tomato")[: 2 + variant % 2]))]


KINDS = {
    "bicycle": bicycle, "scooter": scooter, "solar-panel": solar_panel, "battery": battery, "inverter": inverter,
}

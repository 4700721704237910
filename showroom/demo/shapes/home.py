"""Lamps, seating and tiles."""

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
    oval,
    loft,
    plate,
    rod,
    slab,
    smooth,
    tube,
)
from showroom.demo.studio import Part

LIGHT = MATERIALS["light"]


def _shell(outer: list[tuple[float, float]], wall: float = 0.04) -> Mesh:
    """Turn an open shade: the outline outside, and back inside at a wall's distance."""
    inner = [(max(r - wall, 0.01), y) for r, y in reversed(outer)]
    return lathe([*outer, *inner, outer[0]], 96)


def table_lamp(body: Material, shade: Material, trim: Material, variant: int) -> list[Part]:
    outlines = [
        [(0.0, 0), (0.0, 0), (0.62, 0), (0.62, 0), (0.64, 0.1), (0.3, 0.22), (0.55, 0.75), (0.5, 1.2), (0.16, 1.6), (0.1, 1.9)],
        [(0.0, 0), (0.0, 0), (0.6, 0), (0.6, 0), (0.6, 0.12), (0.6, 0.12), (0.1, 0.16), (0.09, 0.3), (0.09, 1.9)],
        [(0.0, 0), (0.0, 0), (0.4, 0), (0.4, 0), (0.75, 0.5), (0.78, 0.85), (0.5, 1.35), (0.2, 1.6), (0.1, 1.9)],
    ]
    shades = [[(1.05, 1.75), (0.62, 2.85)], [(0.95, 1.8), (0.95, 2.7)], [(1.2, 1.7), (0.5, 2.6)]]
    low, high = shades[variant % 3]
    wall = [(low[0] + (high[0] - low[0]) * k / 12, low[1] + (high[1] - low[1]) * k / 12) for k in range(13)]
    return [
        Part(lathe(smooth(outlines[variant % 3], 7)), (body,)),
        Part(lathe([(0.05, 1.7), (0.05, 2.3), (0.12, 2.35), (0.12, 2.4), (0.0, 2.45)]), (trim,)),
        Part(ball(0.2).moved(y=2.2), (LIGHT,)),
        Part(_shell(wall), (shade,)),
    ]


def pendant(body: Material, inside: Material, trim: Material, variant: int) -> list[Part]:
    outlines = [
        smooth([(1.3, 0.5), (1.25, 0.75), (0.9, 1.25), (0.35, 1.5), (0.2, 1.62), (0.2, 1.62)], 7),
        smooth([(0.75, 0.5), (0.95, 0.8), (0.95, 1.2), (0.6, 1.65), (0.2, 1.8), (0.2, 1.8)], 7),
        [(1.1 - 0.85 * k / 12, 0.5 + 1.25 * k / 12) for k in range(13)],
    ]
    outer = outlines[variant % 3]
    top = outer[-1][1]
    return [
        Part(_shell(outer), (body,)),
        Part(_shell([(r - 0.06, y) for r, y in outer[:-3]], 0.01), (inside,)),
        Part(ball(0.27).moved(y=0.62), (LIGHT,)),
        Part(lathe([(0.0, top - 0.05), (0.2, top - 0.05), (0.2, top + 0.12), (0.08, top + 0.25), (0.0, top + 0.25)]), (trim,)),
        Part(rod((0, top + 0.2, 0), (0, top + 1.5, 0), 0.02), (trim,)),
    ]


def desk_lamp(body: Material, trim: Material, detail: Material, variant: int) -> list[Part]:
    head = _shell([(0.62, -0.3), (0.58, -0.2), (0.5, 0.0), (0.3, 0.3), (0.16, 0.42), (0.14, 0.55)])
    elbow: Point = (-0.9, 1.7, 0.0)
    tip: Point = (0.75, 2.55, 0.0) if variant % 2 == 0 else (0.85, 2.2, 0.0)
    glow = ball(0.24)
    return [
        Part(lathe([(0, 0), (0.7, 0), (0.72, 0.03), (0.72, 0.1), (0.68, 0.14), (0.1, 0.16), (0.08, 0.25), (0.0, 0.25)]), (body,)),
        Part(rod((0, 0.15, 0), elbow, 0.055), (trim,)),
        Part(rod(elbow, tip, 0.055), (trim,)),
        Part(lathe([(0, -0.12), (0.13, -0.12), (0.13, 0.12), (0, 0.12)]).turned("x", 90).moved(*elbow), (detail,)),
        Part(ball(0.11).moved(*tip), (detail,)),
        Part(glow.moved(y=-0.12).turned("z", 24).moved(tip[0] + 0.16, tip[1] - 0.38), (LIGHT,)),
        Part(head.turned("z", 24).moved(tip[0] + 0.14, tip[1] - 0.36), (body,)),
    ]


def floor_lamp(body: Material, shade: Material, trim: Material, variant: int) -> list[Part]:
    wall = [(0.78 - 0.22 * k / 12, 3.3 + 0.95 * k / 12) for k in range(13)]
    if variant % 2:
        legs = [rod((0.75 * cos(a), 0, 0.75 * sin(a)), (0, 2.2, 0), 0.05) for a in (0.4, 2.5, 4.6)]
        stand = [Part(leg, (body,)) for leg in legs] + [Part(rod((0, 2.1, 0), (0, 3.8, 0), 0.035), (trim,))]
    else:
        stand = [
            Part(lathe([(0, 0), (0.6, 0), (0.62, 0.04), (0.6, 0.1), (0.06, 0.14), (0, 0.14)]), (body,)),
            Part(rod((0, 0.1, 0), (0, 3.9, 0), 0.045), (body,)),
        ]
    return [*stand, Part(ball(0.2).moved(y=3.75), (LIGHT,)), Part(_shell(wall), (shade,))]


def lantern(body: Material, shade: Material, trim: Material, variant: int) -> list[Part]:
    belly = smooth([(0.35, 0.1), (0.8, 0.5), (0.95, 1.0), (0.75, 1.55), (0.4, 1.85)], 8)
    if variant % 2:
        belly = smooth([(0.7, 0.1), (0.72, 0.6), (0.72, 1.3), (0.6, 1.75), (0.45, 1.9)], 8)
    handle = [(0.5 * cos(a), 2.0 + 0.75 * sin(a), 0.0) for a in [pi * k / 24 for k in range(25)]]
    return [
        Part(lathe([(0, 0), (0.5, 0), (0.52, 0.06), (belly[0][0] + 0.06, 0.12), (belly[0][0] + 0.04, 0.2), (0, 0.2)]), (body,)),
        Part(lathe([(0.01, 0.15), *belly, (0.01, 1.88)], 64), (shade,)),
        Part(lathe([(0, 1.8), (belly[-1][0] + 0.08, 1.82), (belly[-1][0] + 0.08, 1.95), (0.3, 2.05), (0, 2.05)]), (body,)),
        Part(tube(handle, 0.045), (trim,)),
    ]


def chair(frame: Material, seat: Material, trim: Material, variant: int) -> list[Part]:
    parts = [Part(slab(1.7, 0.2, 1.6, 0.1).moved(y=1.7), (seat,))]
    for x in (-0.72, 0.72):
        parts.append(Part(rod((x * 1.12, 0, 0.75), (x, 1.75, 0.6), 0.085), (frame,)))
        back = bend([(x * 1.12, 0, -0.85), (x, 1.0, -0.68), (x, 1.9, -0.68), (x * 0.98, 2.8, -0.82), (x * 0.95, 3.5, -1.0)], 5)
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
    top = lathe(smooth([(0, 0), (0, 0), (0.85, 0.02), (0.95, 0.12), (0.88, 0.24), (0.5, 0.19), (0, 0.17)], 6)).moved(y=high)
    parts = [Part(top, (seat,))]
    angles = [2 * pi * k / count + 0.5 for k in range(count)]
    for a in angles:
        parts.append(Part(rod((0.95 * cos(a), 0, 0.95 * sin(a)), (0.55 * cos(a), high + 0.05, 0.55 * sin(a)), 0.08), (legs,)))
    rail = [(0.8 * cos(2 * pi * k / 48), 0.7, 0.8 * sin(2 * pi * k / 48)) for k in range(48)]
    return [*parts, Part(tube(rail, 0.045, loop=True), (trim,))]


def side_table(top: Material, legs: Material, trim: Material, variant: int) -> list[Part]:
    disc = lathe([(0, 0), (1.5, 0), (1.56, 0.04), (1.56, 0.1), (1.5, 0.14), (1.4, 0.14), (0.9, 0.14), (0.4, 0.14), (0, 0.14)], 96).moved(y=1.7)
    angles = [2 * pi * k / 3 + 0.3 for k in range(3)]
    parts = [Part(rod((1.3 * cos(a), 0, 1.3 * sin(a)), (0.7 * cos(a + variant), 1.72, 0.7 * sin(a + variant)), 0.075), (legs,)) for a in angles]
    bowl = lathe(smooth([(0, 0), (0, 0), (0.25, 0), (0.5, 0.28), (0.5, 0.28), (0.46, 0.28), (0.2, 0.06), (0, 0.06)], 6))
    return [*parts, Part(disc, (top,)), Part(bowl.moved(0.3, 1.84, -0.2), (trim,))]


def tile(ground: Material, first: Material, second: Material, variant: int) -> list[Part]:
    """Three tiles leaning on each other with a raised ornament of glaze."""
    parts: list[Part] = []
    for k, (x, z, lean) in enumerate(((-1.15, -0.5, -12.0), (1.05, -0.25, -14.0), (0.0, 0.35, -18.0))):
        body = [Part(slab(2.0, 2.0, 0.16, 0.05), (ground,))]
        body += [Part(m.moved(y=1.0, z=0.085), (c,), 0.5) for m, c in _ornament(variant + k // 2, first, second)]
        parts += [Part(p.mesh.turned("x", lean).moved(x, 0.02, z), p.materials, p.front + (1.2 if k == 2 else 0.0)) for p in body]
    return parts


def _ornament(variant: int, first: Material, second: Material) -> list[tuple[Mesh, Material]]:
    petals: list[tuple[Mesh, Material]] = []
    count = (8, 4, 6, 12)[variant % 4]
    for k in range(count):
        angle = 360 * k / count
        leaf = [(0.12 * sin(2 * pi * t / 24) * (1.6 if count < 7 else 1), 0.5 - 0.3 * cos(2 * pi * t / 24)) for t in range(24)]
        petals.append((plate(leaf[::-1], 0.03, 0.012).turned("z", angle), first if k % 2 or variant % 2 else second))
    for x in (-1, 1):
        for y in (-1, 1):
            corner = [(x, y), *[(x - x * 0.42 * cos(t * pi / 20), y - y * 0.42 * sin(t * pi / 20)) for t in range(11)]]
            petals.append((plate([(a * 0.95, b * 0.95) for a, b in corner], 0.03, 0.01), second))
    return [*petals, (plate(circle(0.17, 36), 0.05, 0.02), second)]


def basket(weave: Material, rim: Material, handle: Material, variant: int) -> list[Part]:
    wide, high = (1.15, 1.5) if variant % 2 == 0 else (0.95, 2.0)
    outer = smooth([(0.75, 0.0), (wide, high * 0.4), (wide * 0.95, high * 0.8), (wide, high)], 9)
    inner = [(r - 0.06, y) for r, y in reversed(outer)]
    parts = [
        Part(lathe([(0.0, 0.0), *outer, *inner, (0.0, 0.08)], 72), (weave,)),
        Part(tube([(wide * cos(t), high, wide * sin(t)) for t in [2 * pi * k / 60 for k in range(60)]], 0.07, loop=True), (rim,)),
    ]
    for x in (-1, 1):
        loop = [(x * (wide + 0.02), high - 0.15 + 0.5 * sin(t), 0.35 * cos(t)) for t in [pi * k / 20 for k in range(21)]]
        parts.append(Part(tube(loop, 0.055), (handle,)))
    return parts


def pouf(cloth: Material, band: Material, _detail: Material, variant: int) -> list[Part]:
    rings = [oval((0, y, 0), r, r, 2.0 + 0.3 * (variant % 3), 96) for r, y in
             smooth([(0.9, 0.0), (1.3, 0.25), (1.45, 0.7), (1.3, 1.15), (0.9, 1.35), (0.2, 1.38)], 5)]
    mesh = loft(rings)
    return [Part(mesh.painted(lambda row, _: 1 if 11 <= row <= 15 else 0), (cloth, band))]


KINDS = {
    "table-lamp": table_lamp, "pendant": pendant, "desk-lamp": desk_lamp, "floor-lamp": floor_lamp,
    "lantern": lantern, "chair": chair, "armchair": armchair, "stool": stool, "side-table": side_table,
    "tile": tile, "basket": basket, "pouf": pouf,
}

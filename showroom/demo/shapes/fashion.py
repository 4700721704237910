"""Cloth, shoes, bags and care."""

from __future__ import annotations

from math import cos, pi, sin

from showroom.demo.materials import MATERIALS, Material
from showroom.demo.solid import (
    Mesh,
    ball,
    bend,
    lathe,
    loft,
    oval,
    ring,
    rod,
    slab,
    smooth,
    tube,
)
from showroom.demo.studio import Part


def roll(cloth: Material, stripe: Material, core: Material, variant: int) -> list[Part]:
    """Rolls of cloth in a pyramid; the front one hangs open."""
    parts: list[Part] = []
    places = [(-0.78, 0.75), (0.78, 0.75), (0.0, 2.05)] if variant % 3 != 2 else [(0.0, 0.75)]
    for k, (z, y) in enumerate(places):
        parts += [Part(p.mesh.turned("z", 90).moved(0, y, z), p.materials)
                  for p in _bolt(cloth if k != 1 else stripe, stripe if k != 1 else cloth, core, variant + k)]
    flap = [[(x * 0.118 - 1.65, 1.45 - 1.42 * t, 1.32 + 0.35 * t * t + 0.03 * sin(x * 0.9 + 4 * t)) for x in range(29)]
            for t in [k / 24 for k in range(25)]]
    if variant % 3 == 2:
        flap = [[(x, max(0.02, y), z - 0.76) for x, y, z in row] for row in flap]
    return [*parts, Part(_sheet(flap), (cloth,))] if variant % 3 == 2 else parts


def _bolt(cloth: Material, stripe: Material, core: Material, variant: int) -> list[Part]:
    body = lathe([(0.2, -1.7), (0.66, -1.7), *[(0.73, -1.64 + 3.28 * k / 40) for k in range(41)], (0.66, 1.7), (0.2, 1.7)], 72)
    every = 4 + variant % 4
    lines = [lathe([(0.22 + 0.09 * k, 1.705), (0.25 + 0.09 * k, 1.715), (0.28 + 0.09 * k, 1.705)], 72) for k in range(5)]
    return [
        Part(body.painted(lambda row, _: 1 if row % every == 0 and variant % 2 == 0 else 0), (cloth, stripe)),
        *(Part(line, (cloth,)) for line in lines),
        Part(lathe([(0, -1.8), (0.2, -1.8), (0.2, 1.8), (0.12, 1.8), (0.12, 1.6), (0, 1.6)], 48), (core,)),
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
            parts.append(Part(slab(2.9 - 0.06 * k, 0.27, 2.0, 0.13, 14).moved(shift, y, -shift), (colours[k],)))
            y += 0.24
        y += 0.05
    return parts


def scarf(cloth: Material, fringe: Material, _detail: Material, variant: int) -> list[Part]:
    """A length of cloth hanging in folds from a wooden bar."""
    rows, count = [], 36
    for t in [k / count for k in range(count + 1)]:
        y = 3.1 - 2.8 * t
        rows.append([(-1.2 + 2.4 * s / 60, y, 0.16 + 0.17 * (0.4 + t) * sin(s / 60 * (16 + 3 * (variant % 3)) + 0.8 * t)) for s in range(61)])
    mesh = _sheet(rows)
    band = 3 + variant % 3
    parts = [Part(mesh.painted(lambda row, _: 1 if row > 28 and (row // band) % 2 else 0), (cloth, fringe))]
    parts += [Part(rod((-1.6, 3.12, 0.1), (1.6, 3.12, 0.1), 0.09), (MATERIALS["oak"],))]
    for x in (-1.5, 1.5):
        parts.append(Part(rod((x, 0, -0.1), (x, 3.1, 0.1), 0.06), (MATERIALS["black"],)))
        parts.append(Part(slab(0.14, 0.1, 1.3, 0.04).moved(x, 0, 0), (MATERIALS["black"],)))
    return parts


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
    wide = smooth([(-2.0, 0.1), (-1.9, 0.5), (-1.2, 0.62), (-0.2, 0.5), (0.9, 0.66), (1.6, 0.6), (2.1, 0.3), (2.2, 0.1)], 5)
    high = 2.5 if boot else 1.25
    top = smooth([(-2.0, high * 0.95), (-1.9, high), (-1.2, high * 0.95), (-0.55, high * 0.93), (0.2, 1.0), (0.9, 0.78), (1.6, 0.68), (2.1, 0.45), (2.2, 0.3)], 6)
    rings, soles = [], []
    for x, w in wide:
        t = _at(top, x)
        ring_ = []
        for k in range(40):
            a = 2 * pi * k / 40
            up = max(0.0, sin(a))
            pinch = 1 - 0.35 * up**2 * (1 if x > -0.6 else 0.5)
            ring_.append((x, 0.22 + (t - 0.22) * (up**0.8), w * cos(a) * pinch))
        rings.append(ring_)
        lift = 0.1 * max(0.0, (x - 1.2)) ** 2
        soles.append([(x * 1.03, lift + y, (w + 0.06) * z) for y, z in _box_ring(0.0, 0.3 if x > -0.8 else 0.34)])
    parts = [Part(loft(soles), (sole,)), Part(loft(rings), (upper,))]
    if boot or variant % 3 == 0:
        parts.append(Part(tube(_collar(high, boot), 0.1), (lace,)))
    for k in range(5 if boot else 4):
        x = 0.75 - 0.27 * k
        y = _at(top, x)
        arch = [(x, y + 0.05 - 0.32 * (z / 0.34) ** 2 * 0.5, z) for z in [-0.34 + 0.068 * j for j in range(11)]]
        parts.append(Part(tube(arch, 0.05), (lace,)))
    return parts


def _collar(high: float, boot: bool) -> list[tuple[float, float, float]]:
    y = high * 0.96
    return [(-1.28 + (0.62 if boot else 0.68) * cos(t), y + 0.04 * cos(t), 0.36 * sin(t)) for t in [2 * pi * k / 40 for k in range(41)]]


def _box_ring(low: float, high: float) -> list[tuple[float, float]]:
    return [(low + (high - low) * (0.5 + 0.5 * max(-1, min(1, 1.6 * sin(a)))), max(-1, min(1, 1.4 * cos(a)))) for a in [2 * pi * k / 24 for k in range(24)]]


def _at(curve: list[tuple[float, float]], x: float) -> float:
    """Return the height of a curve at `x`."""
    for (x0, y0), (x1, y1) in zip(curve, curve[1:], strict=False):
        if x0 <= x <= x1 and x1 > x0:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return curve[-1][1] if x > curve[-1][0] else curve[0][1]


def backpack(cloth: Material, flap: Material, strap: Material, variant: int) -> list[Part]:
    sections = smooth([(0.85, 0.0), (1.05, 0.2), (1.12, 1.2), (1.05, 2.3), (0.85, 2.9), (0.4, 3.1)], 5)
    rings = [oval((0, y, 0), w, 0.35 + 0.27 * w, 3.2) for w, y in sections]
    buckles = [slab(0.2, 0.3, 0.1, 0.04).moved(x, 1.5, 0.78) for x in (-0.5, 0.5)]
    straps = [tube(bend([(x, 2.9, -0.3), (x * 1.3, 2.4, -0.85), (x * 1.4, 1.2, -0.95), (x * 1.2, 0.3, -0.5)], 7), 0.12) for x in (-0.6, 0.6)]
    parts = [
        *(Part(s, (strap,)) for s in straps),
        Part(loft(rings), (cloth,)),
        Part(slab(1.55, 0.95, 0.35, 0.16).moved(y=0.3, z=0.68), (flap if variant % 2 else cloth,), 0.5),
        Part(loft([oval((0, y, 0.07), w, 0.42 + 0.27 * w, 3.0) for w, y in smooth([(1.12, 1.95), (1.14, 2.4), (0.95, 2.95), (0.5, 3.2)], 5)]), (flap,)),
        *(Part(slab(0.16, 1.5, 0.06, 0.02).moved(x, 0.9, 0.83), (strap,), 1.0) for x in (-0.5, 0.5)),
        *(Part(b.moved(z=0.1), (MATERIALS["brass"],), 1.3) for b in buckles),
        Part(tube([(0.3 * cos(t), 3.12 + 0.3 * sin(t), -0.1) for t in [pi * k / 20 for k in range(21)]], 0.06), (strap,)),
    ]
    if variant % 3 == 2:
        parts.append(Part(lathe([(0, -1.1), (0.3, -1.1), (0.34, -1.0), (0.34, 1.0), (0.3, 1.1), (0, 1.1)], 48).turned("z", 90).moved(y=3.45), (strap,)))
    return parts


def duffel(cloth: Material, trim: Material, strap: Material, variant: int) -> list[Part]:
    along = [(-1.9, 0.3), (-1.88, 0.75), (-1.8, 0.9), *[(-1.7 + 0.17 * k, 0.95) for k in range(21)], (1.8, 0.9), (1.88, 0.75), (1.9, 0.3)]
    rings = [[(x, 0.92 + max(-0.9, r * sin(a)), r * cos(a)) for a in [2 * pi * k / 56 for k in range(56)]] for x, r in along]
    body = loft(rings).painted(lambda row, _: 1 if row < 5 or row > 21 else 0)
    parts = [Part(body, (cloth, trim))]
    for z in (-0.55, 0.55):
        path = bend([(-0.9, 0.35, z * 1.72), (-0.85, 1.3, z * 1.5), (-0.5, 2.5, z * 0.6), (0.5, 2.5, z * 0.6), (0.85, 1.3, z * 1.5), (0.9, 0.35, z * 1.72)], 7)
        parts.append(Part(tube(path, 0.085), (strap,)))
    side = slab(1.15, 0.6, 0.2, 0.09).moved(y=0.45, z=0.9)
    return [*parts, Part(side, (trim if variant % 2 else cloth,)), Part(rod((-1.2, 1.88, 0), (1.2, 1.88, 0), 0.05), (MATERIALS["brass"],))]


def tote(cloth: Material, base: Material, strap: Material, variant: int) -> list[Part]:
    rings = [oval((0, y, 0), w, d, 4.0) for y, w, d in ((0, 1.1, 0.5), (0.08, 1.18, 0.55), *[(0.2 + 0.18 * k, 1.2 + 0.02 * k, 0.55 - 0.025 * k) for k in range(13)])]
    mesh = loft(rings).painted(lambda row, _: 1 if row < 6 + variant % 2 else 0)
    handles = [tube(bend([(-0.55, 1.7, z), (-0.5, 2.7, z * 0.8), (0, 3.3, z * 0.6), (0.5, 2.7, z * 0.8), (0.55, 1.7, z)], 8), 0.075) for z in (-0.4, 0.4)]
    return [Part(handles[0], (strap,)), Part(mesh, (cloth, base)), Part(handles[1], (strap,))]


def bottle(body: Material, cap: Material, label: Material, variant: int) -> list[Part]:
    """A family of three: tall bottle, short bottle and jar."""
    if variant % 3 == 2:
        return _jar(body, cap, label, 1.0)
    tall = smooth([(0, 0), (0, 0), (0.62, 0), (0.68, 0.06), (0.68, 1.6), (0.64, 1.8), (0.3, 2.05), (0.26, 2.1)], 7)
    body_mesh = lathe(tall, 96)
    parts = [Part(body_mesh, (body,)), Part(lathe([(0.685, 0.45), (0.695, 0.46), *[(0.695, 0.5 + 0.1 * k) for k in range(9)], (0.685, 1.36)], 96), (label,), 0.2)]
    if variant % 3 == 0:
        parts += [
            Part(lathe([(0.32, 2.05), (0.34, 2.08), (0.34, 2.4), (0.3, 2.44), (0.14, 2.46), (0, 2.46)]), (cap,)),
            Part(lathe(smooth([(0.17, 2.45), (0.2, 2.6), (0.2, 2.85), (0.12, 3.05), (0, 3.1)], 6)), (MATERIALS["rubber"],)),
        ]
    else:
        parts += [
            Part(lathe([(0, 2.05), (0.3, 2.05), (0.3, 2.3), (0.1, 2.34), (0.1, 2.6), (0, 2.6)]), (cap,)),
            Part(slab(0.42, 0.18, 0.34, 0.07).moved(y=2.58), (cap,)),
            Part(tube(bend([(0, 2.68, 0), (-0.4, 2.68, 0.1), (-0.6, 2.6, 0.15)], 6), 0.06), (cap,)),
        ]
    small = _jar(body, cap, label, 0.62)
    return [*(Part(p.mesh.moved(-0.55, 0, -0.2), p.materials, p.front) for p in parts), *(Part(p.mesh.moved(0.8, 0, 0.35), p.materials, p.front + 0.3) for p in small)]


def _jar(body: Material, cap: Material, label: Material, size: float) -> list[Part]:
    parts = [
        Part(lathe(smooth([(0, 0), (0, 0), (0.9, 0), (1.0, 0.1), (1.0, 0.85), (0.95, 0.95), (0.95, 0.95), (0, 0.96)], 7), 96), (body,)),
        Part(lathe([(1.002, 0.25), (1.012, 0.27), (1.012, 0.5), (1.012, 0.68), (1.002, 0.7)], 96), (label,), 0.2),
        Part(lathe([(0, 0.96), (1.0, 0.96), (1.03, 1.0), (1.03, 1.36), (0.98, 1.42), (0.7, 1.44), (0.35, 1.45), (0, 1.45)], 96), (cap,)),
    ]
    return [Part(p.mesh.scaled(size), p.materials, p.front) for p in parts]


def soap(first: Material, second: Material, dish: Material, variant: int) -> list[Part]:
    base = loft([oval((0, y, 0), w, d, 2.6) for y, w, d in ((0, 1.5, 0.9), (0.05, 1.65, 1.0), (0.22, 1.8, 1.1), (0.22, 1.68, 1.0))])
    bars = [slab(1.7, 0.5, 1.05, 0.2).moved(y=0.2), slab(1.6, 0.48, 1.0, 0.2).turned("y", 24 + 10 * variant).moved(0.1, 0.7, 0)]
    return [Part(base, (dish,)), Part(bars[0], (first,)), Part(bars[1], (second,))]


def cone(yarn: Material, second: Material, core: Material, variant: int) -> list[Part]:
    """Cones of yarn."""
    parts: list[Part] = []
    for k, (x, z) in enumerate(((-1.15, -0.2), (1.1, -0.1), (0.0, 0.75))):
        body = lathe([(0.3, 0.2), *[(0.85 - 0.5 * t - 0.015 * (j % 2), 0.22 + 2.0 * t) for j, t in enumerate([i / 44 for i in range(45)])], (0.2, 2.25)], 60)
        parts.append(Part(body.moved(x, 0, z), ((yarn, second, core)[(k + variant) % 3],)))
        parts.append(Part(lathe([(0, 0), (0.62, 0), (0.6, 0.22), (0.17, 2.3), (0.14, 2.5), (0, 2.5)]).moved(x, 0, z), (MATERIALS["cork"],)))
    return parts


def bangle(metal: Material, stone: Material, stand: Material, variant: int) -> list[Part]:
    """Rings of metal on a turned stand."""
    parts = [Part(lathe(smooth([(0, 0), (0, 0), (1.0, 0), (1.0, 0.12), (0.3, 0.3), (0.25, 0.5)], 6)), (stand,)),
             Part(lathe([(0.25, 0.4), (0.22, 2.4), (0, 2.5)]), (stand,))]
    for k in range(3 + variant % 2):
        hoop = ring(0.95 - 0.1 * k, 0.09).turned("x", 90).turned("z", 7 * (-1) ** k).moved(y=0.75 + 0.42 * k)
        parts += [Part(hoop, (metal,)), Part(ball(0.13).moved(0.0, 0.75 + 0.42 * k, 0.98 - 0.1 * k), (stone,))]
    return parts


KINDS = {
    "roll": roll, "folded": folded, "scarf": scarf, "shoe": shoe, "backpack": backpack, "duffel": duffel, "tote": tote,
    "bottle": bottle, "soap": soap, "cone": cone, "bangle": bangle,
}

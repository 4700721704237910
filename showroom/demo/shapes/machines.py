"""Machine tools, robots, bearings and gears."""

from __future__ import annotations

from math import cos, pi, sin

from showroom.demo.materials import MATERIALS, Material
from showroom.demo.shapes.fluid import drum_along
from showroom.demo.shapes.outlines import OUTLINES
from showroom.demo.solid import (
    Flat,
    Mesh,
    Point,
    ball,
    lathe,
    plate,
    ring,
    rod,
    slab,
    smooth,
    tube,
)
from showroom.demo.studio import Part

STEEL, BLACK = MATERIALS["steel"], MATERIALS["black"]


def lathe_machine(body: Material, cover: Material, accent: Material, variant: int) -> list[Part]:
    """A closed machining centre: cabinet, sliding window and control panel on an arm."""
    wide = 3.6 if variant % 2 == 0 else 2.6
    high = 2.2 if variant % 2 == 0 else 2.9
    window = wide * 0.42
    parts = [
        Part(slab(wide + 0.1, 0.3, 1.9, 0.05, 12), (BLACK,)),
        Part(slab(wide, high, 1.8, 0.12, 14).moved(y=0.28), (body,)),
        Part(slab(wide * 0.64, high * 0.72, 0.1, 0.04, 10).moved(-wide * 0.1, 0.5, 0.92), (cover,), 0.4),
        Part(
            slab(window, high * 0.42, 0.08, 0.03, 10).moved(-wide * 0.1, high * 0.42 + 0.15, 0.96),
            (MATERIALS["screen"],),
            0.8,
        ),
        Part(
            slab(0.09, high * 0.4, 0.12, 0.04).moved(-wide * 0.1 + window * 0.62, high * 0.42, 1.03),
            (STEEL,),
            1.0,
        ),
        Part(slab(wide, 0.16, 0.06, 0.02, 12).moved(0, high * 0.98, 0.92), (accent,), 0.6),
        Part(
            slab(0.7, 0.9, 0.18, 0.05).turned("y", -14).moved(wide * 0.39, high * 0.52, 1.12), (BLACK,), 0.6
        ),
        Part(
            slab(0.52, 0.42, 0.05, 0.02).turned("y", -14).moved(wide * 0.39 - 0.02, high * 0.52 + 0.4, 1.21),
            (MATERIALS["sky"],),
            1.0,
        ),
        Part(ball(0.07).moved(wide * 0.39 + 0.18, high * 0.52 + 0.18, 1.19), (MATERIALS["tomato"],), 1.0),
        Part(rod((wide * 0.3, high + 0.25, -0.3), (wide * 0.3, high + 0.85, -0.3), 0.05), (STEEL,)),
    ]
    beacon = lathe([(0, 0), (0.1, 0), (0.1, 0.15), (0, 0.15)])
    lights = [MATERIALS[name] for name in ("leaf", "sunflower", "tomato")]
    return parts + [
        Part(beacon.moved(wide * 0.3, high + 0.8 + 0.16 * k, -0.3), (light,))
        for k, light in enumerate(lights)
    ]


def bench_lathe(body: Material, steel: Material, accent: Material, variant: int) -> list[Part]:
    """An open lathe or a pillar drill for the bench."""
    if variant % 2:
        return _drill(body, steel, accent)
    parts = [
        Part(slab(4.0, 0.35, 1.1, 0.06, 14), (body,)),
        Part(slab(3.7, 0.25, 0.65, 0.04, 14).moved(y=0.35), (steel,)),
        Part(slab(1.1, 1.35, 1.15, 0.1).moved(-1.45, 0.4), (body,)),
        Part(drum_along(0.45, 0.5).moved(-0.68, 1.15, 0), (steel,)),
        Part(drum_along(0.16, 1.4).moved(0.1, 1.15, 0), (MATERIALS["brass"],)),
        Part(slab(0.7, 0.75, 0.6, 0.08).moved(1.45, 0.55), (body,)),
        Part(drum_along(0.14, 0.9).moved(1.0, 1.15, 0), (steel,)),
        Part(slab(0.6, 0.35, 0.9, 0.05).moved(0.35, 0.58, 0.1), (accent,)),
        Part(slab(0.25, 0.3, 0.3, 0.04).moved(0.3, 0.92, 0.25), (steel,)),
        Part(ring(0.26, 0.035).turned("y", 8).moved(0.35, 0.55, 0.75), (steel,)),
        Part(ring(0.26, 0.035).turned("y", 90).moved(2.05, 1.15, 0), (steel,)),
        Part(slab(0.7, 0.5, 0.04, 0.02).moved(-1.45, 1.05, 0.58), (MATERIALS["screen"],), 0.6),
    ]
    return parts + [
        Part(ball(0.08).moved(-1.2 - 0.2 * k, 0.8, 0.6), (MATERIALS[c],), 0.6)
        for k, c in enumerate(("leaf", "tomato", "sunflower"))
    ]


def _drill(body: Material, steel: Material, accent: Material) -> list[Part]:
    return [
        Part(slab(1.7, 0.2, 2.2, 0.07), (body,)),
        Part(rod((0, 0.1, -0.6), (0, 3.6, -0.6), 0.2), (steel,)),
        Part(slab(1.4, 0.14, 1.3, 0.05).moved(0, 1.2, 0.15), (steel,)),
        Part(slab(0.95, 1.1, 2.1, 0.16).moved(0, 2.6, 0.0), (body,)),
        Part(slab(0.7, 0.25, 1.5, 0.08).moved(0, 3.68, -0.1), (accent,)),
        Part(rod((0, 1.75, 0.6), (0, 2.7, 0.6), 0.16), (steel,)),
        Part(rod((0, 1.35, 0.6), (0, 1.8, 0.6), 0.05), (BLACK,)),
        *(
            Part(rod((0.48, 2.95, 0.35), (0.75, 2.95 + 0.75 * sin(a), 0.35 + 0.75 * cos(a)), 0.04), (steel,))
            for a in (0.3, 2.4, 4.5)
        ),
        *(
            Part(ball(0.1).moved(0.75, 2.95 + 0.75 * sin(a), 0.35 + 0.75 * cos(a)), (BLACK,))
            for a in (0.3, 2.4, 4.5)
        ),
    ]


def robot(body: Material, joint: Material, tool: Material, variant: int) -> list[Part]:
    points: list[Point] = [(0.0, 0.9, 0.0), (-0.65, 2.5, 0.0), (0.9, 3.25, 0.0), (1.75, 2.5, 0.0)]
    if variant % 2:
        points = [(0.0, 0.9, 0.0), (0.35, 2.6, 0.0), (-0.9, 3.5, 0.0), (-1.75, 2.9, 0.0)]
    parts = [
        Part(
            lathe(OUTLINES["robot-1"]),
            (joint,),
        ),
        Part(lathe(smooth([(0.6, 0.5), (0.62, 0.6), (0.62, 0.9), (0.5, 1.2), (0, 1.35)], 6)), (body,)),
    ]
    radii = (0.42, 0.33, 0.26, 0.2)
    parts += [
        Part(_limb(points[k], points[k + 1], radii[k] * 0.8, 0.28 - 0.084 * k), (body,)) for k in range(3)
    ]
    for (x, y, _), r in zip(points, radii, strict=True):
        outline = [(0, -0.5), (r * 0.85, -0.5), (r, -0.44), (r, 0.3), (r, 0.44), (r * 0.85, 0.5), (0, 0.5)]
        drum = lathe(outline, 48).scaled(1, 0.55 + r, 1).turned("x", 90)
        parts.append(Part(drum.moved(x, y, 0.1), (joint,), 0.4))
    return [*parts, *_gripper(points[3], body, joint, tool)]


def _limb(start: Point, end: Point, radius: float, z: float) -> Mesh:
    """Return an arm between two joints, slimmer in the middle."""
    steps = [k / 14 for k in range(15)]
    path = [(start[0] + (end[0] - start[0]) * t, start[1] + (end[1] - start[1]) * t, z) for t in steps]
    return tube(path, lambda t: radius * (1 - 0.25 * sin(pi * t)), 24)


def _gripper(wrist: Point, body: Material, joint: Material, tool: Material) -> list[Part]:
    x, y, _ = wrist
    side = 1 if x > 0 else -1
    return [
        Part(rod((x, y, 0.1), (x + 0.25 * side, y - 0.5, 0.1), 0.15), (body,)),
        Part(slab(0.62, 0.16, 0.3, 0.05).moved(x + 0.3 * side, y - 0.72, 0.1), (joint,)),
        *(
            Part(slab(0.1, 0.5, 0.18, 0.04).moved(x + 0.3 * side + d, y - 1.18, 0.1), (tool,))
            for d in (-0.22, 0.22)
        ),
    ]


def bearing(metal: Material, balls: Material, cage: Material, variant: int) -> list[Part]:
    """A ball bearing standing, a second one lying before it."""
    parts = _bearing(metal, balls, cage, 9 + variant % 4)
    stand = [Part(p.mesh.turned("x", -8).moved(-0.4, 1.47, -0.5), p.materials) for p in parts]
    flat = [Part(p.mesh.scaled(0.62).turned("x", -90).moved(1.3, 0.25, 0.75), p.materials) for p in parts]
    return stand + flat


def _bearing(metal: Material, balls: Material, cage: Material, count: int) -> list[Part]:
    def race(low: float, high: float) -> Mesh:
        outline: list[Flat] = [
            (low, -0.36),
            (low + 0.05, -0.4),
            (high - 0.05, -0.4),
            (high, -0.36),
            (high, 0.36),
            (high - 0.05, 0.4),
            (low + 0.05, 0.4),
            (low, 0.36),
        ]
        return lathe([*outline, outline[0]], 120).turned("x", 90)

    around = [(1.08 * cos(2 * pi * k / count), 1.08 * sin(2 * pi * k / count)) for k in range(count)]
    return [
        Part(race(1.0, 1.16).scaled(1, 1, 0.5), (cage,)),
        *(Part(ball(0.235, 32, 16).moved(x, y, 0.16), (balls,)) for x, y in around),
        Part(race(1.26, 1.47), (metal,)),
        Part(race(0.68, 0.9), (metal,)),
    ]


def gear(metal: Material, second: Material, shaft: Material, variant: int) -> list[Part]:
    first, other = 18 + 4 * (variant % 3), 12
    big, small = _wheel(1.5, first), _wheel(1.5 * other / first, other)
    gap = 1.5 + 1.5 * other / first + 0.1
    angle = 0.6
    x, y = gap * cos(angle), gap * sin(angle)
    parts = [Part(big, (metal,)), Part(small.turned("z", 180 / other).moved(x, y, 0), (second,))]
    for cx, cy, r in ((0.0, 0.0, 0.35), (x, y, 0.25)):
        hub = lathe([(0, -0.5), (r, -0.5), (r, 0.45), (r * 0.8, 0.5), (0, 0.5)], 48).turned("x", 90)
        parts.append(Part(hub.moved(cx, cy, 0), (shaft,)))
    return [Part(p.mesh.turned("x", -10).moved(-0.6, 1.75, 0), p.materials) for p in parts]


def _wheel(radius: float, teeth: int) -> Mesh:
    outline: list[Flat] = []
    for k in range(teeth):
        for part, r in ((0.0, 0.92), (0.22, 0.93), (0.36, 1.1), (0.64, 1.1), (0.78, 0.93)):
            a = 2 * pi * (k + part) / teeth
            outline.append((radius * r * cos(a), radius * r * sin(a)))
    return plate(outline, 0.5, 0.04)


KINDS = {
    "machine": lathe_machine,
    "bench-machine": bench_lathe,
    "robot": robot,
    "bearing": bearing,
    "gear": gear,
}

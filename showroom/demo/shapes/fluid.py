"""Pumps, valves, motors and hoses."""

from __future__ import annotations

from math import cos, pi, sin

from showroom.demo.materials import MATERIALS, Material
from showroom.demo.shapes.outlines import OUTLINES
from showroom.demo.solid import (
    Mesh,
    bend,
    lathe,
    ring,
    rod,
    slab,
    smooth,
    tube,
)
from showroom.demo.studio import Part

BLACK = MATERIALS["black"]


def drum_along(radius: float, length: float, bevel: float = 0.05) -> Mesh:
    """Return a cylinder along the x axis with softened edges."""
    half = length / 2
    rows = [(radius, -half + bevel + (length - 2 * bevel) * k / 10) for k in range(11)]
    return lathe(
        [(0, -half), (radius - bevel, -half), *rows, (radius - bevel, half), (radius * 0.5, half), (0, half)],
        72,
    ).turned("z", 90)


def _bolts(count: int, radius: float, size: float = 0.07) -> list[Mesh]:
    """Return hexagon heads in a circle that faces +x."""
    heads = []
    for k in range(count):
        a = 2 * pi * (k + 0.5) / count
        heads.append(
            lathe([(0, 0), (size, 0), (size, 0.07), (0, 0.08)], 6)
            .turned("z", -90)
            .moved(0, radius * sin(a), radius * cos(a))
        )
    return heads


def pump(body: Material, motor: Material, steel: Material, variant: int) -> list[Part]:
    fins = [
        Part(drum_along(0.78 if k % 2 else 0.7, 0.07, 0.01).moved(0.55 + 0.09 * k, 1.15, 0), (motor,))
        for k in range(15)
    ]
    volute = lathe(
        smooth(
            OUTLINES["pump-1"],
            6,
        ),
        72,
    ).turned("z", 90)
    outlet = [
        Part(lathe([(0.28, 1.7), (0.28, 2.3)]).moved(-0.75, 0, 0.0), (body,)),
        Part(
            lathe(OUTLINES["pump-2"]).moved(-0.75),
            (body,),
        ),
    ]
    inlet = [
        Part(drum_along(0.33, 0.9).moved(-1.4, 1.15, 0), (body,)),
        Part(drum_along(0.58, 0.2, 0.04).moved(-1.85, 1.15, 0), (body,)),
    ]
    inlet += [Part(b.scaled(-1, 1, 1).moved(-1.95, 1.15, 0), (steel,)) for b in _bolts(6, 0.46)]
    hole = Part(drum_along(0.3, 0.02, 0.005).moved(-1.955, 1.15, 0), (BLACK,))
    parts = [
        Part(slab(3.9, 0.2, 1.3, 0.05, 12), (BLACK,)),
        Part(slab(0.9, 0.5, 0.8, 0.08).moved(1.2, 0.15), (motor,)),
        Part(slab(0.5, 0.7, 0.8, 0.06).moved(-0.7, 0.15), (body,)),
        *fins,
        Part(drum_along(0.8, 0.25).moved(2.0, 1.15, 0), (BLACK,)),
        Part(slab(0.7, 0.35, 0.5, 0.07).moved(1.2, 1.85, 0.0), (motor,)),
        Part(drum_along(0.5, 0.4).moved(0.2, 1.15, 0), (steel,)),
        Part(volute.moved(-0.75, 1.15, 0), (body,)),
        *outlet,
        *inlet,
        hole,
    ]
    return parts if variant % 2 == 0 else [Part(p.mesh.turned("y", 180), p.materials) for p in parts]


def valve(body: Material, wheel: Material, steel: Material, variant: int) -> list[Part]:
    globe = lathe(smooth(OUTLINES["valve-1"], 7), 72)
    parts = [Part(globe, (body,)), Part(drum_along(0.42, 2.3).moved(0, 0.95, 0), (body,))]
    for side in (-1, 1):
        parts.append(Part(drum_along(0.78, 0.22, 0.04).moved(side * 1.25, 0.95, 0), (body,)))
        heads = _bolts(8, 0.6)
        parts += [
            Part((h if side > 0 else h.turned("y", 180)).moved(side * 1.36, 0.95, 0), (steel,)) for h in heads
        ]
        parts.append(Part(drum_along(0.36, 0.02, 0.004).moved(side * 1.365, 0.95, 0), (BLACK,)))
    parts += [
        Part(
            lathe(OUTLINES["valve-2"]),
            (body,),
        ),
        Part(rod((0, 2.3, 0), (0, 3.0, 0), 0.09), (steel,)),
    ]
    if variant % 2:
        return [
            *parts,
            Part(slab(2.0, 0.14, 0.3, 0.06).moved(0.75, 2.75), (wheel,)),
            Part(lathe([(0, 2.7), (0.2, 2.7), (0.2, 2.95), (0, 2.98)], 6), (steel,)),
        ]
    spokes = [
        rod((0, 2.85, 0), (0.72 * cos(a), 2.92, 0.72 * sin(a)), 0.06)
        for a in [2 * pi * k / 5 for k in range(5)]
    ]
    return [
        *parts,
        *(Part(s, (wheel,)) for s in spokes),
        Part(ring(0.78, 0.085).turned("x", 90).moved(y=2.92), (wheel,)),
        Part(lathe([(0, 2.75), (0.16, 2.75), (0.16, 3.02), (0, 3.06)], 6), (steel,)),
    ]


def motor(body: Material, cover: Material, shaft: Material, variant: int) -> list[Part]:
    count = 22 + 4 * (variant % 2)
    fins = [
        slab(0.05, 0.3, 1.9, 0.015, 6).turned("y", 90).moved(y=0.85).turned("x", 360 * k / count)
        for k in range(count)
    ]
    parts = [
        Part(drum_along(0.92, 2.0), (body,)),
        *(Part(f, (body,)) for f in fins),
        Part(drum_along(1.14, 0.35, 0.08).moved(1.1), (cover,)),
        Part(drum_along(1.12, 0.3, 0.08).moved(-1.1), (cover,)),
        Part(drum_along(0.18, 0.9).moved(-1.6), (shaft,)),
        Part(slab(0.8, 0.45, 0.7, 0.07).moved(0.1, 1.0, 0), (cover,)),
        *(Part(b.turned("y", 180).moved(-1.26), (shaft,)) for b in _bolts(6, 0.9)),
    ]
    parts = [Part(p.mesh.moved(y=1.3), p.materials) for p in parts]
    return [
        *parts,
        *(Part(slab(1.6, 0.25, 0.4, 0.06).moved(0, 0, z), (body,)) for z in (-0.7, 0.7)),
        Part(slab(1.4, 0.4, 1.2, 0.05).moved(y=0.15), (body,)),
    ]


def hose(pipe: Material, fitting: Material, _detail: Material, variant: int) -> list[Part]:
    """A coil of hose with its fittings."""
    turns = 3 + variant % 3
    path = [
        (1.5 * cos(t), 0.26 + 0.42 * t / (2 * pi), 1.5 * sin(t))
        for t in [2 * pi * turns * k / (48 * turns) for k in range(48 * turns + 1)]
    ]
    end = bend([path[-1], (1.9, path[-1][1] + 0.3, 0.7), (2.4, path[-1][1] + 0.2, 1.1)], 6)[1:]
    return [
        Part(tube([*path, *end], 0.2, 18), (pipe,)),
        Part(rod(end[-1], (2.75, end[-1][1] - 0.08, 1.42), 0.26, 6), (fitting,)),
    ]


KINDS = {
    "pump": pump,
    "valve": valve,
    "motor": motor,
    "hose": hose,
}

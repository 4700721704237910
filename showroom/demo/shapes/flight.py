"""Drones and cameras."""

from __future__ import annotations

from math import cos, pi, sin

from showroom.demo.materials import MATERIALS, Material
from showroom.demo.shapes.outlines import OUTLINES
from showroom.demo.solid import (
    lathe,
    loft,
    oval,
    rod,
    slab,
    smooth,
)
from showroom.demo.studio import Part

BLACK, STEEL = MATERIALS["black"], MATERIALS["steel"]


def drone(body: Material, trim: Material, prop: Material, variant: int) -> list[Part]:
    shell = loft(
        [
            oval((0, y, 0), w, d, 2.6)
            for y, w, d in _between(
                ((0.55, 0.3, 0.5), (0.6, 0.5, 0.85), (0.85, 0.6, 1.0), (1.02, 0.45, 0.8), (1.1, 0.2, 0.4))
            )
        ]
    )
    parts = [Part(shell, (body,)), Part(slab(0.5, 0.1, 0.9, 0.04).moved(0, 1.04, -0.1), (trim,))]
    arms = 4 if variant % 2 == 0 else 6
    for k in range(arms):
        parts += _arm(2 * pi * (k + 0.5) / arms, 35 + 57 * k, body, trim, prop)
    eye = lathe(OUTLINES["drone-1"], 40).turned("x", 90)
    return [
        *parts,
        Part(slab(0.45, 0.4, 0.4, 0.1).moved(0, 0.3, 0.75), (trim,)),
        Part(eye.moved(0, 0.5, 0.93), (MATERIALS["lens"],)),
    ]


def _arm(angle: float, blade_degrees: float, body: Material, trim: Material, prop: Material) -> list[Part]:
    """Return an arm with its motor, propeller and leg."""
    c, s = cos(angle), sin(angle)
    x, z = 1.75 * c, 1.55 * s
    motor = lathe([(0, -0.2), (0.17, -0.2), (0.19, 0.0), (0.17, 0.18), (0, 0.2)], 40)
    turns = [2 * pi * i / 16 for i in range(16)]
    blade = loft(
        [
            [(d, 0.02 * sin(t) + 0.03 * cos(t) * (1 if d > 0 else -1), w * cos(t)) for t in turns]
            for d, w in OUTLINES["drone-1"]
        ]
    )
    return [
        Part(rod((0.4 * c, 0.85, 0.5 * s), (x, 1.0, z), 0.09), (body,)),
        Part(motor.moved(x, 1.0, z), (trim,)),
        Part(blade.turned("y", blade_degrees).moved(x, 1.24, z), (prop,)),
        Part(rod((x, 0.85, z), (x * 1.04, 0.0, z * 1.04), 0.05), (trim,)),
    ]


def _between(rings: tuple[tuple[float, float, float], ...]) -> list[tuple[float, float, float]]:
    """Return more rings between the given (height, width, depth)."""
    wide = smooth([(w, y) for y, w, _ in rings], 5)
    deep = smooth([(d, y) for y, _, d in rings], 5)
    return [(y, w, d) for (w, y), (d, _) in zip(wide, deep, strict=True)]


def camera(body: Material, trim: Material, lens: Material, variant: int) -> list[Part]:
    tube_ = OUTLINES["camera-1"]
    glass = lathe(smooth([(0.62, 0.84), (0.4, 0.92), (0, 0.96)], 6), 60)
    parts = [
        Part(slab(2.8, 1.75, 0.9, 0.16, 12), (body,)),
        Part(slab(2.82, 0.5, 0.92, 0.14, 12).moved(y=1.28), (trim,), 0.3),
        Part(slab(0.9, 0.45, 0.7, 0.12).moved(0, 1.68), (trim,)),
        Part(lathe(tube_, 72).turned("x", 90).moved(0, 0.85, 0.4), (BLACK,), 0.6),
        Part(glass.turned("x", 90).moved(0, 0.85, 0.4), (lens,), 0.7),
        Part(lathe([(0, 0), (0.2, 0), (0.2, 0.2), (0, 0.2)], 40).moved(-1.0, 1.76), (STEEL,)),
        Part(lathe([(0, 0), (0.28, 0), (0.28, 0.18), (0, 0.18)], 40).moved(0.95, 1.76), (STEEL,)),
        Part(lathe([(0, 0), (0.13, 0), (0.1, 0.3), (0, 0.3)], 30).moved(-1.0, 1.76), (BLACK,)),
    ]
    return parts if variant % 2 == 0 else [Part(p.mesh.turned("y", -24), p.materials, p.front) for p in parts]


KINDS = {
    "drone": drone,
    "camera": camera,
}

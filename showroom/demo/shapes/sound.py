"""Headphones, speakers and microphones."""

from __future__ import annotations

from math import cos, pi, sin

from showroom.demo.materials import MATERIALS, Material
from showroom.demo.shapes.outlines import OUTLINES
from showroom.demo.solid import (
    bend,
    lathe,
    ring,
    rod,
    slab,
    smooth,
    tube,
)
from showroom.demo.studio import Part

BLACK, STEEL = MATERIALS["black"], MATERIALS["steel"]


def headphones(body: Material, pad: Material, trim: Material, variant: int) -> list[Part]:
    parts: list[Part] = []
    arch = [
        (1.25 * cos(a), 1.35 + 1.45 * sin(a), 0.0) for a in [pi * (0.02 + 0.96 * k / 48) for k in range(49)]
    ]
    inner = [(1.1 * cos(a), 1.45 + 1.2 * sin(a), 0.0) for a in [pi * (0.2 + 0.6 * k / 40) for k in range(41)]]
    parts += [
        Part(tube(arch, 0.06, 14).scaled(1, 1, 2.6), (trim,)),
        Part(tube(inner, 0.1, 16).scaled(1, 1, 2.0), (pad,)),
    ]
    cup = smooth(
        OUTLINES["headphones-1"],
        6,
    )
    cushion = [(0.52 + 0.2 * cos(a), -0.22 + 0.17 * sin(a)) for a in [2 * pi * k / 24 for k in range(24)]]
    for side in (-1, 1):
        shell = [
            Part(lathe(cup, 72), (body,)),
            Part(lathe(cushion, 72, loop=True), (pad,)),
            Part(lathe([(0, -0.15), (0.45, -0.15)], 48), (BLACK,)),
            Part(lathe([(0, 0.35), (0.3, 0.345), (0.32, 0.33)], 48), (trim,)),
        ]
        lean = 90 if side < 0 else -90
        parts += [
            Part(
                p.mesh.scaled(1, 1, 1.18).turned("z", lean).turned("y", 6 * side).moved(1.2 * side, 0.95),
                p.materials,
            )
            for p in shell
        ]
    if variant % 2:
        cable = bend(
            [(-1.25, 0.15, 0.1), (-1.2, 0.03, 0.6), (-0.2, 0.03, 1.2), (0.9, 0.03, 0.8), (1.9, 0.03, 1.3)], 10
        )
        parts.append(Part(tube(cable, 0.035, 8), (BLACK,)))
    return [Part(p.mesh.turned("x", -6), p.materials) for p in parts]


def speaker(body: Material, cone: Material, trim: Material, variant: int) -> list[Part]:
    if variant % 3 == 1:
        return _portable(body, cone, trim)
    high = 3.0 if variant % 3 == 0 else 2.2
    parts = [Part(slab(1.7, high, 1.4, 0.1, 12), (body,))]
    drivers = (
        [(0.55, high * 0.3), (0.3, high * 0.72)]
        if variant % 3 == 0
        else [(0.5, high * 0.35), (0.22, high * 0.78)]
    )
    for r, y in drivers:
        bowl = lathe(
            [
                (0, -0.2),
                (r * 1.12, -0.2),
                (r * 1.12, 0.0),
                (r * 1.14, 0.05),
                (r, 0.08),
                (r * 0.92, 0.03),
                (r * 0.8, 0.07),
                (r * 0.72, 0.02),
                (r * 0.3, -0.14),
                (0, -0.14),
            ],
            72,
        )
        dome = lathe(smooth([(r * 0.32, -0.13), (r * 0.25, -0.02), (0, 0.04)], 6), 48)
        outer = lathe([(r * 1.1, 0.0), (r * 1.2, 0.01), (r * 1.2, 0.04), (r * 1.1, 0.05)], 72)
        parts += [
            Part(m.turned("x", 90).moved(0, y, 0.71 + lift), (c,), 0.4 + 4 * lift)
            for m, c, lift in ((outer, trim, 0.0), (bowl, BLACK, 0.01), (dome, cone, 0.02))
        ]
    return parts


def _portable(body: Material, cone: Material, trim: Material) -> list[Part]:
    can = smooth(OUTLINES["speaker-1"], 7)
    grid = lathe([(0.96, 0.25 + 1.5 * k / 40) for k in range(41)], 96)
    return [
        Part(lathe(can, 96), (trim,)),
        Part(grid, (body,), 0.3),
        Part(lathe([(0, 2.05), (0.6, 2.07), (0.62, 2.1), (0, 2.12)]), (cone,)),
        Part(
            tube([(0.5 * cos(t), 2.05 + 0.35 * sin(t), 0) for t in [pi * k / 24 for k in range(25)]], 0.06),
            (MATERIALS["tan"],),
        ),
    ]


def microphone(body: Material, mesh: Material, trim: Material, variant: int) -> list[Part]:
    head = lathe(smooth(OUTLINES["microphone-1"], 6), 72)
    woven = Part(head.painted(lambda row, col: (row + col) % 2), (mesh, trim))
    parts = [
        Part(lathe(OUTLINES["microphone-2"], 72), (body,)),
        woven,
        Part(lathe([(0.5, 0.0), (0.53, 0.02), (0.53, 0.12), (0.5, 0.14)], 72), (trim,)),
    ]
    raised = [Part(p.mesh.turned("z", -10).moved(0, 2.3), p.materials) for p in parts]
    base = lathe(OUTLINES["microphone-3"], 72)
    hoop = ring(0.72, 0.05).turned("y", 90 * (variant % 2)).moved(0.05, 2.0, 0)
    return [
        Part(base, (trim,)),
        Part(rod((0, 0.1, 0), (0, 1.3, 0), 0.07), (STEEL,)),
        Part(hoop, (trim,)),
        *raised,
    ]


KINDS = {
    "headphones": headphones,
    "speaker": speaker,
    "microphone": microphone,
}

"""Lamps and lanterns."""

from __future__ import annotations

from math import cos, pi, sin

from showroom.demo.materials import MATERIALS, Material
from showroom.demo.shapes.outlines import OUTLINES
from showroom.demo.solid import (
    Mesh,
    Point,
    ball,
    lathe,
    rod,
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
        OUTLINES["table-lamp-1"],
        OUTLINES["table-lamp-2"],
        OUTLINES["table-lamp-3"],
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
        smooth(OUTLINES["pendant-1"], 7),
        smooth(OUTLINES["pendant-2"], 7),
        [(1.1 - 0.85 * k / 12, 0.5 + 1.25 * k / 12) for k in range(13)],
    ]
    outer = outlines[variant % 3]
    top = outer[-1][1]
    return [
        Part(_shell(outer), (body,)),
        Part(_shell([(r - 0.06, y) for r, y in outer[:-3]], 0.01), (inside,)),
        Part(ball(0.27).moved(y=0.62), (LIGHT,)),
        Part(
            lathe(
                [
                    (0.0, top - 0.05),
                    (0.2, top - 0.05),
                    (0.2, top + 0.12),
                    (0.08, top + 0.25),
                    (0.0, top + 0.25),
                ]
            ),
            (trim,),
        ),
        Part(rod((0, top + 0.2, 0), (0, top + 1.5, 0), 0.02), (trim,)),
    ]


def desk_lamp(body: Material, trim: Material, detail: Material, variant: int) -> list[Part]:
    head = _shell(OUTLINES["desk-lamp-1"])
    elbow: Point = (-0.9, 1.7, 0.0)
    tip: Point = (0.75, 2.55, 0.0) if variant % 2 == 0 else (0.85, 2.2, 0.0)
    glow = ball(0.24)
    return [
        Part(
            lathe(OUTLINES["desk-lamp-2"]),
            (body,),
        ),
        Part(rod((0, 0.15, 0), elbow, 0.055), (trim,)),
        Part(rod(elbow, tip, 0.055), (trim,)),
        Part(
            lathe([(0, -0.12), (0.13, -0.12), (0.13, 0.12), (0, 0.12)]).turned("x", 90).moved(*elbow),
            (detail,),
        ),
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
            Part(lathe(OUTLINES["floor-lamp-1"]), (body,)),
            Part(rod((0, 0.1, 0), (0, 3.9, 0), 0.045), (body,)),
        ]
    return [*stand, Part(ball(0.2).moved(y=3.75), (LIGHT,)), Part(_shell(wall), (shade,))]


def lantern(body: Material, shade: Material, trim: Material, variant: int) -> list[Part]:
    belly = smooth([(0.35, 0.1), (0.8, 0.5), (0.95, 1.0), (0.75, 1.55), (0.4, 1.85)], 8)
    if variant % 2:
        belly = smooth([(0.7, 0.1), (0.72, 0.6), (0.72, 1.3), (0.6, 1.75), (0.45, 1.9)], 8)
    handle = [(0.5 * cos(a), 2.0 + 0.75 * sin(a), 0.0) for a in [pi * k / 24 for k in range(25)]]
    return [
        Part(
            lathe(
                [
                    (0, 0),
                    (0.5, 0),
                    (0.52, 0.06),
                    (belly[0][0] + 0.06, 0.12),
                    (belly[0][0] + 0.04, 0.2),
                    (0, 0.2),
                ]
            ),
            (body,),
        ),
        Part(lathe([(0.01, 0.15), *belly, (0.01, 1.88)], 64), (shade,)),
        Part(
            lathe(
                [(0, 1.8), (belly[-1][0] + 0.08, 1.82), (belly[-1][0] + 0.08, 1.95), (0.3, 2.05), (0, 2.05)]
            ),
            (body,),
        ),
        Part(tube(handle, 0.045), (trim,)),
    ]


KINDS = {
    "table-lamp": table_lamp,
    "pendant": pendant,
    "desk-lamp": desk_lamp,
    "floor-lamp": floor_lamp,
    "lantern": lantern,
}

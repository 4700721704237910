"""Ceramics, cookware, coffee and knives."""

from __future__ import annotations

from math import cos, pi, sin

from showroom.demo.materials import MATERIALS, Material
from showroom.demo.solid import (
    Flat,
    Mesh,
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


def _vessel(outline: list[Flat], wall: float = 0.06, steps: int = 7) -> Mesh:
    """Turn an open pot from its outline, with a round lip and an inside."""
    outer = smooth([(0.0, outline[0][1]), (0.0, outline[0][1]), outline[0], *outline], steps)
    inner = [(max(r - wall, 0.0), y) for r, y in reversed(outer) if y > outline[0][1] + wall]
    lip = outer[-1]
    turn = [(lip[0] - wall / 2 + wall / 2 * cos(t), lip[1] + wall / 2 * sin(t)) for t in (0.5, 1.2, 1.9, 2.6)]
    return lathe([*outer, *turn, *inner, (0.0, outline[0][1] + wall)], 96)


def _ear(x: float, low: float, high: float, out: float, thick: float) -> Mesh:
    """Return a handle at the right from height `low` to `high`."""
    middle = (low + high) / 2
    path = bend([(x - 0.1, high, 0), (x + out * 0.7, high, 0), (x + out, middle, 0), (x + out * 0.6, low, 0), (x - 0.12, low, 0)], 7)
    return tube(path, thick, 16)


def mug(body: Material, inside: Material, _trim: Material, variant: int) -> list[Part]:
    outlines: list[list[Flat]] = [
        [(0.8, 0), (0.86, 0.06), (0.88, 0.9), (0.88, 1.85)], [(0.55, 0), (0.85, 0.35), (0.95, 1.0), (0.85, 1.5)],
        [(0.62, 0), (0.72, 0.3), (0.85, 1.1), (1.0, 1.7)],
    ]
    outline = outlines[variant % 3]
    top = outline[-1]
    fill = lathe([(0.0, top[1] - 0.22), (top[0] - 0.09, top[1] - 0.22)], 64)
    return [
        Part(_ear(0.84, top[1] * 0.25, top[1] * 0.78, 0.55, 0.105), (body,)),
        Part(_vessel(outline), (body,)),
        Part(fill.scaled(0.98, 1, 0.98), (inside,)),
    ]


def vase(body: Material, band: Material, _trim: Material, variant: int) -> list[Part]:
    outlines: list[list[Flat]] = [
        [(0.5, 0), (0.98, 0.85), (0.8, 1.75), (0.34, 2.25), (0.3, 2.5), (0.44, 2.8)],
        [(0.45, 0), (0.5, 0.4), (0.75, 1.6), (0.85, 2.4), (0.62, 2.9), (0.66, 3.05)],
        [(0.6, 0), (1.15, 0.6), (1.05, 1.15), (0.5, 1.5), (0.42, 1.65)],
    ]
    mesh = _vessel(outlines[variant % 3], steps=9)
    low, high = (24, 27) if variant % 2 == 0 else (31, 33)
    return [Part(mesh.painted(lambda row, _: 1 if low <= row <= high else 0), (body, band))]


def teapot(body: Material, trim: Material, detail: Material, variant: int) -> list[Part]:
    wide = 1.15 if variant % 2 == 0 else 1.0
    belly = smooth([(0.0, 0), (0.0, 0), (0.6, 0), (wide, 0.5), (wide, 0.95), (0.6, 1.45), (0.5, 1.5)], 8)
    lid = smooth([(0.58, 1.48), (0.58, 1.48), (0.5, 1.6), (0.2, 1.72), (0.1, 1.75), (0.08, 1.82), (0.17, 1.93), (0.0, 2.03)], 7)
    spout = bend([(-0.8, 0.45, 0), (-1.25, 0.7, 0), (-1.5, 1.15, 0), (-1.85, 1.5, 0)], 8)
    parts = [
        Part(tube(spout, lambda t: 0.26 - 0.15 * t, 20), (body,)),
        Part(lathe([*belly, (0.0, 1.5)], 96), (body,)),
        Part(lathe(lid, 72), (trim,)),
    ]
    if variant % 2:
        hoop = [(0.95 * cos(t), 1.2 + 1.35 * sin(t), 0.0) for t in [pi * (0.06 + 0.88 * k / 40) for k in range(41)]]
        return [*parts, Part(tube(hoop, 0.06), (detail,))]
    return [*parts, Part(_ear(wide - 0.02, 0.4, 1.2, 0.75, 0.1), (detail,))]


def bowl(body: Material, inside: Material, _trim: Material, variant: int) -> list[Part]:
    """A stack of bowls, each a little smaller."""
    parts = []
    for k in range(3 if variant % 2 == 0 else 1):
        size = 1.0 - 0.12 * k
        mesh = _vessel([(0.5, 0), (0.55, 0.12), (1.1, 0.5), (1.45, 1.05)])
        half = len(mesh.faces) // mesh.columns // 2
        painted = mesh.painted(lambda row, _, edge=half: 1 if row > edge + 2 else 0)  # type: ignore[misc]  # bound per bowl
        parts.append(Part(painted.scaled(size).moved(y=0.4 * k), (body, inside)))
    return parts


def plates(body: Material, rim: Material, bowl_: Material, variant: int) -> list[Part]:
    parts = []
    outline = smooth([(0, 0), (0, 0), (0.9, 0), (0.9, 0), (1.1, 0.1), (1.7, 0.2), (1.72, 0.25), (1.1, 0.16), (0.9, 0.08), (0, 0.08)], 6)
    disc = lathe(outline, 120)
    for k in range(3):
        parts.append(Part(disc.scaled(1 - 0.13 * k).moved(y=0.16 * k), (body if k % 2 == 0 else rim,)))
    cup = _vessel([(0.35, 0), (0.42, 0.06), (0.62, 0.4), (0.68, 0.8 + 0.1 * (variant % 2))])
    return [*parts, Part(cup.moved(y=0.42), (bowl_,))]


def pot(body: Material, handle: Material, inside: Material, variant: int) -> list[Part]:
    high, wide = ((1.3, 1.25), (0.55, 1.5), (1.0, 0.75))[variant % 3]
    wall = _vessel([(wide - 0.08, 0), (wide, 0.12), (wide, high * 0.6), (wide, high), (wide + 0.06, high + 0.04)], 0.05)
    rows = len(wall.faces) // wall.columns
    parts = [Part(wall.painted(lambda row, _: 1 if row > rows * 0.55 else 0), (body, inside))]
    if variant % 3 == 0:
        for x in (-1, 1):
            loop = [(x * (wide + 0.5 * sin(t)), high * 0.75, 0.4 * cos(t)) for t in [pi * k / 24 for k in range(25)]]
            parts.append(Part(tube(loop, 0.07), (handle,)))
        lid = lathe(smooth([(wide + 0.05, high + 0.05), (wide + 0.05, high + 0.05), (wide * 0.6, high + 0.26), (0.1, high + 0.32),
                            (0.1, high + 0.42), (0.2, high + 0.55), (0, high + 0.6)], 7), 96)
        return [*parts, Part(lid, (body,))]
    bar = bend([(wide, high * 0.75, 0), (wide + 0.9, high * 0.95, 0), (wide + 2.1, high * 1.2, 0)], 8)
    return [*parts, Part(tube(bar, lambda t: 0.07 + 0.03 * t), (handle,))]


def kettle(body: Material, handle: Material, trim: Material, variant: int) -> list[Part]:
    belly = smooth([(0, 0), (0, 0), (1.05, 0), (1.05, 0), (1.12, 0.12), (1.0, 0.8), (0.6, 1.35), (0.52, 1.42)], 8)
    neck = bend([(-0.75, 0.35, 0), (-1.3, 0.5, 0), (-1.35, 1.1, 0), (-1.75, 1.5, 0), (-2.0, 1.48, 0)], 8)
    if variant % 2:
        neck = bend([(-0.8, 0.85, 0), (-1.15, 1.05, 0), (-1.45, 1.4, 0)], 8)
    lid = smooth([(0.55, 1.4), (0.55, 1.4), (0.4, 1.52), (0.1, 1.56), (0.08, 1.66), (0.16, 1.78), (0, 1.84)], 7)
    return [
        Part(tube(neck, lambda t: 0.2 - 0.1 * t, 18), (body,)),
        Part(lathe([*belly, (0, 1.42)], 96), (body,)),
        Part(lathe(lid), (trim,)),
        Part(tube(bend([(0.9, 0.95, 0), (1.25, 1.55, 0), (1.8, 1.5, 0), (1.85, 0.7, 0)], 8), 0.095), (handle,)),
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
            Part(lathe([(0, 0), (0.3, 0), (0.34, 0.05), (0.34, 0.3), (0, 0.3)]).moved(x, 1.45, 0.45), (steel,)),
            Part(rod((x, 1.45, 0.7), (x + 0.1, 1.38, 1.5), 0.085), (trim,)),
            *(Part(p.mesh.scaled(0.36).moved(x, 0.52, 0.45), p.materials) for p in mug(MATERIALS["porcelain"], MATERIALS["coffee"], trim, 1)),
        ]
        dial = plate(circle(0.17, 36), 0.06, 0.02)
        parts.append(Part(dial.moved(x - 0.3, 2.12, 0.9), (MATERIALS["white"],), 0.8))
        parts.append(Part(plate(circle(0.2, 36), 0.04, 0.01).moved(x - 0.3, 2.12, 0.88), (steel,), 0.5))
        parts += [Part(plate(circle(0.09, 24), 0.12, 0.03).moved(x + 0.05 + 0.28 * j, 2.12, 0.9), (trim,), 0.6) for j in range(2)]
    wand = bend([(wide / 2 - 0.1, 1.75, 0.8), (wide / 2 + 0.12, 1.3, 0.95), (wide / 2 + 0.1, 0.7, 1.05)], 8)
    parts += [Part(tube(wand, 0.04), (steel,))]
    parts += [Part(lathe([(0, 0), (0.12, 0), (0.1, 0.14), (0, 0.14)]).moved(x, 0, z), (trim,))
              for x in (-wide / 2 + 0.2, wide / 2 - 0.2) for z in (-0.7, 0.7)]
    return parts


def grinder(body: Material, steel: Material, hopper: Material, variant: int) -> list[Part]:
    parts = [
        Part(lathe(smooth([(0, 0), (0, 0), (0.85, 0), (0.88, 0.1), (0.6, 0.2), (0.55, 0.4), (0.58, 1.3), (0.68, 1.5), (0.66, 1.6)], 7), 96), (body,)),
        Part(lathe(smooth([(0.5, 1.6), (0.5, 1.6), (0.8, 2.2), (0.82, 2.4), (0.82, 2.4), (0.0, 2.42)], 7), 96), (hopper,)),
        Part(lathe([(0, 2.42), (0.85, 2.42), (0.85, 2.5), (0.3, 2.56), (0.12, 2.6), (0.12, 2.7), (0, 2.72)], 72), (steel,)),
        Part(slab(0.5, 0.28, 0.55, 0.06).moved(y=1.0, z=0.62), (steel,)),
    ]
    if variant % 2:
        crank = bend([(0, 2.7, 0), (0.1, 2.95, 0), (0.8, 3.0, 0.2), (1.15, 2.95, 0.3)], 8)
        parts += [Part(tube(crank, 0.05), (steel,)), Part(ball(0.17).moved(1.15, 3.1, 0.3), (body,))]
    return parts


def moka(body: Material, handle: Material, trim: Material, variant: int) -> list[Part]:
    eight = 8 if variant % 2 == 0 else 72
    low = lathe([(0, 0), (0.85, 0), (0.88, 0.05), (0.72, 0.6), (0.66, 1.05), (0.7, 1.1), (0.7, 1.25), (0.62, 1.3)], eight)
    high = lathe([(0.62, 1.3), (0.64, 1.4), (0.88, 2.35), (0.9, 2.4), (0.0, 2.62)], eight)
    spout = [(-0.85, 2.38), (-1.22, 2.4), (-0.75, 1.8)]
    return [
        Part(low, (body,)), Part(high, (body,)),
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
        edge = [(-wide + 0.02, 1.05), (-wide, 1.1 + long * 0.5), (-wide * 0.6, 1.1 + long * 0.85), (0.0, 1.1 + long)]
        outline = [*smooth(edge, 8), (wide * 0.35, 1.1 + long * 0.75), (wide * 0.4, 1.05)]
        body = [
            Part(plate(outline, 0.07, 0.05), (blade,)),
            Part(slab(0.34, 0.16, 0.24, 0.05).moved(y=0.94), (trim,)),
            Part(slab(0.3, 0.98, 0.22, 0.1).moved(y=0.0), (handle,)),
        ]
        parts += [Part(p.mesh.turned("z", -180).moved(x, 1.3 + 2.3 * size), p.materials) for p in body]
    return parts


KINDS = {
    "mug": mug, "vase": vase, "teapot": teapot, "bowl": bowl, "plates": plates, "pot": pot, "kettle": kettle,
    "espresso": espresso, "grinder": grinder, "moka": moka, "knife": knife,
}

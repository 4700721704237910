"""Sound, drones, watches and toys."""

from __future__ import annotations

from math import cos, pi, sin

from showroom.demo.materials import MATERIALS, Material
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

BLACK, STEEL = MATERIALS["black"], MATERIALS["steel"]


def headphones(body: Material, pad: Material, trim: Material, variant: int) -> list[Part]:
    parts: list[Part] = []
    arch = [(1.25 * cos(a), 1.35 + 1.45 * sin(a), 0.0) for a in [pi * (0.02 + 0.96 * k / 48) for k in range(49)]]
    inner = [(1.1 * cos(a), 1.45 + 1.2 * sin(a), 0.0) for a in [pi * (0.2 + 0.6 * k / 40) for k in range(41)]]
    parts += [Part(tube(arch, 0.06, 14).scaled(1, 1, 2.6), (trim,)), Part(tube(inner, 0.1, 16).scaled(1, 1, 2.0), (pad,))]
    cup = smooth([(0, 0.34), (0, 0.34), (0.35, 0.33), (0.68, 0.24), (0.76, 0.05), (0.74, -0.08), (0.74, -0.08), (0, -0.1)], 6)
    cushion = [(0.52 + 0.2 * cos(a), -0.22 + 0.17 * sin(a)) for a in [2 * pi * k / 24 for k in range(24)]]
    for side in (-1, 1):
        shell = [Part(lathe(cup, 72), (body,)), Part(lathe(cushion, 72, loop=True), (pad,)), Part(lathe([(0, -0.15), (0.45, -0.15)], 48), (BLACK,)),
                 Part(lathe([(0, 0.35), (0.3, 0.345), (0.32, 0.33)], 48), (trim,))]
        lean = 90 if side < 0 else -90
        parts += [Part(p.mesh.scaled(1, 1, 1.18).turned("z", lean).turned("y", 6 * side).moved(1.2 * side, 0.95), p.materials) for p in shell]
    if variant % 2:
        cable = bend([(-1.25, 0.15, 0.1), (-1.2, 0.03, 0.6), (-0.2, 0.03, 1.2), (0.9, 0.03, 0.8), (1.9, 0.03, 1.3)], 10)
        parts.append(Part(tube(cable, 0.035, 8), (BLACK,)))
    return [Part(p.mesh.turned("x", -6), p.materials) for p in parts]


def speaker(body: Material, cone: Material, trim: Material, variant: int) -> list[Part]:
    if variant % 3 == 1:
        can = smooth([(0, 0), (0, 0), (0.85, 0), (0.95, 0.1), (0.95, 1.9), (0.85, 2.05), (0.85, 2.05), (0, 2.06)], 7)
        grid = lathe([(0.96, 0.25 + 1.5 * k / 40) for k in range(41)], 96)
        return [Part(lathe(can, 96), (trim,)), Part(grid, (body,), 0.3), Part(lathe([(0, 2.05), (0.6, 2.07), (0.62, 2.1), (0, 2.12)]), (cone,)),
                Part(tube([(0.5 * cos(t), 2.05 + 0.35 * sin(t), 0) for t in [pi * k / 24 for k in range(25)]], 0.06), (MATERIALS["tan"],))]
    high = 3.0 if variant % 3 == 0 else 2.2
    parts = [Part(slab(1.7, high, 1.4, 0.1, 12), (body,))]
    drivers = [(0.55, high * 0.3), (0.3, high * 0.72)] if variant % 3 == 0 else [(0.5, high * 0.35), (0.22, high * 0.78)]
    for r, y in drivers:
        bowl = lathe([(0, -0.2), (r * 1.12, -0.2), (r * 1.12, 0.0), (r * 1.14, 0.05), (r, 0.08), (r * 0.92, 0.03), (r * 0.8, 0.07), (r * 0.72, 0.02), (r * 0.3, -0.14), (0, -0.14)], 72)
        dome = lathe(smooth([(r * 0.32, -0.13), (r * 0.25, -0.02), (0, 0.04)], 6), 48)
        outer = lathe([(r * 1.1, 0.0), (r * 1.2, 0.01), (r * 1.2, 0.04), (r * 1.1, 0.05)], 72)
        parts += [Part(m.turned("x", 90).moved(0, y, 0.71 + lift), (c,), 0.4 + 4 * lift) for m, c, lift in ((outer, trim, 0.0), (bowl, BLACK, 0.01), (dome, cone, 0.02))]
    return parts


def microphone(body: Material, mesh: Material, trim: Material, variant: int) -> list[Part]:
    head = lathe(smooth([(0, 0), (0.42, 0.0), (0.5, 0.15), (0.5, 0.7), (0.4, 0.98), (0.2, 1.08), (0, 1.1)], 6), 72)
    woven = Part(head.painted(lambda row, col: (row + col) % 2), (mesh, trim))
    parts = [Part(lathe([(0, -1.3), (0.34, -1.3), (0.36, -1.2), (0.46, -0.1), (0.46, 0), (0, 0)], 72), (body,)), woven,
             Part(lathe([(0.5, 0.0), (0.53, 0.02), (0.53, 0.12), (0.5, 0.14)], 72), (trim,))]
    raised = [Part(p.mesh.turned("z", -10).moved(0, 2.3), p.materials) for p in parts]
    base = lathe([(0, 0), (0.85, 0), (0.88, 0.05), (0.8, 0.14), (0.1, 0.2), (0, 0.2)], 72)
    hoop = ring(0.72, 0.05).turned("y", 90 * (variant % 2)).moved(0.05, 2.0, 0)
    return [Part(base, (trim,)), Part(rod((0, 0.1, 0), (0, 1.3, 0), 0.07), (STEEL,)), Part(hoop, (trim,)), *raised]


def drone(body: Material, trim: Material, prop: Material, variant: int) -> list[Part]:
    shell = loft([oval((0, y, 0), w, d, 2.6) for y, w, d in smooth_body(((0.55, 0.3, 0.5), (0.6, 0.5, 0.85), (0.85, 0.6, 1.0), (1.02, 0.45, 0.8), (1.1, 0.2, 0.4)))])
    parts = [Part(shell, (body,)), Part(slab(0.5, 0.1, 0.9, 0.04).moved(0, 1.04, -0.1), (trim,))]
    arms = 4 if variant % 2 == 0 else 6
    for k in range(arms):
        a = 2 * pi * (k + 0.5) / arms
        tip: Point = (1.75 * cos(a), 1.0, 1.55 * sin(a))
        parts.append(Part(rod((0.4 * cos(a), 0.85, 0.5 * sin(a)), tip, 0.09), (body,)))
        parts.append(Part(lathe([(0, -0.2), (0.17, -0.2), (0.19, 0.0), (0.17, 0.18), (0, 0.2)], 40).moved(tip[0], 1.0, tip[2]), (trim,)))
        blade = loft([[(x, 0.02 * sin(t) + 0.03 * cos(t) * (1 if x > 0 else -1), w * cos(t)) for t in [2 * pi * i / 16 for i in range(16)]]
                      for x, w in ((-0.85, 0.03), (-0.7, 0.08), (-0.3, 0.1), (-0.05, 0.05), (0.05, 0.05), (0.3, 0.1), (0.7, 0.08), (0.85, 0.03))])
        parts.append(Part(blade.turned("y", 35 + 57 * k).moved(tip[0], 1.24, tip[2]), (prop,)))
        parts.append(Part(rod((tip[0], 0.85, tip[2]), (tip[0] * 1.04, 0.0, tip[2] * 1.04), 0.05), (trim,)))
    eye = lathe([(0, 0), (0.2, 0), (0.22, 0.05), (0.2, 0.3), (0.12, 0.31), (0, 0.28)], 40).turned("x", 90)
    return [*parts, Part(slab(0.45, 0.4, 0.4, 0.1).moved(0, 0.3, 0.75), (trim,)), Part(eye.moved(0, 0.5, 0.93), (MATERIALS["lens"],))]


def smooth_body(rings: tuple[tuple[float, float, float], ...]) -> list[tuple[float, float, float]]:
    """Return more rings between the given (height, width, depth)."""
    wide = smooth([(w, y) for y, w, _ in rings], 5)
    deep = smooth([(d, y) for y, _, d in rings], 5)
    return [(y, w, d) for (w, y), (d, _) in zip(wide, deep, strict=True)]


def camera(body: Material, trim: Material, lens: Material, variant: int) -> list[Part]:
    tube_ = [(0.75, 0.0), (0.78, 0.05), (0.78, 0.4), (0.74, 0.44), (0.8, 0.5), (0.8, 0.9), (0.75, 0.95), (0.68, 0.96), (0.6, 0.82)]
    glass = lathe(smooth([(0.62, 0.84), (0.4, 0.92), (0, 0.96)], 6), 60)
    parts = [
        Part(slab(2.8, 1.75, 0.9, 0.16, 12), (body,)), Part(slab(2.82, 0.5, 0.92, 0.14, 12).moved(y=1.28), (trim,), 0.3),
        Part(slab(0.9, 0.45, 0.7, 0.12).moved(0, 1.68), (trim,)), Part(lathe(tube_, 72).turned("x", 90).moved(0, 0.85, 0.4), (BLACK,), 0.6),
        Part(glass.turned("x", 90).moved(0, 0.85, 0.4), (lens,), 0.7), Part(lathe([(0, 0), (0.2, 0), (0.2, 0.2), (0, 0.2)], 40).moved(-1.0, 1.76), (STEEL,)),
        Part(lathe([(0, 0), (0.28, 0), (0.28, 0.18), (0, 0.18)], 40).moved(0.95, 1.76), (STEEL,)), Part(lathe([(0, 0), (0.13, 0), (0.1, 0.3), (0, 0.3)], 30).moved(-1.0, 1.76), (BLACK,)),
    ]
    return parts if variant % 2 == 0 else [Part(p.mesh.turned("y", -24), p.materials, p.front) for p in parts]


def watch(case: Material, strap: Material, dial: Material, variant: int) -> list[Part]:
    face = [Part(lathe([(0, -0.25), (0.95, -0.25), (1.1, -0.15), (1.14, 0.0), (1.1, 0.18), (0.98, 0.24), (0.94, 0.24), (0.92, 0.16)], 96), (case,)),
            Part(lathe([(0, 0.16), (0.93, 0.16)], 96), (dial,))]
    for k in range(12):
        long = 0.2 if k % 3 == 0 else 0.12
        face.append(Part(slab(0.05, 0.02, long, 0.008, 2).moved(0, 0.165, -0.78 + long / 2).turned("y", 30 * k), (case,), 0.5))
    for degrees, long, wide in ((-55, 0.5, 0.07), (50, 0.72, 0.05), (170, 0.75, 0.02)):
        face.append(Part(slab(wide, 0.02, long, 0.008, 2).moved(0, 0.19, -long / 2 + 0.08).turned("y", degrees), (case if wide > 0.03 else MATERIALS["tomato"],), 0.8))
    face.append(Part(lathe([(0, 0.2), (0.06, 0.2), (0.06, 0.25), (0, 0.25)], 20), (case,), 1.0))
    face.append(Part(lathe([(0, 0), (0.15, 0), (0.15, 0.16), (0, 0.18)], 20).turned("z", -90).moved(1.12), (case,)))
    if variant % 2:
        for x in (-0.42, 0.42):
            face.append(Part(lathe([(0, 0.165), (0.24, 0.165), (0.25, 0.175), (0.25, 0.165)], 40).moved(x, 0.002, 0.05), (case,), 0.4))
    upright = [Part(p.mesh.turned("x", 62).moved(0, 1.55, 0.62), p.materials, p.front) for p in face]
    band = [(0.0, 1.05 + 0.95 * cos(a), -0.12 + 0.85 * sin(a)) for a in [2 * pi * k / 56 for k in range(56)]]
    rings = [[(0.55 * w, y + 0.055 * s * _away(y, 1.05), z + 0.055 * s * _away(z, -0.12)) for w, s in ((-1, -1), (1, -1), (1, 1), (-1, 1))] for _, y, z in band]
    return [Part(loft([*rings[12:], *rings[:3]]), (strap,)), *upright]


def _away(value: float, centre: float) -> float:
    return (value - centre) / 0.9


def rings_toy(first: Material, second: Material, third: Material, variant: int) -> list[Part]:
    """Rings on a peg, smallest on top, with a knob."""
    colours = (first, second, third)
    parts = [Part(lathe([(0, 0), (1.35, 0), (1.4, 0.08), (1.3, 0.22), (0, 0.24)]), (MATERIALS["beech"],))]
    y = 0.24
    for k in range(5):
        r, h = 1.15 - 0.14 * k, 0.23 - 0.012 * k
        outline = [(max(0.18, r - h + h * cos(a)), y + h + h * sin(a)) for a in [-pi / 2 + pi * i / 14 for i in range(15)]]
        parts.append(Part(lathe([(0.15, y), *outline, (0.15, y + 2 * h)], 84), (colours[(k + variant) % 3],)))
        y += 2 * h
    return [*parts, Part(ball(0.33).moved(y=y + 0.25), (MATERIALS["beech"],))]


def toy_car(body: Material, wheels: Material, cabin: Material, variant: int) -> list[Part]:
    if variant % 2:
        return _train(body, wheels, cabin)
    rings = [[(x, max(0.35, y0 + (y1 - y0) * (0.5 + 0.5 * sin(a))), 0.75 * cos(a) * (1 - 0.25 * max(0, sin(a)))) for a in [2 * pi * k / 48 for k in range(48)]]
             for x, y0, y1 in ((-1.8, 0.5, 0.9), (-1.7, 0.35, 1.05), (-1.2, 0.35, 1.2), (0.9, 0.35, 1.15), (1.6, 0.35, 0.95), (1.85, 0.5, 0.8))]
    roof = loft([oval((-0.2, y, 0), w, d, 2.8) for y, w, d in ((0.95, 1.2, 0.66), (1.2, 1.1, 0.62), (1.6, 0.8, 0.52), (1.72, 0.6, 0.4))])
    parts = [Part(loft(rings), (body,)), Part(roof, (cabin,))]
    for x in (-1.05, 1.05):
        for z in (-0.72, 0.72):
            wheel = lathe(smooth([(0, -0.16), (0.3, -0.16), (0.42, -0.08), (0.42, 0.08), (0.3, 0.16), (0, 0.16)], 5), 48).turned("x", 90)
            parts += [Part(wheel.moved(x, 0.42, z), (wheels,)), Part(ball(0.11).moved(x, 0.42, z * 1.22), (cabin,))]
    return parts


def _train(body: Material, wheels: Material, cabin: Material) -> list[Part]:
    boiler = lathe(smooth([(0, -1.0), (0.45, -1.0), (0.5, -0.9), (0.5, 0.9), (0.42, 1.05), (0, 1.08)], 6), 60).turned("z", -90)
    parts = [Part(slab(3.3, 0.28, 1.1, 0.1).moved(0, 0.45), (MATERIALS["beech"],)), Part(boiler.moved(0.55, 1.2), (body,)),
             Part(slab(1.05, 1.35, 1.05, 0.1).moved(-1.0, 0.72), (cabin,)), Part(slab(1.35, 0.16, 1.3, 0.07).moved(-1.0, 2.05), (body,)),
             Part(lathe([(0, 1.6), (0.17, 1.6), (0.2, 2.1), (0.3, 2.3), (0.3, 2.36), (0, 2.36)]).moved(1.15), (wheels,)), Part(ball(0.2).moved(0.3, 1.72), (MATERIALS["sunflower"],))]
    for x, r in ((-1.05, 0.42), (0.05, 0.36), (1.05, 0.36)):
        for z in (-0.62, 0.62):
            disc = lathe([(0, -0.11), (r - 0.05, -0.11), (r, -0.06), (r, 0.06), (r - 0.05, 0.11), (0, 0.11)], 48).turned("x", 90)
            parts += [Part(disc.moved(x, r, z), (wheels,)), Part(ball(0.09).moved(x, r, z * 1.2), (MATERIALS["beech"],))]
    return parts


def blocks(first: Material, second: Material, third: Material, variant: int) -> list[Part]:
    oak = MATERIALS["beech"]
    parts = [Part(slab(0.9, 0.9, 0.9, 0.09).turned("y", 12).moved(-1.0, 0), (first,)), Part(slab(0.9, 0.9, 0.9, 0.09).turned("y", -18).moved(0.1, 0, 0.1), (oak,)),
             Part(slab(0.9, 0.9, 0.9, 0.09).turned("y", 30).moved(1.2, 0, -0.1), (second,)), Part(slab(0.9, 0.9, 0.9, 0.09).turned("y", 4).moved(-0.45, 0.9), (third,)),
             Part(lathe([(0, 0.9), (0.4, 0.9), (0.44, 0.95), (0.44, 1.7), (0.4, 1.75), (0, 1.75)]).moved(0.7), (oak,))]
    if variant % 2 == 0:
        roof = plate([(-0.65, 0), (0.65, 0), (0, 0.7)], 0.8, 0.05)
        return [*parts, Part(roof.moved(-0.45, 1.8, 0), (first,)), Part(ball(0.36).moved(1.3, 0.36, 1.0), (third,))]
    return [*parts, Part(lathe([(0, 1.8), (0.45, 1.8), (0.03, 2.65), (0, 2.66)]).moved(-0.45), (second,)), Part(ball(0.42).moved(-1.0, 0.42, 1.1), (first,))]


def clock(case: Material, face: Material, hands: Material, variant: int) -> list[Part]:
    shell = lathe([(0, -0.3), (1.35, -0.3), (1.45, -0.2), (1.45, 0.2), (1.36, 0.28), (1.28, 0.24), (1.26, 0.1)], 110)
    parts = [Part(shell, (case,)), Part(lathe([(0, 0.1), (1.27, 0.1)], 90), (face,))]
    for k in range(12):
        parts.append(Part(slab(0.07, 0.03, 0.22 if k % 3 == 0 else 0.13, 0.01, 2).moved(0, 0.105, -1.08).turned("y", 30 * k), (hands,), 0.5))
    for degrees, long in ((-58, 0.65), (62, 0.95)):
        parts.append(Part(slab(0.08, 0.03, long, 0.012, 2).moved(0, 0.14, -long / 2 + 0.1).turned("y", degrees), (hands,), 0.8))
    stood = [Part(p.mesh.turned("x", 82).moved(0, 1.6), p.materials, p.front) for p in parts]
    feet = [ball(0.2).moved(x, 0.18, 0) for x in (-0.75, 0.75)] if variant % 2 else [slab(1.7, 0.3, 0.9, 0.1)]
    return [*(Part(f, (case,)) for f in feet), *stood]


KINDS = {
    "headphones": headphones, "speaker": speaker, "microphone": microphone, "drone": drone, "camera": camera, "watch": watch,
    "clock": clock, "rings": rings_toy, "toy-car": toy_car, "blocks": blocks,
}

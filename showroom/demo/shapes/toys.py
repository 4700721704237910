"""Wooden toys."""

from __future__ import annotations

from math import cos, pi, sin

from showroom.demo.materials import MATERIALS, Material
from showroom.demo.shapes.outlines import OUTLINES
from showroom.demo.solid import (
    ball,
    lathe,
    loft,
    oval,
    plate,
    slab,
    smooth,
)
from showroom.demo.studio import Part


def rings_toy(first: Material, second: Material, third: Material, variant: int) -> list[Part]:
    """Rings on a peg, smallest on top, with a knob."""
    colours = (first, second, third)
    parts = [Part(lathe([(0, 0), (1.35, 0), (1.4, 0.08), (1.3, 0.22), (0, 0.24)]), (MATERIALS["beech"],))]
    y = 0.24
    for k in range(5):
        r, h = 1.15 - 0.14 * k, 0.23 - 0.012 * k
        outline = [
            (max(0.18, r - h + h * cos(a)), y + h + h * sin(a))
            for a in [-pi / 2 + pi * i / 14 for i in range(15)]
        ]
        parts.append(Part(lathe([(0.15, y), *outline, (0.15, y + 2 * h)], 84), (colours[(k + variant) % 3],)))
        y += 2 * h
    return [*parts, Part(ball(0.33).moved(y=y + 0.25), (MATERIALS["beech"],))]


def toy_car(body: Material, wheels: Material, cabin: Material, variant: int) -> list[Part]:
    if variant % 2:
        return _train(body, wheels, cabin)
    rings = [
        [
            (x, max(0.35, y0 + (y1 - y0) * (0.5 + 0.5 * sin(a))), 0.75 * cos(a) * (1 - 0.25 * max(0, sin(a))))
            for a in [2 * pi * k / 48 for k in range(48)]
        ]
        for x, y0, y1 in (
            (-1.8, 0.5, 0.9),
            (-1.7, 0.35, 1.05),
            (-1.2, 0.35, 1.2),
            (0.9, 0.35, 1.15),
            (1.6, 0.35, 0.95),
            (1.85, 0.5, 0.8),
        )
    ]
    roof = loft(
        [
            oval((-0.2, y, 0), w, d, 2.8)
            for y, w, d in ((0.95, 1.2, 0.66), (1.2, 1.1, 0.62), (1.6, 0.8, 0.52), (1.72, 0.6, 0.4))
        ]
    )
    parts = [Part(loft(rings), (body,)), Part(roof, (cabin,))]
    for x in (-1.05, 1.05):
        for z in (-0.72, 0.72):
            wheel = lathe(smooth(OUTLINES["toy-car-1"], 5), 48).turned("x", 90)
            parts += [
                Part(wheel.moved(x, 0.42, z), (wheels,)),
                Part(ball(0.11).moved(x, 0.42, z * 1.22), (cabin,)),
            ]
    return parts


def _train(body: Material, wheels: Material, cabin: Material) -> list[Part]:
    boiler = lathe(smooth(OUTLINES["train-1"], 6), 60).turned("z", -90)
    parts = [
        Part(slab(3.3, 0.28, 1.1, 0.1).moved(0, 0.45), (MATERIALS["beech"],)),
        Part(boiler.moved(0.55, 1.2), (body,)),
        Part(slab(1.05, 1.35, 1.05, 0.1).moved(-1.0, 0.72), (cabin,)),
        Part(slab(1.35, 0.16, 1.3, 0.07).moved(-1.0, 2.05), (body,)),
        Part(
            lathe(OUTLINES["train-2"]).moved(1.15),
            (wheels,),
        ),
        Part(ball(0.2).moved(0.3, 1.72), (MATERIALS["sunflower"],)),
    ]
    for x, r in ((-1.05, 0.42), (0.05, 0.36), (1.05, 0.36)):
        for z in (-0.62, 0.62):
            disc = lathe(
                [(0, -0.11), (r - 0.05, -0.11), (r, -0.06), (r, 0.06), (r - 0.05, 0.11), (0, 0.11)], 48
            ).turned("x", 90)
            parts += [
                Part(disc.moved(x, r, z), (wheels,)),
                Part(ball(0.09).moved(x, r, z * 1.2), (MATERIALS["beech"],)),
            ]
    return parts


def blocks(first: Material, second: Material, third: Material, variant: int) -> list[Part]:
    oak = MATERIALS["beech"]
    parts = [
        Part(slab(0.9, 0.9, 0.9, 0.09).turned("y", 12).moved(-1.0, 0), (first,)),
        Part(slab(0.9, 0.9, 0.9, 0.09).turned("y", -18).moved(0.1, 0, 0.1), (oak,)),
        Part(slab(0.9, 0.9, 0.9, 0.09).turned("y", 30).moved(1.2, 0, -0.1), (second,)),
        Part(slab(0.9, 0.9, 0.9, 0.09).turned("y", 4).moved(-0.45, 0.9), (third,)),
        Part(
            lathe(OUTLINES["blocks-1"]).moved(0.7),
            (oak,),
        ),
    ]
    if variant % 2 == 0:
        roof = plate([(-0.65, 0), (0.65, 0), (0, 0.7)], 0.8, 0.05)
        return [
            *parts,
            Part(roof.moved(-0.45, 1.8, 0), (first,)),
            Part(ball(0.36).moved(1.3, 0.36, 1.0), (third,)),
        ]
    return [
        *parts,
        Part(lathe([(0, 1.8), (0.45, 1.8), (0.03, 2.65), (0, 2.66)]).moved(-0.45), (second,)),
        Part(ball(0.42).moved(-1.0, 0.42, 1.1), (first,)),
    ]


KINDS = {
    "rings": rings_toy,
    "toy-car": toy_car,
    "blocks": blocks,
}

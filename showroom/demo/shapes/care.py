"""Bottles, jars and soap."""

from __future__ import annotations

from showroom.demo.materials import MATERIALS, Material
from showroom.demo.shapes.outlines import OUTLINES
from showroom.demo.solid import (
    bend,
    lathe,
    loft,
    oval,
    slab,
    smooth,
    tube,
)
from showroom.demo.studio import Part


def bottle(body: Material, cap: Material, label: Material, variant: int) -> list[Part]:
    """A family of three: tall bottle, short bottle and jar."""
    if variant % 3 == 2:
        return _jar(body, cap, label, 1.0)
    tall = smooth(OUTLINES["bottle-1"], 7)
    body_mesh = lathe(tall, 96)
    parts = [
        Part(body_mesh, (body,)),
        Part(
            lathe(
                [(0.685, 0.45), (0.695, 0.46), *[(0.695, 0.5 + 0.1 * k) for k in range(9)], (0.685, 1.36)], 96
            ),
            (label,),
            0.2,
        ),
    ]
    if variant % 3 == 0:
        parts += [
            Part(lathe(OUTLINES["bottle-2"]), (cap,)),
            Part(
                lathe(smooth([(0.17, 2.45), (0.2, 2.6), (0.2, 2.85), (0.12, 3.05), (0, 3.1)], 6)),
                (MATERIALS["rubber"],),
            ),
        ]
    else:
        parts += [
            Part(lathe(OUTLINES["bottle-3"]), (cap,)),
            Part(slab(0.42, 0.18, 0.34, 0.07).moved(y=2.58), (cap,)),
            Part(tube(bend([(0, 2.68, 0), (-0.4, 2.68, 0.1), (-0.6, 2.6, 0.15)], 6), 0.06), (cap,)),
        ]
    small = _jar(body, cap, label, 0.62)
    return [
        *(Part(p.mesh.moved(-0.55, 0, -0.2), p.materials, p.front) for p in parts),
        *(Part(p.mesh.moved(0.8, 0, 0.35), p.materials, p.front + 0.3) for p in small),
    ]


def _jar(body: Material, cap: Material, label: Material, size: float) -> list[Part]:
    parts = [
        Part(
            lathe(
                smooth(
                    OUTLINES["jar-1"],
                    7,
                ),
                96,
            ),
            (body,),
        ),
        Part(
            lathe([(1.002, 0.25), (1.012, 0.27), (1.012, 0.5), (1.012, 0.68), (1.002, 0.7)], 96),
            (label,),
            0.2,
        ),
        Part(
            lathe(
                OUTLINES["jar-2"],
                96,
            ),
            (cap,),
        ),
    ]
    return [Part(p.mesh.scaled(size), p.materials, p.front) for p in parts]


def soap(first: Material, second: Material, dish: Material, variant: int) -> list[Part]:
    base = loft(
        [
            oval((0, y, 0), w, d, 2.6)
            for y, w, d in ((0, 1.5, 0.9), (0.05, 1.65, 1.0), (0.22, 1.8, 1.1), (0.22, 1.68, 1.0))
        ]
    )
    bars = [
        slab(1.7, 0.5, 1.05, 0.2).moved(y=0.2),
        slab(1.6, 0.48, 1.0, 0.2).turned("y", 24 + 10 * variant).moved(0.1, 0.7, 0),
    ]
    return [Part(base, (dish,)), Part(bars[0], (first,)), Part(bars[1], (second,))]


KINDS = {
    "bottle": bottle,
    "soap": soap,
}

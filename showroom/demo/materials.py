"""How the surfaces of demo products answer the studio's light.

The studio is fixed: a large soft light from above left, a tall strip light at the right, a bright floor and
a dark gap at the horizon. Since it never moves against the camera, the colour of a surface depends only on
its normal, and each material is worked out once as a table over the half sphere of normals.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import exp, sqrt
from pathlib import Path

SIDE = 33
"""Normals along one edge of a material's table."""
Colour = tuple[int, int, int]
Table = list[Colour]


@dataclass(frozen=True, slots=True)
class Material:
    """A colour and its finish.

    `gloss` 0..1 is how sharply the lights are mirrored, `metal` says that they take the colour of the
    surface, `glow` is light of its own; `pattern` is "weave", "grain", "rib" or nothing, `depth` how
    strong it is.
    """

    colour: str
    gloss: float = 0.3
    metal: bool = False
    glow: float = 0.0
    pattern: str = ""
    depth: float = 0.0


@cache
def materials() -> Mapping[str, Material]:
    """Return all materials by name, as `materials.toml` beside this file has them."""
    rows = tomllib.loads((Path(__file__).parent / "materials.toml").read_text("utf-8"))
    return {name: Material(**row) for name, row in rows.items()}


MATERIALS = materials()


def rgb(colour: str) -> Colour:
    """Return "#rrggbb" as three numbers."""
    return (int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16))


@cache
def table_of(material: Material) -> Table:
    """Return the colours of `material` for all normals that face the camera, row by row from ny = -1."""
    base = [(c / 255) ** 2.2 for c in rgb(material.colour)]
    colours = []
    for j in range(SIDE):
        for i in range(SIDE):
            nx, ny = 2 * i / (SIDE - 1) - 1, 2 * j / (SIDE - 1) - 1
            size = nx * nx + ny * ny
            if size > 0.9999:
                nx, ny, size = nx / sqrt(size) * 0.9999, ny / sqrt(size) * 0.9999, 0.9998
            colours.append(_shade(material, base, nx, ny, sqrt(1 - size)))
    return colours


def _shade(material: Material, base: list[float], nx: float, ny: float, nz: float) -> Colour:
    mirrored = _studio(2 * nz * nx, 2 * nz * ny, 2 * nz * nz - 1, material.gloss)
    edge = (1 - nz) ** 3
    if material.metal:
        soft = _diffuse(nx, ny, nz)
        light = [
            b ** (1 - 0.5 * edge)
            * (mirrored * (0.45 + 0.55 * material.gloss) + soft * 0.55 * (1 - material.gloss))
            for b in base
        ]
    else:
        fresnel = (0.045 + 0.6 * edge) * material.gloss
        light = [b * _diffuse(nx, ny, nz) * (1 - fresnel) + mirrored * fresnel for b in base]
        rim = 0.05 * edge * (1 - material.gloss)
        light = [v + rim for v in light]
    light = [v + material.glow * b for v, b in zip(light, base, strict=True)]
    red, green, blue = (round(255 * _film(v) ** (1 / 2.2)) for v in light)
    return (red, green, blue)


def _diffuse(nx: float, ny: float, nz: float) -> float:
    """Light on a matte surface: the soft key wraps round, the strip fills, the floor throws some back."""
    key = max(0.0, (-0.52 * nx + 0.66 * ny + 0.54 * nz + 0.32) / 1.32)
    fill = max(0.0, 0.85 * nx + 0.1 * ny + 0.5 * nz)
    floor = max(0.0, 0.3 - 0.7 * ny)
    return 0.10 + 0.92 * float(key**1.4) + 0.16 * fill + 0.10 * floor


def _studio(x: float, y: float, z: float, gloss: float) -> float:
    """What a mirror sees in direction (x, y, z); a duller finish blurs the edges of the lights."""
    blur = 0.05 + 0.5 * (1 - gloss) ** 1.5
    wall = 0.34 + 0.26 * y
    horizon = 0.22 * exp(-(((y + 0.12) / (0.10 + blur)) ** 2))
    floor = 0.5 * _step(-y - 0.15, 0.25 + blur)
    box = 2.9 * _step(0.36 - abs(x + 0.46), blur) * _step(0.34 - abs(y - 0.56), blur) * _step(z + 0.75, 0.2)
    strip = 1.5 * _step(0.1 - abs(x - 0.78), blur * 0.8) * _step(0.62 - abs(y - 0.1), blur)
    return max(0.02, wall - horizon + floor) + (box + strip) * (1 - 0.45 * (1 - gloss))


def _step(value: float, width: float) -> float:
    """Rise from 0 to 1 over `width` about zero."""
    t = min(1.0, max(0.0, value / width + 0.5))
    return t * t * (3 - 2 * t)


def _film(value: float) -> float:
    """Roll off what is too bright, as film does."""
    return value if value < 0.7 else 0.7 + 0.3 * (1 - exp(-(value - 0.7) / 0.3))

"""How the surfaces of demo products answer the studio's light.

The studio is fixed: a large soft light from above left, a tall strip light at the right, a bright floor and
a dark gap at the horizon. Since it never moves against the camera, the colour of a surface depends only on
its normal, and each material is worked out once as a table over the half sphere of normals.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import exp, sqrt

SIDE = 33
"""Normals along one edge of a material's table."""
Colour = tuple[int, int, int]
Table = list[Colour]


@dataclass(frozen=True, slots=True)
class Material:
    """A colour and its finish.

    `gloss` 0..1 is how sharply the lights are mirrored, `metal` says that they take the colour of the
    surface, `glow` is light of its own; `pattern` is "weave", "grain", "rib" or nothing, `depth` its strength.
    """

    colour: str
    gloss: float = 0.3
    metal: bool = False
    glow: float = 0.0
    pattern: str = ""
    depth: float = 0.0


def _table() -> dict[str, Material]:
    metal = {
        "brass": ("#d9ad55", 0.8), "copper": ("#d98a5f", 0.85), "steel": ("#c3c7cb", 0.75), "chrome": ("#dfe4e8", 1.0),
        "iron": ("#63666a", 0.45), "gunmetal": ("#4b5058", 0.65), "gold": ("#e6bd62", 0.95), "bronze": ("#a9794a", 0.7),
        "titanium": ("#a9a7a3", 0.6), "rose-gold": ("#e0ab94", 0.9), "aluminium": ("#d4d7d9", 0.5),
    }
    wood = {"oak": "#c89c66", "walnut": "#7d5337", "beech": "#deb98b", "ash": "#e3cda6", "teak": "#a9713f",
            "maple": "#ecd2a5", "ebony": "#3d312b"}
    matte = {
        "black": "#26282b", "graphite": "#44484d", "white": "#f1efea", "grey": "#9a9d9f", "rubber": "#2a2a2c",
        "cork": "#c69a6b", "clay": "#c07650", "concrete": "#a8a5a0", "sand": "#dccbb0", "sage": "#93a58b",
        "teal": "#2f7f7c", "navy": "#2b3f63", "brick": "#a94f3c", "mustard": "#d7a23a", "plum": "#6d4160",
        "coral": "#e5765f", "moss": "#66733f", "sky": "#7fb0cf", "blush": "#e6b8ac", "petrol": "#1f5566",
    }
    cloth = {"linen": "#e6dcc8", "indigo": "#32456f", "madder": "#a6402f", "ochre": "#cf9a42", "olive": "#727448",
             "charcoal": "#4a4a4d", "rose": "#d59a94", "ivory": "#f0e8d7", "fjord": "#456b7d", "rattan": "#cfa163",
             "emerald": "#1f7a5c", "saffron": "#e6a02e", "magenta": "#ad2f63", "turquoise": "#2d9a9c"}
    leather = {"tan": "#a9683a", "cognac": "#8d4a25", "chestnut": "#5f3524", "jet": "#2d2a2a", "cream": "#e4d6bd",
               "oxblood": "#6b2527"}
    glaze = {"celadon": "#a9c5b2", "cobalt": "#2c4f9e", "porcelain": "#f5f3ee", "tenmoku": "#3f2a20", "jade": "#4f9a7d",
             "oxide-red": "#a5382b", "honey": "#d1923f", "mint": "#bfe0d2", "lilac": "#c5b3d8", "butter": "#f1dc9b",
             "night": "#1c2a4a", "cherry": "#b3202e", "racing-green": "#1d4d3c", "signal-orange": "#e8702a",
             "lagoon": "#218fa8", "pearl": "#f3ebe4", "ink": "#191b20", "sunflower": "#f2b92f", "tomato": "#d8432f",
             "leaf": "#5d9c45", "amber-glass": "#a65b1d", "green-glass": "#3d7a58", "blue-glass": "#3a6c9c"}
    return {
        **{name: Material(colour, gloss, metal=True) for name, (colour, gloss) in metal.items()},
        **{name: Material(colour, 0.28, pattern="grain", depth=0.03) for name, colour in wood.items()},
        **{name: Material(colour, 0.22) for name, colour in matte.items()},
        **{name: Material(colour, 0.05, pattern="weave", depth=0.04) for name, colour in cloth.items()},
        **{name: Material(colour, 0.42) for name, colour in leather.items()},
        **{name: Material(colour, 0.9) for name, colour in glaze.items()},
        "shade": Material("#f6e7c8", 0.05, glow=0.28, pattern="rib", depth=0.03),
        "opal": Material("#fff6e3", 0.5, glow=0.35),
        "light": Material("#fff3d0", 0.2, glow=0.75),
        "wicker": Material("#c8995a", 0.15, pattern="weave", depth=0.2),
        "cell": Material("#1d2b4f", 0.95),
        "screen": Material("#15181d", 1.0),
        "lens": Material("#20242e", 1.0, metal=False),
        "coffee": Material("#3a2216", 0.8),
    }


MATERIALS = _table()


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
        light = [b ** (1 - 0.5 * edge) * (mirrored * (0.45 + 0.55 * material.gloss) + soft * 0.55 * (1 - material.gloss)) for b in base]
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
    return 0.10 + 0.92 * key**1.4 + 0.16 * fill + 0.10 * floor


def _studio(x: float, y: float, z: float, gloss: float) -> float:
    """What a mirror sees in direction (x, y, z); a duller finish blurs the edges of the lights."""
    blur = 0.05 + 0.5 * (1 - gloss) ** 1.5
    wall = 0.34 + 0.26 * y
    horizon = 0.22 * exp(-((y + 0.12) / (0.10 + blur)) ** 2)
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

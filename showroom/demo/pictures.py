"""Makes the demo fair's pictures: one of every product, and a portrait of every company's stand.

All are drawn by code on first start, on all cores, and kept in the data folder; a second start finds them.
"""

from __future__ import annotations

import os
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from showroom.children import idle_pool
from showroom.demo.backdrop import backdrop
from showroom.demo.catalogue import Catalogue, Exhibitor
from showroom.demo.lettering import lettering, plain
from showroom.demo.materials import MATERIALS, Material, rgb
from showroom.demo.shapes import Model, build
from showroom.demo.solid import Mesh, lathe, slab
from showroom.demo.studio import Frame, Part, Scene, View, paint, shoot

SIZE = (800, 600)
STAMP, VERSION = ".version", "1"
"""Raised when pictures are drawn differently, so that old ones are made anew."""


def make_pictures(catalogue: Catalogue, folder: Path, workers: int | None = None) -> int:
    """Draw the pictures that `folder` lacks and return how many; runs for seconds, so call it in a thread."""
    folder.mkdir(parents=True, exist_ok=True)
    stamp, made = folder / STAMP, 0
    if missing := _missing(catalogue, folder):
        with idle_pool(workers) as pool:
            made = sum(pool.map(make_for, missing, [folder] * len(missing)))
    stamp.write_text(VERSION)
    return made


def missing_pictures(catalogue: Catalogue, folder: Path) -> int:
    """Return how many pictures `make_pictures` would draw."""
    return sum(len(names(exhibitor)) for exhibitor in _missing(catalogue, folder))


def _missing(catalogue: Catalogue, folder: Path) -> list[Exhibitor]:
    stamp = folder / STAMP
    if not stamp.exists() or stamp.read_text() != VERSION:
        return list(catalogue.exhibitors)
    return [e for e in catalogue.exhibitors if not all((folder / name).exists() for name in names(e))]


def names(exhibitor: Exhibitor) -> tuple[str, ...]:
    """Return the file names of all pictures of a company."""
    return (exhibitor.portrait, *(item.picture for item in exhibitor.items))


def make_for(exhibitor: Exhibitor, folder: Path) -> int:
    """Draw all pictures of one company and return how many."""
    for number, item in enumerate(exhibitor.items):
        view = View(turn=24.0 + 5 * ((number * 7) % 3 - 1), lift=13.0 + 2 * (number % 3))
        save(shoot(build(item.model), exhibitor.accent, SIZE, view), folder / item.picture)
    save(portrait(exhibitor), folder / exhibitor.portrait)
    return len(exhibitor.items) + 1


def save(picture: Image.Image, path: Path) -> None:
    """Write a picture so that nobody ever sees half of it."""
    unfinished = path.with_suffix(f".{os.getpid()}.part")
    picture.save(unfinished, "WEBP", quality=88, method=3)
    unfinished.replace(path)


def portrait(exhibitor: Exhibitor) -> Image.Image:
    """Draw a company's stand: a lit wall with its name, and three products on plinths."""
    wall, goods = _wall(exhibitor), _goods(exhibitor)
    view = View(turn=0.0, lift=6.0, distance=4.0)
    whole = Scene([*wall, *goods], view)
    frame = whole.fit(SIZE[0] * 2, SIZE[1] * 2, share=(1.3, 0.94), foot=0.94)
    picture = backdrop("#8a8478", SIZE).copy()
    _put(picture, Scene(wall, view, whole.reach), frame)
    picture = ImageChops.screen(picture, _spotlights(whole, frame))
    _put(picture, Scene(goods, view, whole.reach), frame)
    x, y = whole.flat(whole.look((0.0, 4.4, WALL_Z + 0.2)))
    middle = (frame.x + frame.scale * x) / 2, (frame.y - frame.scale * y) / 2
    _write(picture, exhibitor, middle, frame.scale / 2 * WALL_WIDE * 0.8)
    return picture


WALL_WIDE, WALL_Z, PLACES = 8.4, -1.5, (-2.65, 0.0, 2.65)


def _put(picture: Image.Image, scene: Scene, frame: Frame) -> None:
    layer, (left, top) = paint(scene, frame, 8)
    layer = layer.reduce(2)
    picture.paste(layer, (left // 2, top // 2), layer)


def _spotlights(scene: Scene, frame: Frame) -> Image.Image:
    """Return the cones of light that fall on the wall behind the products."""
    light = Image.new("L", SIZE, 0)
    draw = ImageDraw.Draw(light)
    for place in PLACES:
        x, y = scene.flat(scene.look((place, 2.3, WALL_Z)))
        x, y, r = (frame.x + frame.scale * x) / 2, (frame.y - frame.scale * y) / 2, frame.scale / 2 * 1.25
        draw.ellipse((x - r, y - 1.5 * r, x + r, y + 1.2 * r), fill=120)
    light = light.filter(ImageFilter.GaussianBlur(46))
    return Image.merge("RGB", (light, light.point(lambda v: v * 0.95), light.point(lambda v: v * 0.85)))


def _wall(exhibitor: Exhibitor) -> list[Part]:
    parts = [
        Part(
            slab(WALL_WIDE + 3.0, 0.16, 4.6, 0.05, 24).moved(y=-0.16, z=0.3),
            (Material("#a98f72", 0.5),),
            -3.0,
        ),
        Part(slab(WALL_WIDE, 5.1, 0.25, 0.04, 24).moved(z=WALL_Z), (Material(exhibitor.accent, 0.2),), -2.0),
        Part(slab(WALL_WIDE, 0.12, 0.9, 0.04, 20).moved(y=5.1, z=WALL_Z + 0.3), (MATERIALS["white"],), -1.5),
        Part(slab(WALL_WIDE, 0.22, 0.06, 0.02, 20).moved(z=WALL_Z + 0.15), (MATERIALS["white"],), -1.0),
    ]
    for x in PLACES:
        lamp = lathe([(0, 0), (0.14, 0), (0.17, 0.26), (0, 0.3)], 32).turned("x", -30)
        parts.append(Part(lamp.moved(x, 4.85, WALL_Z + 0.7), (MATERIALS["black"],), 0.5))
    return parts


def _goods(exhibitor: Exhibitor) -> list[Part]:
    pale = Material(_mix(exhibitor.accent, 0.06), 0.15)
    picks = (exhibitor.items[1], exhibitor.items[0], exhibitor.items[2])
    parts: list[Part] = []
    for item, place, (high, size) in zip(picks, PLACES, ((0.85, 2.1), (1.1, 2.3), (0.85, 2.1)), strict=True):
        parts.append(Part(slab(2.3, high, 1.5, 0.05, 10).moved(x=place, z=0.55), (pale,)))
        parts += [
            Part(m.moved(place, high, 0.55), c, 2.0 + front) for m, c, front in _fitted(item.model, size)
        ]
    return parts


def _fitted(model: Model, size: float) -> list[tuple[Mesh, tuple[Material, ...], float]]:
    """Return a product turned to the visitor and scaled to `size` high, or as wide as its plinth."""
    parts = [Part(p.mesh.turned("y", 24), p.materials, p.front) for p in build(model)]
    points = [p for part in parts for p in part.mesh.points]
    wide = max(abs(p[0]) for p in points) * 2
    low, high = min(p[1] for p in points), max(p[1] for p in points)
    scale = min(size / (high - low), 2.2 / wide)
    return [(part.mesh.moved(y=-low).scaled(scale), part.materials, part.front * scale) for part in parts]


def _mix(colour: str, share: float) -> str:
    red, green, blue = (round(share * c + (1 - share) * 240) for c in rgb(colour))
    return f"#{red:02x}{green:02x}{blue:02x}"


def _write(picture: Image.Image, exhibitor: Exhibitor, middle: tuple[float, float], wide: float) -> None:
    """Put the company's name and place on the wall, as large as they fit."""
    draw = ImageDraw.Draw(picture)
    name, size = plain(exhibitor.name), 54.0
    while _length(name, size) > wide:
        size -= 2
    draw.text(middle, name, font=lettering(size), fill="#ffffff", anchor="mm")
    place = f"{plain(exhibitor.city)}  ·  {exhibitor.stand}"
    draw.text((middle[0], middle[1] + 42), place, font=lettering(19), fill="#f3efe8", anchor="mm")


def _length(text: str, size: float) -> float:
    return float(lettering(size).getlength(text))

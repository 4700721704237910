"""Films a product on a turntable: the pictures of one demo clip, frame by frame, as a loop without a seam."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, pi, sin, sqrt

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from showroom.demo.backdrop import backdrop
from showroom.demo.catalogue import Exhibitor
from showroom.demo.lettering import lettering, plain
from showroom.demo.materials import MATERIALS, Material
from showroom.demo.shapes import build
from showroom.demo.solid import lathe
from showroom.demo.studio import Frame, Part, Scene, View, paint, shadow

SIZE = (960, 540)
FRAMES_PER_SECOND = 25
SECONDS = 12
FRAMES = SECONDS * FRAMES_PER_SECOND
TURNS = 3
ANGLES = FRAMES // TURNS
"""Pictures of one turn; later turns show them again."""
MARGIN = 24

Sprite = tuple[Image.Image, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Turntable:
    """The product, its disc and the frame in which both keep their place while they turn."""

    goods: list[Part]
    disc: list[Part]
    reach: float
    frame: Frame

    @classmethod
    def of(cls, exhibitor: Exhibitor) -> Turntable:
        """Set the company's first product on a disc."""
        goods = build(exhibitor.items[0].model)
        points = [p for part in goods for p in part.mesh.points]
        flat = max(sqrt(p[0] * p[0] + p[2] * p[2]) for p in points)
        high = max(p[1] for p in points)
        disc = _disc(flat * 1.12)
        reach = sqrt(flat * flat + high * high / 4)
        scale = min(SIZE[1] * 0.62 / high, SIZE[0] * 0.52 / (2.24 * flat))
        return cls(goods, disc, reach, Frame(scale, SIZE[0] * 0.5, SIZE[1] * 0.77))

    def scene(self, parts: list[Part], turn: float) -> Scene:
        return Scene(parts, View(turn=turn, lift=14.0), self.reach)


def film(exhibitor: Exhibitor) -> Iterator[Image.Image]:
    """Yield all frames of the company's clip."""
    table = Turntable.of(exhibitor)
    sprites: dict[int, Sprite] = {}
    scenery = _scenery(exhibitor, table)
    glow, caption = _glow(), _caption(exhibitor)
    for number in range(FRAMES):
        picture = ImageChops.screen(scenery, _shifted(glow, number / FRAMES))
        layer, corner = _sprite(table, sprites, number % ANGLES)
        picture.paste(layer, corner, layer)
        picture.paste(caption, (0, 0), caption)
        _clock(picture, number)
        yield picture


def _sprite(table: Turntable, sprites: dict[int, Sprite], angle: int) -> Sprite:
    if angle not in sprites:
        scene = table.scene([*table.disc, *table.goods], 360 * angle / ANGLES)
        frame = Frame(table.frame.scale * 2, table.frame.x * 2, table.frame.y * 2)
        layer, (left, top) = paint(scene, frame, 8)
        sprites[angle] = (layer.reduce(2), (left // 2, top // 2))
    return sprites[angle]


def _disc(radius: float) -> list[Part]:
    """A dark disc with light marks on its rim, just under the floor."""
    rim = [(0.0, -0.2), (radius, -0.2), (radius, -0.16), (radius, -0.04), (radius - 0.04, 0.0)]
    outline = [*rim, (radius * 0.985, 0.0), (radius * 0.93, 0.0), (radius * 0.5, 0.0), (0.0, 0.0)]
    mesh = lathe([(r, y - 0.01) for r, y in outline], 72)
    marked = mesh.painted(lambda row, column: 1 if row == len(rim) and column % 6 == 0 else 0)
    return [Part(marked, (Material("#3a3d42", 0.5), MATERIALS["porcelain"]), -4.0)]


def _scenery(exhibitor: Exhibitor, table: Turntable) -> Image.Image:
    still = table.scene([*table.disc, *table.goods], 20.0)
    return ImageChops.multiply(backdrop(exhibitor.accent, SIZE), shadow(still, table.frame, SIZE))


def _glow() -> Image.Image:
    """Return a pool of light twice as wide as the frame."""
    light = Image.new("L", (SIZE[0] // 2, SIZE[1] // 4), 0)
    x, y = light.width / 2, light.height * 0.35
    ImageDraw.Draw(light).ellipse((x - 42, y - 32, x + 42, y + 32), fill=96)
    light = light.filter(ImageFilter.GaussianBlur(18)).resize(
        (SIZE[0] * 2, SIZE[1]), Image.Resampling.BICUBIC
    )
    return Image.merge("RGB", (light, light.point(lambda v: v * 0.94), light.point(lambda v: v * 0.82)))


def _shifted(glow: Image.Image, phase: float) -> Image.Image:
    """Return the light as it wanders from side to side once in a loop."""
    left = int(SIZE[0] * (0.5 - 0.36 * sin(2 * pi * phase)))
    return glow.crop((left, 0, left + SIZE[0], SIZE[1]))


def _caption(exhibitor: Exhibitor) -> Image.Image:
    """Return name and product at the upper right, where a player has no buttons, over room for the clock."""
    layer = Image.new("RGBA", SIZE, (20, 21, 24, 0))
    draw = ImageDraw.Draw(layer)
    name, title = plain(exhibitor.name), plain(exhibitor.items[0].title)
    right = SIZE[0] - MARGIN
    left = right - 40 - max(lettering(26).getlength(name), lettering(19).getlength(title))
    draw.rounded_rectangle((left, MARGIN, right, MARGIN + 72), 8, fill=(20, 21, 24, 190))
    draw.rectangle((left, MARGIN + 12, left + 5, MARGIN + 60), fill=exhibitor.accent)
    draw.text((left + 22, MARGIN + 22), name, font=lettering(26), fill="#ffffff", anchor="lm")
    draw.text((left + 22, MARGIN + 52), title, font=lettering(19), fill="#d9d6cf", anchor="lm")
    draw.rounded_rectangle((right - 120, MARGIN + 82, right, MARGIN + 126), 8, fill=(20, 21, 24, 190))
    return layer


def _clock(picture: Image.Image, number: int) -> None:
    """Write where in the loop the frame stands, and turn the hand beside it."""
    draw = ImageDraw.Draw(picture)
    seconds = number / FRAMES_PER_SECOND
    x, y, angle = SIZE[0] - MARGIN - 98, MARGIN + 104, 2 * pi * seconds - pi / 2
    draw.ellipse((x - 9, y - 9, x + 9, y + 9), outline="#d9d6cf", width=2)
    draw.line((x, y, x + 7 * cos(angle), y + 7 * sin(angle)), fill="#ffffff", width=2)
    words = f"00:{seconds:04.1f}"
    draw.text((SIZE[0] - MARGIN - 14, y), words, font=lettering(20), fill="#ffffff", anchor="rm")

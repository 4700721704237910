"""The photographer of the demo fair: puts solids before a backdrop, lights them and takes the picture.

Faces are sorted from far to near and filled in that order at a multiple of the final size (the painter's
algorithm), each with the colour its material's table has for its normal; shadows are the faces once more,
laid on the floor and blurred.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import cos, radians, sin, sqrt

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from showroom.demo.backdrop import backdrop
from showroom.demo.materials import SIDE, Material, table_of
from showroom.demo.solid import Mesh, Point

Spot = tuple[float, float]
SLOTS, SLOT = 18, 15
"""Materials in one picture at most, and the step between their numbers: 17 * 15 = 255."""


@dataclass(frozen=True, slots=True)
class Part:
    """A body and the material of each of its paint slots."""

    mesh: Mesh
    materials: tuple[Material, ...]
    front: float = 0.0
    """How much nearer to the camera than it is the part is taken to be: for what lies flat on another."""


@dataclass(frozen=True, slots=True)
class View:
    """Where the camera stands: degrees turned about the product and degrees above it."""

    turn: float = 24.0
    lift: float = 14.0
    distance: float = 5.5
    """In radii of what is looked at; a small one is a wide lens."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Maps view space to pixels: pixel = origin + scale * view."""

    scale: float
    x: float
    y: float


@dataclass(slots=True)
class Scene:
    """Bodies seen by one camera; `faces` in view space, near ones last."""

    parts: Sequence[Part]
    view: View
    reach: float = 0.0
    bodies: list[tuple[Part, list[Point], list[Spot]]] = field(default_factory=list)
    depth: tuple[float, float] = (0.0, 1.0)
    """The middle of all depths, and how many grey levels one unit of depth is."""
    _trig: tuple[float, float, float, float] = (1.0, 0.0, 1.0, 0.0)

    def __post_init__(self) -> None:
        points = [p for part in self.parts for p in part.mesh.points]
        top = max(p[1] for p in points)
        flat = max(sqrt(p[0] * p[0] + p[2] * p[2]) for p in points)
        self.reach = self.reach or sqrt(flat * flat + top * top / 4)
        turn, lift = radians(self.view.turn), radians(self.view.lift)
        self._trig = (cos(turn), sin(turn), cos(lift), sin(lift))
        for part in self.parts:
            seen = [self.look(p) for p in part.mesh.points]
            self.bodies.append((part, seen, [self.flat(p) for p in seen]))
        depths = [p[2] for _, seen, _ in self.bodies for p in seen]
        low, high = min(depths), max(depths)
        self.depth = ((low + high) / 2, 250 / max(high - low, 1e-6))

    def look(self, p: Point) -> Point:
        """Turn a point of the world into view space: x right, y up, z towards the camera."""
        ct, st, ce, se = self._trig
        x, z = p[0] * ct + p[2] * st, p[2] * ct - p[0] * st
        return (x, p[1] * ce - z * se, p[1] * se + z * ce)

    def flat(self, p: Point) -> Spot:
        """Project a point of view space."""
        far = self.view.distance * self.reach
        f = far / (far - p[2])
        return (p[0] * f, p[1] * f)

    def fit(
        self, width: int, height: int, share: tuple[float, float] = (0.74, 0.70), foot: float = 0.86
    ) -> Frame:
        """Return the frame that fills `share` of the picture, the lowest point at `foot` of its height."""
        spots = [s for _, _, body in self.bodies for s in body]
        left, right = min(s[0] for s in spots), max(s[0] for s in spots)
        low, high = min(s[1] for s in spots), max(s[1] for s in spots)
        scale = min(share[0] * width / (right - left), share[1] * height / (high - low))
        tall = scale * (high - low)
        base = min(foot * height, (height + tall) / 2 + 0.07 * height)
        return Frame(scale, width / 2 - scale * (left + right) / 2, base + scale * low)


def shoot(
    parts: Sequence[Part],
    accent: str,
    size: tuple[int, int] = (800, 600),
    view: View | None = None,
    sharp: int = 2,
) -> Image.Image:
    """Return the finished picture of a product before a backdrop in the company's accent."""
    scene = Scene(parts, view or View())
    wide, tall = size[0] * sharp, size[1] * sharp
    frame = scene.fit(wide, tall)
    picture = backdrop(accent, size).copy()
    picture = ImageChops.multiply(
        picture, shadow(scene, Frame(frame.scale / sharp, frame.x / sharp, frame.y / sharp), size)
    )
    layer, (left, top) = paint(scene, frame, 4 * sharp)
    layer = layer.reduce(sharp)
    picture.paste(layer, (left // sharp, top // sharp), layer)
    return picture


def paint(scene: Scene, frame: Frame, step: int) -> tuple[Image.Image, tuple[int, int]]:
    """Draw the bodies on a transparent layer just large enough; return it and where its corner belongs.

    The place and size of the layer are multiples of `step` pixels. First every pixel learns its normal and
    depth (one picture) and its material (another); light is put on at the end, for all pixels at once, by
    a table from (normal, material) to colour.
    """
    palette = _palette(scene)
    corner, size = _extent(scene, frame, step)
    drawn: list[Drawn] = []
    for part, seen, spots in scene.bodies:
        pixels = [
            (frame.x - corner[0] + frame.scale * x, frame.y - corner[1] - frame.scale * y) for x, y in spots
        ]
        drawn.extend(_faces(part, seen, pixels, scene, palette))
    drawn.sort(key=lambda face: face[0])
    shape, matter = Image.new("RGBA", size, (128, 128, 0, 0)), Image.new("L", size, 0)
    draw_shape, draw_matter = ImageDraw.Draw(shape).polygon, ImageDraw.Draw(matter).polygon
    for _, corners, normal, slot in drawn:
        draw_shape(corners, fill=normal)
        draw_matter(corners, fill=slot)
    return _lit(shape, matter, palette, frame.scale * scene.reach), corner


def _extent(scene: Scene, frame: Frame, step: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the corner and the size of the pixels that the bodies cover."""
    xs = [frame.x + frame.scale * s[0] for _, _, spots in scene.bodies for s in spots]
    ys = [frame.y - frame.scale * s[1] for _, _, spots in scene.bodies for s in spots]
    left, top = int(min(xs) // step * step) - step, int(min(ys) // step * step) - step
    wide, tall = int((max(xs) - left) // step + 2) * step, int((max(ys) - top) // step + 2) * step
    return (left, top), (wide, tall)


Palette = dict[tuple[Material, int], int]
Drawn = tuple[float, list[Spot], tuple[int, int, int], int]


def _palette(scene: Scene) -> Palette:
    """Number all materials of the scene, a patterned one three times: darker, plain, lighter."""
    palette: Palette = {}
    for part in scene.parts:
        for material in part.materials:
            for tone in (-1, 0, 1) if material.pattern else (0,):
                palette.setdefault((material, tone), SLOT * len(palette))
    return palette


def _lit(shape: Image.Image, matter: Image.Image, palette: Palette, reach: float) -> Image.Image:
    """Turn normals and materials into colours, and darken what lies in a hollow; `reach` is in pixels."""
    smooth = shape.convert("RGBa").filter(ImageFilter.BoxBlur(reach / 100)).convert("RGBA")
    nx, ny, _, _ = smooth.split()
    colours = Image.merge("RGB", (nx, ny, matter)).filter(_light_table(tuple(palette)))
    lit = ImageChops.multiply(colours, _hollows(smooth, reach / 4))
    lit.putalpha(shape.getchannel("A"))
    return lit


def _hollows(shape: Image.Image, reach: float) -> Image.Image:
    """Return a picture to multiply with: dark where a point lies farther away than what is around it."""
    small = shape.convert("RGBa").reduce(4)
    wide = small.filter(ImageFilter.GaussianBlur(reach / 14)).convert("RGBA").getchannel("B")
    near = small.filter(ImageFilter.BoxBlur(reach / 45)).convert("RGBA").getchannel("B")
    dark = ImageChops.subtract(wide, near).point(lambda v: 255 - min(96, max(0, v - 4) * 2.6))
    dark = dark.filter(ImageFilter.GaussianBlur(reach / 60)).resize(shape.size, Image.Resampling.BILINEAR)
    return Image.merge("RGB", (dark, dark, dark))


@lru_cache(maxsize=256)
def _light_table(materials: tuple[tuple[Material, int], ...]) -> ImageFilter.Color3DLUT:
    """Return the table from (nx, ny, slot) to colour that Pillow applies to a whole picture."""
    values: list[float] = []
    for k in range(SLOTS):
        material, tone = materials[k] if k < len(materials) else materials[-1]
        values.extend(v * (1 + tone * material.depth) / 255 for colour in table_of(material) for v in colour)
    return ImageFilter.Color3DLUT((SIDE, SIDE, SLOTS), values)


def _faces(part: Part, seen: list[Point], pixels: list[Spot], scene: Scene, palette: Palette) -> list[Drawn]:
    """Return (depth, corners, normal and depth as a colour, slot) of the faces that look at the camera."""
    mesh, far = part.mesh, scene.view.distance * scene.reach
    paint, columns = mesh.paint, mesh.columns
    (middle, contrast), front = scene.depth, 4 * part.front
    slots = [{tone: palette[m, tone if m.pattern else 0] for tone in (-1, 0, 1)} for m in part.materials]
    result: list[Drawn] = []
    for k, face in enumerate(mesh.faces):
        corners = len(face)
        ax, ay, az = seen[face[0]]
        bx, by, bz = seen[face[corners // 4]]
        cx, cy, cz = seen[face[corners // 2]]
        dx, dy, dz = seen[face[3 * corners // 4]]
        ux, uy, uz, vx, vy, vz = cx - ax, cy - ay, cz - az, dx - bx, dy - by, dz - bz
        nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        size = sqrt(nx * nx + ny * ny + nz * nz)
        # The eye is not infinitely far: a face is judged against the ray to it.
        if size < 1e-12 or nx * ax + ny * ay + nz * (az - far) >= 0:
            continue
        i, j = int(128 + 127 * (nx / size + ax / far)), int(128 + 127 * (ny / size + ay / far))
        depth = az + bz + cz + dz
        normal = (min(max(i, 0), 255), min(max(j, 0), 255), int(128 + contrast * (depth / 4 - middle)))
        slot = paint[k] if paint else 0
        tone = _tone(part.materials[slot].pattern, k // columns, k % columns)
        result.append((depth + front, [pixels[p] for p in face], normal, slots[slot][tone]))
    return result


def _tone(pattern: str, row: int, column: int) -> int:
    """Return whether a face of a patterned material is darker (-1), plain or lighter (1)."""
    if not pattern:
        return 0
    if pattern == "weave":
        return 1 if (row + column) & 1 else -1
    if pattern == "rib":
        return 1 if column & 1 else -1
    return (column * 7 + column * column * 5 >> 1) % 3 - 1


def shadow(scene: Scene, frame: Frame, size: tuple[int, int]) -> Image.Image:
    """Return the floor's light as a picture to multiply with: wide soft shadow, dark one at the feet."""
    small = (size[0] // 2, size[1] // 2)
    cast, contact = Image.new("L", small, 0), Image.new("L", small, 0)
    draws = ImageDraw.Draw(cast).polygon, ImageDraw.Draw(contact).polygon
    half = frame.scale / 2, frame.x / 2, frame.y / 2
    for part in scene.parts:
        lit = [_laid(scene, p, 0.42, -0.22, half) for p in part.mesh.points]
        floor = 0.12 * scene.reach
        under = [_laid(scene, p, 0.0, 0.0, half) if p[1] < floor else None for p in part.mesh.points]
        for face in part.mesh.faces:
            corners = [lit[p] for p in face]
            if _winds(corners):
                draws[0](corners, fill=255)
            feet = [spot for p in face if (spot := under[p])]
            if len(feet) == len(face):
                draws[1](feet, fill=255)
    blur = size[0] / 800
    soft = cast.filter(ImageFilter.GaussianBlur(15 * blur)).point(lambda v: 255 - v * 0.33)
    tight = contact.filter(ImageFilter.GaussianBlur(4 * blur)).point(lambda v: 255 - v * 0.52)
    light = ImageChops.multiply(soft, tight).resize(size, Image.Resampling.BICUBIC)
    return Image.merge(
        "RGB", (light.point(lambda v: v * 0.97 + 7), light.point(lambda v: v * 0.98 + 5), light)
    )


def _winds(corners: list[Spot]) -> bool:
    """Tell on which side a face lies to the light; one side of a body throws all of its shadow."""
    (ax, ay), (bx, by), (cx, cy) = corners[0], corners[len(corners) // 3], corners[2 * len(corners) // 3]
    return (bx - ax) * (cy - ay) > (cx - ax) * (by - ay)


def _laid(scene: Scene, p: Point, slant_x: float, slant_z: float, frame: tuple[float, float, float]) -> Spot:
    """Let a point fall to the floor along the light, and return its pixel."""
    ct, st = cos(radians(scene.view.turn)), sin(radians(scene.view.turn))
    # The light stands still against the camera, so its slant is turned back into the world.
    sx, sz = slant_x * ct - slant_z * st, slant_x * st + slant_z * ct
    x, y = scene.flat(scene.look((p[0] + p[1] * sx, 0.0, p[2] + p[1] * sz)))
    return (frame[1] + frame[0] * x, frame[2] - frame[0] * y)

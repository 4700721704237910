"""Builds the solids that demo products are made of: turned, bent, lofted and rounded bodies as meshes.

Right-handed space, y up, the floor at y = 0, units of about ten centimetres; a product fills a few units.
Every body is a *grid*: rows of points joined by quadrilaterals. A mesh remembers its number of columns, so
that a material can weave or stripe it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import cos, hypot, pi, radians, sin, sqrt

Point = tuple[float, float, float]
Flat = tuple[float, float]
"""A point of an outline: (radius, height) of a turned body, (x, y) of a cut one."""


@dataclass(frozen=True, slots=True)
class Mesh:
    """Points and the faces between them; `paint` names a material slot per face, all 0 when empty."""

    points: tuple[Point, ...]
    faces: tuple[tuple[int, ...], ...]
    columns: int
    paint: tuple[int, ...] = ()

    def moved(self, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Mesh:
        return replace(self, points=tuple((a + x, b + y, c + z) for a, b, c in self.points))

    def scaled(self, x: float, y: float | None = None, z: float | None = None) -> Mesh:
        """Return the mesh stretched along the axes; one number stretches all three."""
        sy, sz = x if y is None else y, x if z is None else z
        return replace(self, points=tuple((a * x, b * sy, c * sz) for a, b, c in self.points))

    def turned(self, axis: str, degrees: float) -> Mesh:
        """Return the mesh turned about the x, y or z axis through the origin."""
        co, si = cos(radians(degrees)), sin(radians(degrees))
        turn: dict[str, Callable[[Point], Point]] = {
            "x": lambda p: (p[0], p[1] * co - p[2] * si, p[1] * si + p[2] * co),
            "y": lambda p: (p[0] * co + p[2] * si, p[1], p[2] * co - p[0] * si),
            "z": lambda p: (p[0] * co - p[1] * si, p[0] * si + p[1] * co, p[2]),
        }
        return replace(self, points=tuple(map(turn[axis], self.points)))

    def painted(self, slot: Callable[[int, int], int]) -> Mesh:
        """Return the mesh with the material slot of each face chosen by its (row, column)."""
        return replace(self, paint=tuple(slot(*divmod(k, self.columns)) for k in range(len(self.faces))))


def grid(rows: Sequence[Sequence[Point]], *, round_rows: bool = False, loop: bool = False) -> Mesh:
    """Join rows of points; `round_rows` closes each row to a ring, `loop` joins the last row to the first."""
    width, height = len(rows[0]), len(rows)
    columns = width if round_rows else width - 1
    faces = []
    for i in range(height if loop else height - 1):
        low, high = i * width, ((i + 1) % height) * width
        for j in range(columns):
            k = (j + 1) % width
            faces.append((low + j, low + k, high + k, high + j))
    mesh = Mesh(tuple(p for row in rows for p in row), tuple(faces), columns)
    return _outward(mesh) if round_rows else mesh


def _outward(mesh: Mesh) -> Mesh:
    """Turn all faces when the solid's signed volume says that they look inward."""
    points, volume = mesh.points, 0.0
    for face in mesh.faces:
        (ax, ay, az), (bx, by, bz), (cx, cy, cz) = points[face[0]], points[face[1]], points[face[2]]
        volume += ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx)
    if volume >= 0:
        return mesh
    return replace(mesh, faces=tuple(face[::-1] for face in mesh.faces))


def smooth(points: Sequence[Flat], steps: int = 6) -> list[Flat]:
    """Return a Catmull-Rom curve through `points`; a point given twice in a row stays a corner."""
    result: list[Flat] = []
    last = len(points) - 1
    for i in range(last):
        a, b, c, d = points[max(i - 1, 0)], points[i], points[i + 1], points[min(i + 2, last)]
        if b == c:
            continue
        for k in range(steps):
            t = k / steps
            result.append((_spline(a[0], b[0], c[0], d[0], t), _spline(a[1], b[1], c[1], d[1], t)))
    return [*result, points[-1]]


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))


def bend(points: Sequence[Point], steps: int = 6) -> list[Point]:
    """Return a smooth path through `points` in space."""
    result: list[Point] = []
    last = len(points) - 1
    for i in range(last):
        a, b, c, d = points[max(i - 1, 0)], points[i], points[i + 1], points[min(i + 2, last)]
        for k in range(steps):
            x, y, z = (_spline(a[n], b[n], c[n], d[n], k / steps) for n in range(3))
            result.append((x, y, z))
    return [*result, points[-1]]


def lathe(profile: Sequence[Flat], segments: int = 72, *, loop: bool = False) -> Mesh:
    """Turn an outline of (radius, height) about the y axis; `loop` closes the outline (a ring)."""
    round_ = [(cos(2 * pi * j / segments), sin(2 * pi * j / segments)) for j in range(segments)]
    rows = [[(max(r, 1e-4) * c, y, max(r, 1e-4) * s) for c, s in round_] for r, y in profile]
    return grid(rows, round_rows=True, loop=loop)


def tube(
    path: Sequence[Point], radius: float | Callable[[float], float], sides: int = 14, *, loop: bool = False
) -> Mesh:
    """Sweep a circle along `path`; a callable radius is asked with 0..1 along the way."""
    rows, normal = [], (0.0, 0.0, 0.0)
    count = len(path)
    for i, (x, y, z) in enumerate(path):
        before, after = path[max(i - 1, 0)], path[min(i + 1, count - 1)]
        if loop:
            before, after = path[i - 1], path[(i + 1) % count]
        ahead = unit((after[0] - before[0], after[1] - before[1], after[2] - before[2]))
        normal = _across(ahead, normal)
        side = cross(ahead, normal)
        r = radius(i / (count - 1)) if callable(radius) else radius
        rows.append([_on_circle((x, y, z), normal, side, r, 2 * pi * j / sides) for j in range(sides)])
    if not loop:
        rows = [[path[0]] * sides, *rows, [path[-1]] * sides]
    return grid(rows, round_rows=True, loop=loop)


def _across(ahead: Point, normal: Point) -> Point:
    """Return a unit vector across `ahead`, as near to the last one as may be, so that tubes do not twist."""
    if normal == (0.0, 0.0, 0.0):
        normal = (0.0, 0.0, 1.0) if abs(ahead[2]) < 0.8 else (1.0, 0.0, 0.0)
    dot = sum(a * n for a, n in zip(ahead, normal, strict=True))
    return unit((normal[0] - dot * ahead[0], normal[1] - dot * ahead[1], normal[2] - dot * ahead[2]))


def _on_circle(centre: Point, u: Point, v: Point, r: float, angle: float) -> Point:
    c, s = r * cos(angle), r * sin(angle)
    return (centre[0] + c * u[0] + s * v[0], centre[1] + c * u[1] + s * v[1], centre[2] + c * u[2] + s * v[2])


def cross(a: Point, b: Point) -> Point:
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


def unit(p: Point) -> Point:
    size = sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2]) or 1.0
    return (p[0] / size, p[1] / size, p[2] / size)


def loft(rings: Sequence[Sequence[Point]]) -> Mesh:
    """Join rings of equally many points into a solid with closed ends."""
    ends = [_middle(rings[0]), _middle(rings[-1])]
    rows = [[ends[0]] * len(rings[0]), *rings, [ends[1]] * len(rings[0])]
    return grid(rows, round_rows=True)


def _middle(ring: Sequence[Point]) -> Point:
    n = len(ring)
    return (sum(p[0] for p in ring) / n, sum(p[1] for p in ring) / n, sum(p[2] for p in ring) / n)


def oval(centre: Point, across: float, along: float, squareness: float = 2.0, count: int = 48) -> list[Point]:
    """Return a level ring, `across` wide in x and `along` in z (radii); a squareness of 4 is a soft box."""
    power = 2 / squareness
    ring = []
    for j in range(count):
        c, s = cos(2 * pi * j / count), sin(2 * pi * j / count)
        x = across * abs(c) ** power * (1 if c >= 0 else -1)
        z = along * abs(s) ** power * (1 if s >= 0 else -1)
        ring.append((centre[0] + x, centre[1], centre[2] + z))
    return ring


@lru_cache(maxsize=512)
def slab(width: float, height: float, depth: float, edge: float = 0.06, cells: int = 8) -> Mesh:
    """Return a box with rounded edges, standing on the floor at the origin."""
    edge = min(edge, width / 2, height / 2, depth / 2) * 0.999
    half = (width / 2, height / 2, depth / 2)
    steps = [_steps(h, edge, cells) for h in half]
    points: list[Point] = []
    faces: list[tuple[int, ...]] = []
    for axis in range(3):
        u, v = (axis + 1) % 3, (axis + 2) % 3
        for sign in (-1.0, 1.0):
            base, wide = len(points), len(steps[v])
            for a in steps[u]:
                for b in steps[v]:
                    raw = [0.0, 0.0, 0.0]
                    raw[axis], raw[u], raw[v] = sign * half[axis], a, b
                    points.append(_rounded(raw, half, edge))
            for i in range(len(steps[u]) - 1):
                for j in range(wide - 1):
                    k = base + i * wide + j
                    face = (k, k + wide, k + wide + 1, k + 1)
                    faces.append(face if sign > 0 else face[::-1])
    return Mesh(tuple(points), tuple(faces), len(steps[0]) - 1).moved(y=half[1])


def _steps(half: float, edge: float, cells: int) -> list[float]:
    """Return positions along one edge of a box, close together where it is rounded."""
    turn = [half - edge + edge * f for f in (0.0, 0.35, 0.7, 1.0)]
    inner = max(half - edge, 1e-6)
    flat = [inner * (2 * i / cells - 1) for i in range(1, cells)]
    return [*(-t for t in reversed(turn)), *flat, *turn]


def _rounded(raw: Sequence[float], half: Sequence[float], edge: float) -> Point:
    """Pull a point of the sharp box onto the rounded one."""
    core = [max(edge - h, min(h - edge, r)) for r, h in zip(raw, half, strict=True)]
    off = unit((raw[0] - core[0], raw[1] - core[1], raw[2] - core[2]))
    return (core[0] + edge * off[0], core[1] + edge * off[1], core[2] + edge * off[2])


def plate(outline: Sequence[Flat], thickness: float, bevel: float = 0.02) -> Mesh:
    """Cut a flat body from an outline in the x-y plane, centred on z = 0, with bevelled rims."""
    cx = sum(p[0] for p in outline) / len(outline)
    cy = sum(p[1] for p in outline) / len(outline)
    reach = max(hypot(x - cx, y - cy) for x, y in outline)
    shrink = 1 - bevel / reach
    inner = [(cx + (x - cx) * shrink, cy + (y - cy) * shrink) for x, y in outline]
    z, lip = thickness / 2, max(thickness / 2 - bevel, 0.0)
    rings = [
        [(x, y, d) for x, y in line] for line, d in ((inner, -z), (outline, -lip), (outline, lip), (inner, z))
    ]
    body = grid(rings, round_rows=True)
    n = len(outline)
    caps = (tuple(range(3 * n, 4 * n)), tuple(range(n - 1, -1, -1)))
    if body.faces[0][0] != 0:  # the outline ran clockwise
        caps = (caps[0][::-1], caps[1][::-1])
    return replace(body, faces=body.faces + caps)


def circle(radius: float, count: int = 48, x: float = 0.0, y: float = 0.0) -> list[Flat]:
    return [
        (x + radius * cos(2 * pi * j / count), y + radius * sin(2 * pi * j / count)) for j in range(count)
    ]


def ball(radius: float, segments: int = 48, rows: int = 24) -> Mesh:
    """Return a sphere about the origin."""
    return lathe(
        [(radius * sin(pi * i / rows), -radius * cos(pi * i / rows)) for i in range(rows + 1)], segments
    )


def ring(radius: float, thickness: float, segments: int = 72, sides: int = 14) -> Mesh:
    """Return a torus about the z axis, as a wheel seen from the front."""
    path = [(x, y, 0.0) for x, y in circle(radius, segments)]
    return tube(path, thickness, sides, loop=True)


def rod(start: Point, end: Point, radius: float, sides: int = 12) -> Mesh:
    """Return a straight bar; it is cut into pieces so that light runs along it."""
    path = [tuple(a + (b - a) * i / 6 for a, b in zip(start, end, strict=True)) for i in range(7)]
    return tube([(p[0], p[1], p[2]) for p in path], radius, sides)

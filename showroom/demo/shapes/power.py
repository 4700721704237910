"""Solar panels, batteries and inverters."""

from __future__ import annotations

from showroom.demo.materials import MATERIALS, Material
from showroom.demo.solid import (
    Mesh,
    bend,
    circle,
    lathe,
    plate,
    rod,
    slab,
    tube,
)
from showroom.demo.studio import Part

BLACK = MATERIALS["black"]


def solar_panel(frame: Material, cell: Material, stand: Material, variant: int) -> list[Part]:
    """A framed module on its stand: wires and cells in a grid."""
    wide, high, columns, rows = (3.4, 2.2, 10, 6) if variant % 2 == 0 else (2.2, 3.1, 6, 9)
    panel = [
        Part(slab(wide, high, 0.1, 0.03, 12), (frame,)),
        Part(
            slab(wide - 0.12, high - 0.12, 0.06, 0.01, 12).moved(0, 0.06, 0.035), (MATERIALS["white"],), 0.4
        ),
    ]
    step_x, step_y = (wide - 0.2) / columns, (high - 0.2) / rows
    for i in range(columns):
        for j in range(rows):
            x, y = -wide / 2 + 0.1 + step_x * (i + 0.5), 0.1 + step_y * (j + 0.5)
            panel.append(Part(_cell(step_x * 0.96, step_y * 0.95).moved(x, y, 0.07), (cell,), 0.8))
    tilted = [Part(p.mesh.turned("x", -32).moved(0, 0.25, 0.55), p.materials, p.front) for p in panel]
    legs = [
        rod((x, 0, -1.25 * high / 2.6), (x, high * 0.72, -0.1 - high * 0.36), 0.06)
        for x in (-wide * 0.36, wide * 0.36)
    ]
    legs += [rod((x, 0.06, 0.7), (x, 0.06, -1.3 * high / 2.6), 0.06) for x in (-wide * 0.36, wide * 0.36)]
    return [*(Part(leg, (stand,)) for leg in legs), *tilted]


def _cell(wide: float, high: float) -> Mesh:
    cut = 0.14 * min(wide, high)
    x, y = wide / 2, high / 2
    return plate(
        [
            (-x + cut, -y),
            (x - cut, -y),
            (x, -y + cut),
            (x, y - cut),
            (x - cut, y),
            (-x + cut, y),
            (-x, y - cut),
            (-x, -y + cut),
        ],
        0.02,
        0.005,
    )


def battery(body: Material, front: Material, trim: Material, variant: int) -> list[Part]:
    """Power for a house: a wall battery (0), a tower of modules (1) or a box with a handle (2)."""
    light = MATERIALS["leaf"]
    if variant % 3 == 1:
        parts = [
            Part(slab(1.9, 0.68, 1.3, 0.08).moved(0, 0.15 + 0.72 * k), (body if k < 4 else front,))
            for k in range(5)
        ]
        parts += [
            Part(slab(0.4, 0.05, 0.04, 0.02).moved(0.6, 0.48 + 0.72 * k, 0.65), (light,), 0.8)
            for k in range(4)
        ]
        return [
            *parts,
            Part(slab(1.7, 0.15, 1.1, 0.03), (trim,)),
            Part(slab(0.6, 0.3, 0.04, 0.01).moved(-0.4, 3.25, 0.65), (MATERIALS["screen"],), 0.8),
        ]
    if variant % 3 == 2:
        hoop = bend([(-0.95, 1.5, 0), (-0.9, 2.05, 0), (0, 2.15, 0), (0.9, 2.05, 0), (0.95, 1.5, 0)], 8)
        dots = [
            Part(plate(circle(0.14, 28), 0.06, 0.02).moved(-0.75 + 0.45 * k, 0.45, 0.83), (trim,), 0.9)
            for k in range(4)
        ]
        return [
            Part(slab(2.6, 1.7, 1.6, 0.22, 12), (body,)),
            Part(slab(2.2, 1.15, 0.06, 0.03, 10).moved(0, 0.25, 0.79), (front,), 0.5),
            Part(slab(0.9, 0.42, 0.04, 0.02).moved(-0.4, 0.8, 0.83), (MATERIALS["screen"],), 0.9),
            Part(slab(0.3, 0.06, 0.02, 0.01).moved(-0.55, 0.98, 0.86), (light,), 1.2),
            *dots,
            Part(tube(hoop, 0.11), (trim,)),
        ]
    return [
        Part(slab(2.2, 3.1, 0.75, 0.3, 14), (body,)),
        Part(slab(2.06, 2.95, 0.12, 0.05, 12).moved(0, 0.07, 0.36), (front,), 0.4),
        Part(slab(0.06, 1.9, 0.04, 0.02).moved(-0.7, 0.6, 0.42), (light,), 0.8),
        Part(slab(0.5, 0.12, 0.04, 0.02).moved(0.55, 2.6, 0.42), (trim,), 0.8),
    ]


def inverter(body: Material, front: Material, trim: Material, variant: int) -> list[Part]:
    fins = [Part(slab(0.06, 1.9, 0.4, 0.02).moved(-1.05 + 0.15 * k, 0.45, -0.35), (trim,)) for k in range(15)]
    plugs = [
        Part(lathe([(0, 0), (0.1, 0), (0.1, 0.3), (0, 0.3)], 24).moved(-0.85 + 0.34 * k, 0.05, 0), (BLACK,))
        for k in range(6)
    ]
    return [
        *fins,
        *plugs,
        Part(slab(2.5, 2.3, 0.55, 0.14, 12).moved(y=0.3), (body,)),
        Part(slab(2.3, 0.7, 0.06, 0.02, 10).moved(0, 1.7, 0.27), (front,), 0.5),
        Part(slab(0.85, 0.42, 0.03, 0.01).moved(-0.35, 1.85, 0.31), (MATERIALS["screen"],), 0.9),
        *(
            Part(plate(circle(0.06, 20), 0.04, 0.01).moved(0.45 + 0.2 * k, 2.05, 0.31), (MATERIALS[c],), 0.9)
            for k, c in enumerate(("leaf", "sunflower", "tomato")[: 2 + variant % 2])
        ),
    ]


KINDS = {
    "solar-panel": solar_panel,
    "battery": battery,
    "inverter": inverter,
}

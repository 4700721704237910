"""What the demo products look like: one function per kind of product, found by its name.

A kind takes the product's materials (two or three, by name in the fair's data) and a variant number, and
returns the parts of a model that stands on the floor.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from showroom.demo.materials import MATERIALS, Material
from showroom.demo.shapes import fashion, home, machines, mobility, play, table
from showroom.demo.studio import Part

Kind = Callable[[Material, Material, Material, int], list[Part]]


@dataclass(frozen=True, slots=True)
class Model:
    """What stands before the camera: a kind of product in its materials."""

    kind: str
    materials: tuple[str, ...]
    variant: int = 0


KINDS: dict[str, Kind] = {
    **home.KINDS, **table.KINDS, **fashion.KINDS, **machines.KINDS, **mobility.KINDS, **play.KINDS,
}


def build(model: Model) -> list[Part]:
    """Return the parts of `model`; missing materials repeat the last one."""
    named = [MATERIALS[name] for name in model.materials]
    body, trim, detail = [*named, named[-1], named[-1]][:3]
    return KINDS[model.kind](body, trim, detail, model.variant)

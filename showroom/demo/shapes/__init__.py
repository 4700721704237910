"""What the demo products look like: one function per kind of product, found by its name.

A kind takes the product's materials (two or three, by name in the fair's data) and a variant number, and
returns the parts of a model that stands on the floor.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from showroom.demo.materials import MATERIALS, Material
from showroom.demo.shapes import (
    bags,
    care,
    ceramics,
    cycles,
    flight,
    fluid,
    furniture,
    kitchen,
    lamps,
    machines,
    power,
    shoes,
    sound,
    textiles,
    timepieces,
    toys,
)
from showroom.demo.studio import Part

Kind = Callable[[Material, Material, Material, int], list[Part]]


@dataclass(frozen=True, slots=True)
class Model:
    """What stands before the camera: a kind of product in its materials."""

    kind: str
    materials: tuple[str, ...]
    variant: int = 0


_SUBJECTS = (
    bags,
    care,
    ceramics,
    cycles,
    flight,
    fluid,
    furniture,
    kitchen,
    lamps,
    machines,
    power,
    shoes,
    sound,
    textiles,
    timepieces,
    toys,
)
KINDS: dict[str, Kind] = {name: kind for subject in _SUBJECTS for name, kind in subject.KINDS.items()}


def build(model: Model) -> list[Part]:
    """Return the parts of `model`; missing materials repeat the last one."""
    named = [MATERIALS[name] for name in model.materials]
    body, trim, detail = [*named, named[-1], named[-1]][:3]
    return KINDS[model.kind](body, trim, detail, model.variant)

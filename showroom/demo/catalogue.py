"""Reads the demo fair's data: halls, companies and their products, typed."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from config.ids import RoomId
from showroom.demo.shapes import Model

ON_AIR = ("aurora-lamps", "jingyu-ceramics", "dalmaru-robotics")
"""The rooms that the built-in broadcaster keeps on the air."""


@dataclass(frozen=True, slots=True)
class Item:
    """One product of the demo fair and what it looks like."""

    title: str
    summary: str
    price_from: Decimal
    currency: str
    minimum_order: int
    unit: str
    picture: str
    """The file name of its picture, `aurora-lamps-1.webp`."""
    model: Model


@dataclass(frozen=True, slots=True)
class Exhibitor:
    """One company of the demo fair."""

    room: RoomId
    name: str
    country: str
    city: str
    hall: int
    stand: str
    about: str
    languages: tuple[str, ...]
    staff: tuple[str, ...]
    """The names of those who work in its room."""
    accent: str
    portrait: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The whole demo fair; halls are numbered from 1 in the order given."""

    halls: tuple[str, ...]
    exhibitors: tuple[Exhibitor, ...]

    def exhibitor(self, room: str) -> Exhibitor:
        """Return the company of `room`; raises KeyError when it is none of the fair's."""
        for exhibitor in self.exhibitors:
            if exhibitor.room == room:
                return exhibitor
        raise KeyError(room)

    def small(self) -> Catalogue:
        """Return the same fair with only those companies whose shows are on the air."""
        return Catalogue(self.halls, tuple(e for e in self.exhibitors if e.room in ON_AIR))


@cache
def load_catalogue() -> Catalogue:
    """Return the demo fair as `fair.toml` beside this file has it."""
    data = tomllib.loads((Path(__file__).parent / "fair.toml").read_text("utf-8"))
    return Catalogue(tuple(data["halls"]), tuple(map(_exhibitor, data["companies"])))


def _exhibitor(row: dict[str, Any]) -> Exhibitor:
    room = RoomId(row["room"])
    return Exhibitor(
        room=room,
        name=row["name"],
        country=row["country"],
        city=row["city"],
        hall=row["hall"],
        stand=row["stand"],
        about=row["about"],
        languages=tuple(row["languages"]),
        staff=tuple(row["staff"]),
        accent=row["accent"],
        portrait=f"{room}.webp",
        items=tuple(_item(item, f"{room}-{number}.webp") for number, item in enumerate(row["products"], 1)),
    )


def _item(row: dict[str, Any], picture: str) -> Item:
    kind, *materials, variant = row["draw"]
    return Item(
        title=row["title"],
        summary=row["summary"],
        price_from=Decimal(row["price"]),
        currency=row["currency"],
        minimum_order=row["minimum"],
        unit=row["unit"],
        picture=picture,
        model=Model(kind, tuple(materials), int(variant)),
    )

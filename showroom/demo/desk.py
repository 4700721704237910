"""When the exhibitors of the demo work, by their own clocks, and what their staff speak and explain."""

from __future__ import annotations

from typing import Protocol

from babel.core import get_global

from config.ids import ProductId, RoomId
from rooms.fair.hours import Hours, Weekly
from rooms.fair.policy import Actor, Role
from showroom.demo.catalogue import Catalogue, Exhibitor
from signaling.asking import Asking

NINE_TO_SIX = ((540, 1080),)
AFTERNOONS = dict.fromkeys(range(5), ((780, 1080),))
EACH = 5
"""At one exhibitor of so many, who speaks all the languages comes after noon."""
CAPITALS = {
    "BR": "America/Sao_Paulo", "MX": "America/Mexico_City", "PT": "Europe/Lisbon", "ID": "Asia/Jakarta",
    "NZ": "Pacific/Auckland", "CN": "Asia/Shanghai",
}
"""Of countries with several time zones."""


class Parts(Protocol):
    """What of the fair's parts is furnished."""

    @property
    def asking(self) -> Asking: ...


async def staff_desks(parts: Parts, catalogue: Catalogue) -> None:
    """Keep hours and languages where nobody has said any; the first of the staff speak all of them."""
    for place, exhibitor in enumerate(catalogue.exhibitors):
        await _staff(parts.asking, exhibitor, AFTERNOONS if place % EACH == 0 else {})


async def _staff(asking: Asking, exhibitor: Exhibitor, first_comes: Weekly) -> None:
    room = RoomId(exhibitor.room)
    roster = await asking.roster.of_room(room)
    for number, entry in enumerate(roster):
        if entry.languages:
            continue
        actor = Actor(entry.account, Role.STAFF, entry.name, exhibitor.name, room)
        spoken = exhibitor.languages if number == 0 else exhibitor.languages[:1]
        lines = [ProductId(f"{room}-{number + 1}")] if number < len(exhibitor.items) else []
        await asking.roster.set(actor, spoken, lines, first_comes if number == 0 else {})
    if roster and not (await asking.hours.of_room(room)).weekly:
        actor = Actor(roster[0].account, Role.STAFF, roster[0].name, exhibitor.name, room)
        weekly = dict.fromkeys(range(5), NINE_TO_SIX)
        await asking.hours.set(actor, room, Hours(_zone(exhibitor.country), weekly))


def _zone(country: str) -> str:
    return CAPITALS.get(country) or next(iter(get_global("territory_zones").get(country, ["UTC"])))

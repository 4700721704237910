"""A small fair for tests: two companies in one hall, and people of every role."""

from __future__ import annotations

from dataclasses import dataclass, field

from config.ids import AccountId, CompanyId, RoomId
from rooms.fair.companies import Companies, Company, Hall
from rooms.fair.database import Database
from rooms.fair.policy import Actor, Role

OAK, LAMP = RoomId("oak-and-ash"), RoomId("lamp-works")
PASSWORD = "three dovetails"


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    now: float = 1_800_000_000.0
    moves: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def move(self, seconds: float) -> None:
        self.moves.append(seconds)
        self.now += seconds


def company(room: RoomId, name: str, hall: int = 1, country: str = "PT", about: str = "") -> Company:
    return Company(
        CompanyId(f"company-{room}"), room, name, country, "Porto", hall, "A12", about, ("en", "pt"),
        "ochre", "oak.webp",
    )


async def furnish(database: Database) -> None:
    companies = Companies(database)
    await companies.add_hall(Hall(1, "Furniture"))
    await companies.add(company(OAK, "Oak & Ash"))
    await companies.add(company(LAMP, "Lamp Works"))


def buyer(number: int = 1) -> Actor:
    return Actor(AccountId(f"buyer-{number}"), Role.BUYER, f"Buyer {number}", "Trade Ltd", None, "FI", "en")


def staff(number: int = 1, room: RoomId = OAK) -> Actor:
    return Actor(AccountId(f"staff-{room}-{number}"), Role.STAFF, f"Staff {number}", "Oak & Ash", room)


def guest() -> Actor:
    return Actor(AccountId("guest:abc"), Role.GUEST, "Guest", "", None)


def organiser() -> Actor:
    return Actor(AccountId("organiser-1"), Role.ORGANISER, "Olga", "The fair", None)

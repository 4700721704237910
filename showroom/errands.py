"""Short errands that need the database and nothing else: an account, a stream key."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from config.ids import RoomId
from config.settings import Settings
from rooms.fair.accounts import Accounts
from rooms.fair.database import Database
from rooms.fair.policy import Role
from rooms.fair.stream_keys import StreamKeys
from showroom import data_folder

OPERATOR = "operator"
"""Who rotated a stream key when it was done on the command line."""


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What the command line says of an account; staff need the room of their company."""

    role: str
    email: str
    name: str
    room: str
    company: str
    password: str = field(repr=False)


async def add_account(settings: Settings, new: NewAccount) -> str:
    """Add the account and return a sentence that says so."""
    async with _database(settings) as database:
        accounts = Accounts(database, time.time, settings.accounts.session_hours)
        room = RoomId(new.room) if new.room else None
        account = await accounts.add(new.email, new.password, new.name, Role(new.role), room, new.company)
    return f"{account.email} can sign in as {account.role}"


async def stream_key(settings: Settings, room: str) -> str:
    """Replace the stream key of a room and return the new one; the old one stops working."""
    async with _database(settings) as database:
        return await StreamKeys(database, time.time).rotate(RoomId(room), OPERATOR)


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[Database]:
    database = Database(data_folder.prepare(settings).database.url)
    try:
        await database.migrate()
        yield database
    finally:
        await database.close()

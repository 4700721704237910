"""Short errands that need the database and nothing else: accounts, a stream key, the audit trail."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from config.errors import Conflict, Invalid, Missing
from config.ids import RoomId
from config.settings import Settings
from rooms.fair.accounts import Accounts
from rooms.fair.audit import Audit, Head
from rooms.fair.database import Database, where
from rooms.fair.policy import Role
from rooms.fair.seal import Seal
from rooms.fair.stream_keys import StreamKeys
from rooms.negotiation.offers.proving import first_changed
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
    """Add the account and return a sentence that says so; the first one may come before the fair opens."""
    async with database_of(settings, may_make=True) as database:
        accounts = Accounts(database, time.time, settings.accounts.session_hours)
        room = RoomId(new.room) if new.room else None
        account = await accounts.add(new.email, new.password, new.name, Role(new.role), room, new.company)
    return f"{account.email} can sign in as {account.role}"


async def disable_account(settings: Settings, email: str) -> str:
    """Disable an account and return a sentence that says so; nodes show out whoever is in by it."""
    async with database_of(settings) as database:
        accounts = Accounts(database, time.time, settings.accounts.session_hours)
        (account,) = await accounts.by_emails([email])
        await accounts.disable(account.id)
    return f"{account.email} cannot sign in any more"


async def stream_key(settings: Settings, room: str) -> str:
    """Replace the stream key of a room and return the new one; the old one stops working."""
    async with database_of(settings) as database:
        return await StreamKeys(database, time.time).rotate(RoomId(room), OPERATOR)


async def check_audit(settings: Settings, receipt: Path | None) -> str:
    """Return a sentence that says that the audit trail is whole, and all offers are what it says of them.

    `Conflict` says where the trail is broken first, or names an offer that was changed; `Missing` that there
    is no trail, or no key that seals it. `receipt` is a file of an exported thread, which carries the end of
    the trail at its time.
    """
    async with database_of(settings) as database:
        seal = Seal(data_folder.seal_key(settings.data.folder, may_make=False))
        audit = Audit(seal)
        head = _head_in(receipt) if receipt else None
        if head is not None and not audit.is_genuine(head):
            raise Invalid(f"{receipt} carries no receipt of this fair")
        async with database.reading() as session:
            fault, end = await audit.fault(session, head), await audit.head(session)
            if fault is not None:
                raise Conflict(f"the audit trail is broken at entry {fault.sequence}: {fault.kind}")
            changed = await first_changed(session, seal)
    if changed is not None:
        raise Conflict(f"the offer {changed} is not what the audit trail says")
    return f"the audit trail is whole: {end.sequence} entries"


def _head_in(receipt: Path) -> Head:
    try:
        facts = json.loads(receipt.read_text("utf-8"))["audit"]
        return Head(int(facts["sequence"]), str(facts["hash"]), str(facts["seal"]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise Invalid(f"{receipt} is not an exported thread: {error}") from None


@asynccontextmanager
async def database_of(settings: Settings, *, may_make: bool = False) -> AsyncIterator[Database]:
    """Give the fair's database, its tables up to date.

    Where there is none it is made, or `Missing` says so: a folder may be mistyped.
    """
    url = (data_folder.prepare if may_make else data_folder.located)(settings).database.url
    database = Database(url)
    try:
        if not may_make and not await database.is_there():
            raise Missing(
                f"there is no fair in {where(url)}: say with SHOWROOM_DATA_FOLDER or SHOWROOM_DATABASE_URL"
                " where it is, as the server is told, or open it first with showroom serve"
            )
        await database.migrate()
        yield database
    finally:
        await database.close()

"""Assembles the offers: with the fair's seal, the herald as its ear, and the sweep of what has expired."""

from __future__ import annotations

from collections.abc import Callable

from config.settings import Settings
from rooms.fair.accounts import Accounts
from rooms.fair.database import Database
from rooms.fair.seal import Seal
from rooms.negotiation.calls import Calls
from rooms.negotiation.offers.bureau import Bureau
from rooms.negotiation.offers.bureau import open_bureau as put_together
from showroom import data_folder
from signaling.clockwork import Job
from signaling.herald import Herald

EXPIRY_SECONDS, FORGET_SECONDS = 2.0, 3600.0


def open_bureau(
    settings: Settings, database: Database, accounts: Accounts, calls: Calls, herald: Herald,
    clock: Callable[[], float],
) -> tuple[Bureau, tuple[Job, ...]]:
    """Return the bureau, and what the clockwork has to do for it."""
    seal = Seal(data_folder.seal_key(settings.data.folder))
    bureau = put_together(
        database, accounts, seal, clock, settings.public_url, herald.offer_changed, calls.erase_names
    )
    return bureau, (
        Job("expire offers", EXPIRY_SECONDS, bureau.offers.expire),
        Job("forget requests", FORGET_SECONDS, bureau.offers.forget_requests),
    )

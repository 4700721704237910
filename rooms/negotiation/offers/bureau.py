"""All that offers need, put together once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rooms.fair.accounts import Accounts
from rooms.fair.audit import Audit
from rooms.fair.database import Database
from rooms.fair.seal import Seal
from rooms.negotiation.offers.desk import Desk, OnChange
from rooms.negotiation.offers.drafts import Drafts
from rooms.negotiation.offers.erasure import Erasure, Forget
from rooms.negotiation.offers.offers import Offers
from rooms.negotiation.offers.signing import Signing
from rooms.negotiation.offers.tally import Tallies
from rooms.negotiation.offers.threads import Threads


@dataclass(frozen=True, slots=True)
class Bureau:
    """The parts that keep threads and offers."""

    threads: Threads
    offers: Offers
    drafts: Drafts
    signing: Signing
    erasure: Erasure
    tallies: Tallies
    audit: Audit
    seal: Seal


def open_bureau(
    database: Database, accounts: Accounts, seal: Seal, clock: Callable[[], float], fair: str,
    on_change: OnChange, forget: Forget,
) -> Bureau:
    """Put the parts together; `fair` is how the fair names itself, `on_change` hears of each change.

    `forget` takes erased names out of the store, which has calls too.
    """
    audit = Audit(seal)
    desk = Desk(database, audit, clock, on_change)
    return Bureau(
        Threads(database), Offers(desk, fair), Drafts(desk), Signing(desk, accounts, seal),
        Erasure(desk, audit, forget), Tallies(database), audit, seal,
    )

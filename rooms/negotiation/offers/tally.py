"""How many offers a fair brings: counted for its organiser, who reads none of them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from rooms.fair.database import Database
from rooms.fair.offer_rows import OfferRow
from rooms.negotiation.offers.states import OfferState


@dataclass(frozen=True, slots=True)
class Tally:
    """Offers of some time: first `sent` in it, by either side; `agreed` when in it both had signed."""

    sent: int
    agreed: int


class Tallies:
    """Counts offers over all rooms."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def since(self, moment: float) -> Tally:
        """Count from a moment on, in Unix seconds."""
        moment_ms = int(moment * 1000)
        sent = select(func.count()).where(OfferRow.opened_at_ms >= moment_ms)
        is_agreed = OfferRow.state == OfferState.AGREED.value  # the last that can change of an offer
        agreed = select(func.count()).where(is_agreed, OfferRow.changed_at_ms >= moment_ms)
        async with self._database.reading() as session:
            return Tally(await session.scalar(sent) or 0, await session.scalar(agreed) or 0)

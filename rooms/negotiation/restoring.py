"""What the store lost comes back from SQL: a flushed or failed-over Redis ends no call and forgets none."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from config.ids import CallId
from rooms.negotiation.call import Call, Record, Seat
from rooms.negotiation.call_store import CallStore
from rooms.negotiation.outcomes import Outcomes
from rooms.negotiation.rules import is_open
from rooms.negotiation.states import CallState

LOOK_BACK_SECONDS = 12 * 3600
SEAT_SECONDS = 4 * 3600
"""The two may sit in their call and have noticed nothing: only a new socket takes a seat."""

log = logging.getLogger(__name__)


class Restoring:
    """Puts open calls back into the store."""

    def __init__(self, store: CallStore, outcomes: Outcomes, clock: Callable[[], float]) -> None:
        self._store = store
        self._outcomes = outcomes
        self._clock = clock

    async def find(self, call_id: CallId) -> Record | None:
        """Return a call the store does not have, put back if it is open; None when there never was one."""
        call = await self._outcomes.get(call_id)
        if call is None:
            return None
        if not is_open(call):
            return _record(call, self._clock())
        await self._restore(call)
        return await self._store.read(call_id)

    async def restore_if_lost(self) -> None:
        """Put all open calls back when the store was emptied; else this is one read."""
        if await self._store.remembers():
            return
        calls = await self._outcomes.open_since(self._clock() - LOOK_BACK_SECONDS)
        for call in calls:
            await self._restore(call)
        await self._store.remember()
        log.info("calls restored", extra={"calls": len(calls)})

    async def _restore(self, call: Call) -> None:
        await self._store.restore(_record(call, self._clock()))
        await self._store.note_parties(call)


def _record(call: Call, now: float) -> Record:
    """Return the call as settled, with seats that are believed to be held."""
    record = Record(call, turned=call.epoch, settled=call.epoch)
    if call.state is not CallState.TALKING:
        return record
    held = Seat(kept_until=now + SEAT_SECONDS)
    return replace(record, buyer_seat=held, staff_seat=held)

"""What the store lost comes back from SQL: a flushed or failed-over Redis ends no call and forgets none."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from config.ids import CallId
from rooms.negotiation import rules
from rooms.negotiation.call import Call, Record, Seat
from rooms.negotiation.call_store import CallStore
from rooms.negotiation.outcomes import LOOK_BACK_SECONDS, Outcomes, verdict
from rooms.negotiation.states import UNANSWERED, CallKind, CallState

ENDED_SECONDS = 600
"""What ended longer ago than this, a store that failed over has heard of: no replica lags so far behind."""
SEAT_SECONDS = 120.0
"""The two may sit in their call and have noticed nothing: nodes seat them again within seconds, and pages
that lost their server come back in that time. For whoever left meanwhile nobody is kept busy any longer."""
EPOCHS = 100
"""So far ahead of what was written down begins what is put back: of what was lost, none is ahead of it."""

log = logging.getLogger(__name__)


class Restoring:
    """Puts open calls back into the store, and finds where it disagrees with the records."""

    def __init__(self, store: CallStore, outcomes: Outcomes, clock: Callable[[], float]) -> None:
        self._store = store
        self._outcomes = outcomes
        self._clock = clock

    async def find(self, call_id: CallId) -> Record | None:
        """Return a call the store does not have, put back if it is open; None when there never was one."""
        call = await self._outcomes.get(call_id)
        if call is None:
            return None
        if not rules.is_open(call):
            return Record(call, turned=call.epoch, settled=call.epoch)
        return await self._put_back(call)

    async def unsure(self) -> list[Call]:
        """Return the calls of the records that the store may have forgotten, or not heard the end of."""
        now = self._clock()
        return await self._outcomes.unsure(now - LOOK_BACK_SECONDS, now - ENDED_SECONDS)

    async def restored(self, call: Call) -> Record | None:
        """Return a call of the records as the store has it, put back if it must be; None if it need not."""
        record = await self._store.read(call.id)
        if record is None and rules.is_open(call):
            return await self._put_back(call)
        return record

    def doubt(self, call: Call) -> Callable[[Record], Record]:
        """Return the rule that makes the store ask the records again where it disagrees with `call`."""
        seat = Seat(kept_until=self._clock() + SEAT_SECONDS)

        def rule(record: Record) -> Record:
            return rules.doubt(record, seat if call.state is CallState.TALKING else None) if (
                _disagree(record.call, call)
            ) else record

        return rule

    async def _put_back(self, call: Call) -> Record | None:
        log.info("call restored", extra={"call": call.id, "state": call.state})
        await self._store.restore(_record(call, self._clock()))
        await self._store.note_parties(call)
        return await self._store.read(call.id)


def _disagree(kept: Call, written: Call) -> bool:
    """Tell whether the records know better than the store."""
    state = verdict(written.state, written.answered_by is not None, kept.state)
    return state is not kept.state or written.answered_by not in (None, kept.answered_by)


def _record(call: Call, now: float) -> Record:
    """Return an open call with seats that are believed to be held; one without an answer is told again."""
    ahead = replace(call, epoch=call.epoch + EPOCHS)
    record = Record(ahead, turned=ahead.epoch, settled=0 if call.state in UNANSWERED else ahead.epoch)
    if call.state is not CallState.TALKING:
        return record
    gather_until = call.rings_until if call.kind is CallKind.APPOINTMENT else None
    held = Seat(kept_until=max(now + SEAT_SECONDS, gather_until or 0.0))
    return replace(record, buyer_seat=held, staff_seat=held, gather_until=gather_until)

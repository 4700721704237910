"""How a call changes: once, whoever tries, whatever is lost on the way.

A change goes through three doors, each of which anybody can try again without harm: it is swapped in in
Redis, where one of many wins; it is written down in SQL, whose unique row confirms the winner; it is marked
as settled, and whoever marks it tells the world, once. A node that dies between two doors leaves a deadline
behind, and the sweep of any node does the rest.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable

from config.errors import Busy, FairError, Missing
from config.ids import CallId, new_id
from rooms.negotiation import rules
from rooms.negotiation.call import Call, Record
from rooms.negotiation.call_store import CallStore
from rooms.negotiation.outcomes import Outcomes
from rooms.negotiation.restoring import Restoring

ATTEMPTS = 40
CALL_ID = re.compile(r"[a-z0-9-]{1,63}\.[A-Za-z0-9_-]{22}")

Rule = Callable[[Record], Record]

log = logging.getLogger(__name__)


class Changes:
    """Reads calls, swaps them, settles what was swapped, and does what is due."""

    def __init__(
        self, store: CallStore, outcomes: Outcomes, clock: Callable[[], float],
        on_change: Callable[[Call], Awaitable[None]],
    ) -> None:
        self._store = store
        self._outcomes = outcomes
        self._restoring = Restoring(store, outcomes, clock)
        self._clock = clock
        self._on_change = on_change
        self._untold: dict[CallId, int] = {}
        """Changes that are settled and could not be told, by what `turned` was."""
        self._is_unsure = False

    async def reconcile_if_lost(self) -> None:
        """Do so when the store was emptied, or when it could not be done before; else this is one read."""
        if self._is_unsure or not await self._store.remembers():
            await self.reconcile()

    async def reconcile(self) -> None:
        """Bring the store in line with the records: what it lost comes back, what it has not heard it hears.

        A fail-over leaves the state of some seconds ago. Whatever differs from then on goes through the same
        three doors as any change, so that all are told; what cannot be done now, the next sweep does.
        """
        self._is_unsure = True
        for call in await self._restoring.unsure():
            record = await self._restoring.restored(call)
            if record is not None:
                await self.settle((await self._try(record, self._restoring.doubt(call), new_id()))[0])
        await self._store.remember()
        self._is_unsure = False

    async def change(self, record: Record, rule: Rule, request_id: str = "") -> Record:
        """Return what `rule` makes of the call, swapped in unless that is what it is already."""
        return (await self._try(record, rule, request_id or new_id()))[0]

    async def settle(self, record: Record) -> Record:
        """Write down what changed and tell it, unless somebody has done so already."""
        for _ in range(ATTEMPTS):
            if record.settled >= record.turned:
                return record
            verdict = await self._outcomes.record(record.call)
            after = rules.settle(record, verdict.state, verdict.answered_by, verdict.answered_by_name)
            epoch = await self._store.settle(record, after, new_id())
            if epoch is not None:
                settled = rules.at_epoch(after, epoch)
                log.info("call changed", extra={"call": settled.call.id, "state": settled.call.state})
                await self._tell(settled)
                return settled
            record = await self.read(record.call.id)
        raise Busy("Too much happens to this call at once; try again.", code="busy")

    async def tell_rest(self) -> None:
        """Tell what could not be told before: once it is settled nobody else does."""
        for call_id, turned in list(self._untold.items()):
            try:
                record = await self.read(call_id)
            except Missing:  # it was erased
                self._strike(call_id, turned)
                continue
            if record.turned == turned:
                await self._tell(record)
            else:  # whoever changed it since tells that
                self._strike(call_id, turned)

    async def read(self, call_id: CallId) -> Record:
        """Return a call, also one that is over; `Missing` (`no_call`)."""
        if CALL_ID.fullmatch(call_id):
            record = await self._store.read(call_id) or await self._restoring.find(call_id)
            if record is not None:
                return record
        raise Missing("There is no such call.", code="no_call")

    async def sweep(self, call_id: CallId) -> Call | None:
        """Do what is due to one call and return it if that changed it; a refusal concerns that call alone."""
        now = self._clock()
        try:
            record = await self._store.read(call_id)
            if record is None:
                await self._store.forget(call_id)
                return None
            record, changed = await self._try(record, lambda it: rules.expire(it, now), new_id())
            record = await self.settle(record)
        except FairError as error:
            log.warning("call not swept", extra={"call": call_id, "code": error.code})
            return None
        return record.call if changed else None

    async def _tell(self, record: Record) -> None:
        call = record.call
        try:
            await self._on_change(call)
        except FairError as error:
            log.warning("call not told", extra={"call": call.id, "code": error.code})
            self._untold[call.id] = record.turned
            return
        self._strike(call.id, record.turned)

    def _strike(self, call_id: CallId, turned: int) -> None:
        """Strike a change from what is to be told, unless a later one stands there by now."""
        if self._untold.get(call_id) == turned:
            del self._untold[call_id]

    async def _try(self, record: Record, rule: Rule, request_id: str) -> tuple[Record, bool]:
        """Swap as often as others were faster; return the call, and whether this swapped it."""
        for _ in range(ATTEMPTS):
            after = rule(record)
            if after == record:
                return record, False
            epoch = await self._store.swap(record, after, request_id)
            if epoch is not None:
                return rules.at_epoch(after, epoch), True
            record = await self.read(record.call.id)
        raise Busy("Too much happens to this call at once; try again.", code="busy")

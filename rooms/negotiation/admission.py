"""Who may ask for a call: nobody who is blocked or has asked for many, and where somebody is on duty."""

from __future__ import annotations

from config.errors import Busy, Conflict, Denied
from rooms.fair.blocks import Blocks
from rooms.live.duty import Crew, Duty
from rooms.negotiation.call import Call
from rooms.negotiation.call_store import CallStore


class Admission:
    """Lets requests in."""

    def __init__(self, store: CallStore, blocks: Blocks, duty: Duty) -> None:
        self._store = store
        self._blocks = blocks
        self._duty = duty

    async def admit(self, call: Call, request_key: str) -> Crew:
        """Return who is on duty, or refuse: a limit, a block, or nobody there."""
        await self._blocks.check(call.room, call.buyer)
        crew = await self._duty.crew(call.room)
        if not crew.on_duty:
            raise Conflict("Nobody is on duty here at the moment.", code="nobody_on_duty")
        if not await self._store.reserve(call, request_key):
            message = "You have asked for many calls; wait for an answer to one of them."
            raise Busy(message, code="too_many_requests", retry_after_seconds=15)
        return crew

    async def is_blocked(self, call: Call) -> bool:
        """Tell whether the exhibitor takes nothing from the buyer of a call."""
        try:
            await self._blocks.check(call.room, call.buyer)
        except Denied:
            return True
        return False

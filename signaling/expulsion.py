"""Whose account is disabled is out at once: their sockets, their pictures, their calls, on every node.

Of an account that got another password, or signed out, only what was opened by the sign-ins ends that ended
by it. Accounts are changed in the records, by whoever may. Each node looks there once a second, so that
nothing need be told to it, and remembers for as long as a ticket could still be good.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from config.ids import AccountId
from config.settings import Settings
from rooms.fair.accounts import Account, Accounts
from rooms.fair.sign_ins import SignIns
from rooms.negotiation.calls import Calls
from rooms.negotiation.states import UNANSWERED
from signaling.call_room import MEDIA_SECONDS
from signaling.call_stage import CallStage
from signaling.replies import attempt
from signaling.stage import Stage
from signaling.tickets import Tickets

LOOK_SECONDS = 1.0
HOUR_SECONDS = 3600.0
LATE_SECONDS = 60.0
"""A change may be seen so long after the time it bears: it was being written, or another clock was behind."""


class Expulsion:
    """Shows people out; `close_sockets` is set by whoever has the sockets."""

    def __init__(
        self, accounts: Accounts, tickets: Tickets, stage: Stage, call_stage: CallStage, calls: Calls,
        clock: Callable[[], float], settings: Settings,
    ) -> None:
        self.close_sockets: Callable[[], Awaitable[None]]
        self._accounts = accounts
        self._tickets = tickets
        self._stage = stage
        self._call_stage = call_stage
        self._calls = calls
        self._clock = clock
        longest = max(MEDIA_SECONDS, settings.accounts.publish_hours * HOUR_SECONDS)
        self._remember_seconds = longest + HOUR_SECONDS
        self._out: frozenset[AccountId] = frozenset()
        self._ended: dict[AccountId, SignIns] = {}
        self._looked_at = 0.0

    async def look(self) -> None:
        """Show those out who were disabled, or came by a sign-in that was ended; their tickets are void.

        Not once: somebody may have been on the way in by a ticket that was good when it was read.
        """
        now = self._clock()
        since = now - self._remember_seconds
        found = await self._accounts.disabled_since(since)
        before, self._out = self._out, frozenset(account.id for account in found)
        await self._read_ended(now, since)
        self._tickets.void(self._out, self._ended)
        new = (account for account in found if account.id not in before)
        ending = (attempt(self._end_calls(account), "end calls") for account in new)
        await asyncio.gather(self._show_out(), *ending)

    async def _read_ended(self, now: float, since: float) -> None:
        """Read which sign-ins were ended since the last look: in all these hours there may be thousands."""
        new = await self._accounts.sign_ins_ended_since(max(since, min(self._looked_at, now) - LATE_SECONDS))
        known = self._ended | new
        self._ended = {account: it for account, it in known.items() if it.ended_at > since}
        self._looked_at = now

    async def _show_out(self) -> None:
        """Ask no store: one that is away keeps nobody's socket open."""
        for held in self._stage.void(self._tickets.is_void):
            self._stage.end(held)
        self._call_stage.end_void(self._tickets.is_void)
        await attempt(self.close_sockets(), "close sockets")

    async def _end_calls(self, account: Account) -> None:
        """End the call they are in, and let nothing ring that they began or would be rung by.

        Another node may do so just now, too.
        """
        actor = account.actor
        talking = await self._calls.talking_of(account.id)
        if talking is not None:
            await attempt(self._calls.hang_up(actor, talking.id), "hang up")
        for call in await self._calls.all_of_buyer(account.id):
            end = self._calls.cancel if call.is_request else self._calls.outgoing.refuse
            if call.state in UNANSWERED:
                await attempt(end(actor, call.id), "end request")
        for call in await self._calls.outgoing.of_room(account.room) if account.room else ():
            if call.called_by == account.id:
                await attempt(self._calls.outgoing.take_back(actor, call.id), "take back")

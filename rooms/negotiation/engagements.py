"""Who is in which call: a note for each person, kept by the very scripts that change calls.

A change that would bring somebody in is refused while their note names another call, so that of several
nodes at once one decides.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from redis.asyncio import Redis

from config.errors import Busy
from config.ids import AccountId, CallId
from rooms.live import keys, reading
from rooms.live.scripts import Scripts
from rooms.negotiation.call import Record
from rooms.negotiation.gathering import is_in

RETRY_SECONDS = 60


class Becomes(StrEnum):
    """What a change of a call makes of somebody; the scripts know these words.

    Who `COMES` must be in no other call; of who `IS` in the call the records say so, which know better.
    """

    COMES = "comes"
    IS = "is"
    STAYS = "stays"
    GOES = "goes"


class InOtherCall(Busy):
    """Those named in `accounts` would have to be in two calls; nothing was changed."""

    code = "in_a_call"

    def __init__(self, accounts: frozenset[AccountId]) -> None:
        message = "One of the two is in another call right now; try again in a while."
        super().__init__(message, retry_after_seconds=RETRY_SECONDS)
        self.accounts = accounts


class Engagements:
    """Looks after the notes; `scripts` are those that keep them."""

    def __init__(self, redis: Redis, scripts: Scripts) -> None:
        self._redis = redis
        self._scripts = scripts

    async def check(self, accounts: Collection[AccountId]) -> None:
        """Raise `InOtherCall` if some of those whom a script refused are in a call.

        A note of a call that does not have them is dropped: whoever tries again finds them free.
        """
        found = frozenset({account for account in accounts if await self._is_in_a_call(account)})
        if found:
            raise InOtherCall(found)

    async def _is_in_a_call(self, account: AccountId) -> bool:
        note = keys.in_call(account)
        call = await reading.text(self._redis, note)
        if call is None:
            return False
        return not await self._scripts.run("come_free", [note, keys.call(CallId(call))], call, account)


def inside(record: Record) -> list[AccountId]:
    """Return who is in a call."""
    parties = dict.fromkeys((record.call.buyer, record.call.answered_by))
    return [account for account in parties if account is not None and is_in(record, account)]


def changed(before: Record, after: Record, *, by_records: bool) -> dict[AccountId, Becomes]:
    """Return what a change makes of everybody who is in the call before or after it."""
    were, are = inside(before), inside(after)
    came = Becomes.IS if by_records else Becomes.COMES
    stay = {account: Becomes.STAYS if account in were else came for account in are}
    return stay | {account: Becomes.GOES for account in were if account not in are}

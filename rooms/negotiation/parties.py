"""Nobody is in two calls: who takes a call must be free, and so must the other one.

Asked before a call is taken, so that most hear at once why not. When several are as fast, the script decides
that changes the call, and behind it the records.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager

from config.errors import Busy
from config.ids import AccountId, CallId
from rooms.fair.policy import Actor
from rooms.negotiation.call import Record
from rooms.negotiation.call_store import CallStore
from rooms.negotiation.engagements import RETRY_SECONDS, InOtherCall
from rooms.negotiation.gathering import is_in

Refusals = Mapping[AccountId, Callable[[], Busy]]
"""What is said of whom when they are in another call, the first of those who are."""


async def require_free(
    store: CallStore, staff: AccountId, buyer: AccountId, but: CallId | None = None
) -> None:
    """Refuse while one of the two is in another call than `but`; `Busy` (`in_a_call`) to the staff."""
    refuse_if_talking({it for it in (staff, buyer) if await _is_talking(store, it, but)}, staff, buyer)


def refuse_if_talking(found: Collection[AccountId], staff: AccountId, buyer: AccountId) -> None:
    """Tell the staff that one of the two is among those found in a call."""
    _refuse(found, {staff: you_talk, buyer: buyer_talks})


@contextmanager
def telling(refusals: Refusals) -> Iterator[None]:
    """Say who is in another call when the store refuses a change because of it."""
    try:
        yield
    except InOtherCall as error:
        _refuse(error.accounts, refusals)
        raise


def neither_free() -> Busy:
    """Return what is said when the records know of another call that the store has not heard of yet."""
    message = "You or this buyer are in another call right now; try again in a while."
    return Busy(message, code="in_a_call", retry_after_seconds=RETRY_SECONDS)


async def require_free_to_answer(
    store: CallStore, buyer: AccountId, staff: AccountId, but: CallId
) -> None:
    """Do the same for a buyer whom the staff call."""
    found = {account for account in (buyer, staff) if await _is_talking(store, account, but)}
    _refuse(found, {buyer: you_talk, staff: caller_talks})


async def require_free_to_sit(store: CallStore, actor: Actor, record: Record) -> None:
    """Refuse somebody who comes to an arranged call and is in another one; `Busy` (`in_a_call`)."""
    is_arrival = record.gather_until is not None and not is_in(record, actor.id)
    if is_arrival and await _is_talking(store, actor.id, record.call.id):
        _refuse([actor.id], {actor.id: you_talk})


def you_talk() -> Busy:
    """Return what is said to somebody who is in another call themselves."""
    return Busy("You are in a call; end it first.", code="in_a_call", retry_after_seconds=RETRY_SECONDS)


def buyer_talks() -> Busy:
    """Return what is said to the staff of a buyer."""
    message = "This buyer is in a call right now; try again in a while."
    return Busy(message, code="in_a_call", retry_after_seconds=RETRY_SECONDS)


def caller_talks() -> Busy:
    """Return what is said to a buyer of the staff who called them."""
    message = "Who called you is in another call by now; they will call again."
    return Busy(message, code="in_a_call", retry_after_seconds=RETRY_SECONDS)


def _refuse(found: Collection[AccountId], refusals: Refusals) -> None:
    for account, refusal in refusals.items():
        if account in found:
            raise refusal()


async def _is_talking(store: CallStore, account: AccountId, but: CallId | None) -> bool:
    return any(is_in(record, account) for record in await store.of(account, but))

"""What surrounds a request: who is here and may be seen, what was missed, and the calls staff make."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from redis.asyncio import Redis

from config.errors import Conflict, FairError
from config.ids import AccountId, CallId, RoomId
from rooms.fair.blocks import Blocks
from rooms.fair.buyer_messages import BuyerMessages
from rooms.fair.database import Database
from rooms.fair.hours import HoursStore
from rooms.fair.policy import Actor, Permission, Role, require
from rooms.fair.roster import Roster
from rooms.fair.visibility import Choice, Visibility
from rooms.live.visits import Visit, Visits, invited_already
from rooms.negotiation.appointments.appointment import Appointment, Asker, Wish
from rooms.negotiation.appointments.book import Appointments
from rooms.negotiation.call import Call
from rooms.negotiation.calls import Calls
from rooms.negotiation.follow_up import FollowUp
from rooms.negotiation.outcomes import Outcomes
from rooms.negotiation.outgoing import Callee
from rooms.negotiation.states import UNANSWERED, CallKind


@dataclass(frozen=True, slots=True)
class Asking:
    """Who keeps it."""

    hours: HoursStore
    roster: Roster
    messages: BuyerMessages
    blocks: Blocks
    visibility: Visibility
    visits: Visits
    follow_up: FollowUp
    outcomes: Outcomes

    async def visible(self, room: RoomId) -> list[Visit]:
        """Return the buyers in a room who let its staff see them."""
        here = await self.visits.of_room(room)
        shown = await self.visibility.shown_to(room, [visit.account for visit in here])
        return [visit for visit in here if visit.account in shown]

    async def is_visible(self, actor: Actor, room: RoomId) -> bool:
        """Tell whether the staff of a room may see somebody."""
        if actor.role is not Role.BUYER:
            return False
        return await self.visibility.of(actor.id, room) is not Choice.HIDDEN

    async def invite(self, calls: Calls, actor: Actor, room: RoomId, who: AccountId, key: str) -> Call:
        """Invite a visible visitor into a call, once a visit and never after a refusal.

        `Denied`, `Missing` (`not_here`), `Conflict` (`invited_already`, `refused_before`).
        """
        require(actor, Permission.CALL_BUYERS, room)
        if await self.visibility.of(who, room) is Choice.HIDDEN:
            raise Conflict("This visitor is not visible to you.", code="not_visible")
        if await self.visibility.has_refused(room, who):
            message = "This visitor wants no invitations from you."
            raise Conflict(message, code="refused_before")
        visit = await self.visits.claim(room, who, key)
        callee = Callee(visit.account, visit.name, visit.company, visit.country, visit.language)
        try:
            if not visit.is_invited and await self.outcomes.was_invited(room, who, visit.since):
                raise invited_already()  # which the store has forgotten
            return await calls.outgoing.ring(actor, room, CallKind.INVITATION, callee, key)
        except FairError:
            await self.visits.give_back(room, who)
            raise

    async def call_back(self, calls: Calls, actor: Actor, room: RoomId, subject: str, key: str) -> Call:
        """Ring the buyer of a missed request or of a message; `Denied`, `Missing`."""
        require(actor, Permission.CALL_BUYERS, room)
        callee = await self.callee(room, subject)
        return await calls.outgoing.ring(actor, room, CallKind.CALL_BACK, callee, key)

    async def propose(
        self, book: Appointments, actor: Actor, room: RoomId, subject: str, wish: Wish, key: str = ""
    ) -> Appointment:
        """Suggest a time to the buyer of a missed request or of a message, about what they were asking.

        As `Appointments.propose`, and `Missing` (`no_call`, `no_message`).
        """
        require(actor, Permission.RUN_APPOINTMENTS, room)
        it = await self.callee(room, subject)
        to = Asker(it.buyer, it.name, it.company, it.country, it.language)
        return await book.propose(actor, room, to, replace(wish, product=it.product), key)

    async def refuse(self, calls: Calls, actor: Actor, call_id: CallId) -> Call:
        """Refuse a call of the staff; the refusal of an invitation is remembered."""
        call = await calls.outgoing.refuse(actor, call_id)
        if call.kind is CallKind.INVITATION:
            await self.visibility.refuse(call.room, call.buyer)
        return call

    async def block(self, calls: Calls, actor: Actor, room: RoomId, account: AccountId) -> None:
        """Block a buyer and decline what they wait for; the sweep cancels their appointments to come.

        A call that has begun goes on. `Denied`, `Missing` (`no_account`).
        """
        await self.blocks.block(actor, room, account)
        for call in await calls.all_of_buyer(account):
            if call.room == room and call.is_request and call.state in UNANSWERED:
                with suppress(Conflict):  # answered, taken back or missed meanwhile
                    await calls.decline(actor, call.id)

    async def callee(self, room: RoomId, subject: str) -> Callee:
        """Return the buyer of a missed request or of a message; `Missing` (`no_call`, `no_message`)."""
        if subject.startswith("message-"):
            it = await self.messages.get(room, subject)
            return Callee(
                it.buyer, it.buyer_name, it.buyer_company, it.buyer_country, it.buyer_language,
                it.wish.product, it.id,
            )
        call = await self.follow_up.call(room, CallId(subject))
        return Callee(
            call.buyer, call.buyer_name, call.buyer_company, call.buyer_country, call.buyer_language,
            call.product, call.id,
        )


def asking_in(database: Database, redis: Redis, clock: Callable[[], float]) -> Asking:
    """Return what surrounds requests, in these stores."""
    return Asking(
        HoursStore(database, clock), Roster(database, clock), BuyerMessages(database, clock),
        Blocks(database, clock), Visibility(database, clock), Visits(redis, clock),
        FollowUp(database, clock), Outcomes(database),
    )

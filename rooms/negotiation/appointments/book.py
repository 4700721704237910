"""The appointments: asked for by buyers or proposed by staff, answered, moved, taken back by either side."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from config.errors import Missing
from config.ids import AccountId, AppointmentId, RoomId, new_id
from config.settings import AppointmentSettings
from rooms.fair import requests
from rooms.fair.appointment_rows import AppointmentRow
from rooms.fair.blocks import check_not_blocked
from rooms.fair.database import Database
from rooms.fair.policy import Actor, Permission, require
from rooms.negotiation.appointments import claims, rules
from rooms.negotiation.appointments.appointment import Appointment, Asker, Side, Wish
from rooms.negotiation.appointments.before import WHAT, asked_before, check_not_most, let_go, made_for
from rooms.negotiation.appointments.diary import Diary, Wanted
from rooms.negotiation.appointments.letters import Letters, News
from rooms.negotiation.appointments.mapping import appointment_in, found, in_states, locked, put, values_of
from rooms.negotiation.appointments.proposals import check_reachable, proposed_before, zone_of_buyer
from rooms.negotiation.appointments.slots import Attendant, quarters
from rooms.negotiation.appointments.states import OPEN, AppointmentState
from rooms.negotiation.appointments.wishes import check_product, checked

LIST_LIMIT = 500

Rule = Callable[[Appointment, Side], Appointment]


class Appointments:
    """Keeps appointments. Times are Unix seconds, `clock` gives them."""

    def __init__(
        self, database: Database, diary: Diary, letters: Letters, clock: Callable[[], float],
        settings: AppointmentSettings,
    ) -> None:
        self.diary = diary
        self._database = database
        self._letters = letters
        self._clock = clock
        self._hold_seconds = settings.hold_hours * 3600

    async def request(self, actor: Actor, room: RoomId, wish: Wish, key: str = "") -> Appointment:
        """Ask for a time and hold it, with one of the staff who is there then.

        The same time again, or the same `key`, is the same appointment. `Denied` (also `blocked`), `Invalid`,
        `Conflict` (`closed`, `too_late`, `slot_taken`, `buyer_taken`), `Busy` (`too_many_appointments`),
        `Missing` (`no_product`, `exhibitor_left`).
        """
        require(actor, Permission.BOOK_APPOINTMENT, room)
        if before := await self._made_for(actor, key):
            return before
        wish = checked(wish)
        wanted = Wanted(room, wish.minutes, wish.language, wish.product, actor.id)
        staff, zone = await self.diary.staff_at(wanted, wish.starts_at), await self.diary.zone_of(room)
        async with self._database.session() as session:
            await claims.hold_at_fair(session, room, actor.id)
            if again := await requests.made_before(session, actor.id, WHAT, key, self._clock()):
                return await found(session, AppointmentId(again))
            await check_not_blocked(session, room, actor.id)
            await let_go(session, room, actor.id, self._clock())
            if same := await asked_before(session, actor.id, room, wish, self._clock()):
                await requests.keep(session, actor.id, WHAT, key, same.id)
                return same
            message = "You have many appointments before you. Cancel one, or wait until one is over."
            await check_not_most(session, actor.id, self._clock(), message)
            await check_product(session, room, wish.product)
            asker = Asker(actor.id, actor.name, actor.company, actor.country, actor.language)
            appointment = await self._new(session, asker, wanted, wish, staff, Side.BUYER)
            await requests.keep(session, actor.id, WHAT, key, appointment.id)
            await self._letters.put(session, appointment, News("asked", Side.BUYER), zone)
        return appointment

    async def propose(
        self, actor: Actor, room: RoomId, to: Asker, wish: Wish, key: str = ""
    ) -> Appointment:
        """Suggest a time to a buyer and hold it; with `actor`, or a colleague where only they are free there.

        The same time again, or the same `key`, is the same appointment. As `request`, and `Missing`
        (`no_account`), `Conflict` (`proposed_already`).
        """
        require(actor, Permission.RUN_APPOINTMENTS, room)
        if before := await self._made_for(actor, key):
            return before
        wish = checked(wish)
        wanted = Wanted(room, wish.minutes, wish.language, wish.product, to.account, actor.id)
        staff, zone = await self.diary.staff_at(wanted, wish.starts_at), await self.diary.zone_of(room)
        wish = replace(wish, zone=await self.zone_of_buyer(to.account) or "")
        async with self._database.session() as session:
            await claims.hold_at_fair(session, room, to.account)
            if again := await requests.made_before(session, actor.id, WHAT, key, self._clock()):
                return await found(session, AppointmentId(again))
            await check_reachable(session, room, to.account)
            await let_go(session, room, to.account, self._clock())
            if same := await proposed_before(session, room, to.account, wish, self._clock()):
                await requests.keep(session, actor.id, WHAT, key, same.id)
                return same
            message = "This buyer has many appointments before them. Call back, or try again later."
            await check_not_most(session, to.account, self._clock(), message)
            appointment = await self._new(session, to, wanted, wish, staff, Side.STAFF)
            await requests.keep(session, actor.id, WHAT, key, appointment.id)
            await self._letters.put(session, appointment, News("propose", Side.STAFF), zone)
        return appointment

    async def accept(self, actor: Actor, id_: AppointmentId, seen: int | None = None) -> Appointment:
        """Agree to the time the other side suggested; to have agreed already changes nothing.

        `seen` is the revision that the actor saw: `Conflict` (`changed`) when there is another one.
        """
        return await self._answer(actor, id_, "accept", lambda it, side: (
            it if it.state is AppointmentState.ACCEPTED and it.proposed_by is not side
            else _as_seen(it, rules.accept(it, side, self._clock()), seen)
        ))  # fmt: skip

    async def decline(self, actor: Actor, id_: AppointmentId) -> Appointment:
        """Refuse the time the other side suggested; to have refused it already changes nothing."""
        return await self._answer(actor, id_, "decline", lambda it, side: (
            it if it.state is AppointmentState.DECLINED and it.proposed_by is not side
            else rules.decline(it, side, self._clock())
        ))  # fmt: skip

    async def cancel(self, actor: Actor, id_: AppointmentId) -> Appointment:
        """Take an appointment back; either side may."""
        return await self._answer(actor, id_, "cancel", lambda it, _side: rules.cancel(it, self._clock()))

    async def counter(
        self, actor: Actor, id_: AppointmentId, starts_at: float, minutes: int, seen: int | None = None
    ) -> Appointment:
        """Suggest another time in place of the one there is, which is given back; the same changes nothing.

        As `request`, and `Conflict` (`wrong_moment`, as `accept` `changed`), `Missing` (`no_appointment`).
        """
        before = await self.get(actor, id_)
        wanted = Wanted(
            before.room, minutes, before.language, before.product, before.buyer, before.staff, before.id
        )
        staff, zone = await self.diary.staff_at(wanted, starts_at), await self.diary.zone_of(before.room)
        now = self._clock()
        hold = rules.hold_of(now, starts_at, self._hold_seconds)
        async with self._database.session() as session:
            await claims.hold_at_fair(session, before.room, before.buyer)
            await let_go(session, before.room, before.buyer, self._clock(), but=before.id)
            row = await locked(session, id_)
            before = appointment_in(row)
            side = before.side_of(actor.id)
            if side is Side.BUYER:
                await check_not_blocked(session, before.room, before.buyer)
            moved = _as_seen(before, rules.counter(before, side, starts_at, minutes, now, hold), seen)
            if moved is before:
                return before
            await claims.give_back(session, id_)
            who = await self.diary.book(session, wanted, staff, id_, starts_at)
            if who.account != moved.staff:  # with the same one, an erased name stays erased
                moved = replace(moved, staff=who.account, staff_name=who.name)
            await self._keep(session, row, moved, News("counter", side), zone)
            await self._tell_unassigned(session, before, moved, side, zone)
        return moved

    async def reassign(
        self, actor: Actor, id_: AppointmentId, staff: AccountId, seen: int | None = None
    ) -> Appointment:
        """Give an appointment to a colleague who is free then; `Missing`, `Conflict` (`slot_taken`, or as
        `accept`).

        Own hours bind what is offered and given by itself; people who agree among each other may work beyond.
        """
        before = await self.get(actor, id_)
        require(actor, Permission.RUN_APPOINTMENTS, before.room)
        names = {who.account: who.name for who in await self.diary.staff_of(before.room)}
        if staff not in names:
            raise Missing("Nobody of that name works in this room.", code="no_account")
        zone = await self.diary.zone_of(before.room)
        async with self._database.session() as session:
            await claims.hold_others(session, before.room, before.buyer)
            row = await locked(session, id_)
            before = appointment_in(row)
            after = _as_seen(before, rules.reassign(before, staff, names[staff], self._clock()), seen)
            if after is before:
                return before
            await claims.give_back(session, id_, before.staff)
            if not await claims.claim(session, staff, quarters(before.starts_at, before.minutes), id_):
                raise claims.just_taken()
            await self._keep(session, row, after, News("reassign", Side.STAFF), zone)
            await self._tell_unassigned(session, before, after, Side.STAFF, zone)
        return after

    async def note(
        self, actor: Actor, id_: AppointmentId, absent: frozenset[Side], outcome: str, next_step: str,
        seen: int | None = None,
    ) -> Appointment:
        """Write down how it went, who did not come, and what is next; staff only. `seen` as in `accept`."""
        require(actor, Permission.RUN_APPOINTMENTS, (await self.get(actor, id_)).room)
        async with self._database.session() as session:
            row = await locked(session, id_)
            before = appointment_in(row)
            after = rules.note(before, absent, outcome, next_step, self._clock())
            after = _as_seen(before, after, seen)
            put(row, after)
        return after

    async def get(self, actor: Actor, id_: AppointmentId) -> Appointment:
        """Return an appointment of one's own or of one's room; `Missing` for any other."""
        async with self._database.reading() as session:
            appointment = await found(session, id_)
        require(actor, Permission.ANSWER_APPOINTMENT, appointment.room, appointment)
        return appointment

    async def zone_of_buyer(self, buyer: AccountId) -> str | None:
        """Return the zone of a buyer's clock; None for one who has not asked for an appointment yet."""
        return await zone_of_buyer(self._database, buyer)

    async def of(self, actor: Actor, since: float) -> list[Appointment]:
        """Return what is theirs from then on, the earliest first: a buyer's own, or all of a room."""
        require(actor, Permission.SEE_APPOINTMENTS, actor.room)
        whose = AppointmentRow.room == actor.room if actor.room else AppointmentRow.buyer == actor.id
        query = in_states(*AppointmentState).where(whose, AppointmentRow.starts_at >= since).limit(LIST_LIMIT)
        async with self._database.reading() as session:
            return [appointment_in(row) for row in await session.scalars(query)]

    async def own(
        self, actor: Actor, states: Collection[AppointmentState], since: float
    ) -> list[Appointment]:
        """Return in which somebody is one of the two, in some states from then on; of many the latest."""
        require(actor, Permission.SEE_APPOINTMENTS, actor.room)
        mine = [AppointmentRow.buyer == actor.id]
        if actor.room:
            mine = [AppointmentRow.room == actor.room, AppointmentRow.staff == actor.id]
        query = in_states(*states).where(*mine, AppointmentRow.starts_at >= since)
        latest = query.order_by(None).order_by(AppointmentRow.starts_at.desc(), AppointmentRow.id)
        async with self._database.reading() as session:
            rows = (await session.scalars(latest.limit(LIST_LIMIT))).all()
        return [appointment_in(row) for row in reversed(rows)]

    async def _made_for(self, actor: Actor, key: str) -> Appointment | None:
        """Return what a request that comes again was for, whatever has become of that since."""
        async with self._database.reading() as session:
            return await made_for(session, actor.id, key)

    async def _answer(self, actor: Actor, id_: AppointmentId, what: str, rule: Rule) -> Appointment:
        before = await self.get(actor, id_)
        zone = await self.diary.zone_of(before.room)
        async with self._database.session() as session:
            row = await locked(session, id_)
            before = appointment_in(row)
            side = before.side_of(actor.id)
            after = rule(before, side)
            if after is not before:
                await self._keep(session, row, after, News(what, side), zone)
        return after

    async def _keep(
        self, session: AsyncSession, row: AppointmentRow, after: Appointment, news: News, zone: str
    ) -> None:
        put(row, after)
        row.reminded = ""
        if after.state not in OPEN:
            await claims.give_back(session, after.id)
        await self._letters.put(session, after, news, zone)

    async def _tell_unassigned(
        self, session: AsyncSession, before: Appointment, after: Appointment, by: Side, zone: str
    ) -> None:
        """Take the appointment out of the calendar of a colleague who has it no more."""
        if before.staff != after.staff:
            gone = replace(before, state=AppointmentState.CANCELLED, revision=after.revision)
            await self._letters.put(session, gone, News("unassigned", by), zone)

    async def _new(
        self, session: AsyncSession, asker: Asker, wanted: Wanted, wish: Wish, staff: Collection[Attendant],
        by: Side,
    ) -> Appointment:
        now = self._clock()
        draft = Appointment(
            id=AppointmentId(new_id()), room=wanted.room, state=AppointmentState.ASKED,
            starts_at=wish.starts_at, minutes=wish.minutes, buyer=asker.account, buyer_name=asker.name,
            buyer_company=asker.company, buyer_country=asker.country, buyer_language=asker.language,
            buyer_zone=wish.zone, staff=AccountId(""), staff_name="", product=wish.product,
            language=wish.language, note=wish.note, proposed_by=by,
            hold_until=rules.hold_of(now, wish.starts_at, self._hold_seconds), revision=0,
            created_at=now, changed_at=now,
        )
        row = AppointmentRow(**values_of(draft), reminded="")
        session.add(row)
        await session.flush()
        who = await self.diary.book(session, wanted, staff, draft.id, wish.starts_at)
        appointment = replace(draft, staff=who.account, staff_name=who.name)
        put(row, appointment)
        return appointment


def _as_seen(before: Appointment, after: Appointment, seen: int | None) -> Appointment:
    """Return what an appointment becomes, if that changes what the actor saw; `Conflict` (`changed`)."""
    if after is not before:
        rules.check_seen(before, seen)
    return after

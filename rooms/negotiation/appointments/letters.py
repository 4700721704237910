"""The mails about appointments: who is written to about what, with what calendars must know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from config.ids import AccountId
from rooms.fair.appointment_rows import AppointmentRow
from rooms.fair.models import AccountRow, CompanyRow
from rooms.fair.outbox import Letter, Outbox
from rooms.fair.outbox_rows import LetterRow
from rooms.negotiation.appointments.appointment import Appointment, Side

TEMPLATE = "appointment"
BOTH = (Side.BUYER, Side.STAFF)
WRITTEN_TO = {
    "asked": (Side.STAFF,), "propose": BOTH, "accept": BOTH, "decline": BOTH, "counter": BOTH, "cancel": BOTH,
    "leave": BOTH, "expire": BOTH, "reassign": BOTH, "unassigned": (Side.STAFF,), "miss": BOTH,
    "remind": BOTH,
}
"""What happened, and who of the two gets a mail about it. Who did it gets one too, for their calendar."""


@dataclass(frozen=True, slots=True)
class News:
    """What happened to an appointment, and which side did it; None when time did."""

    what: str
    by: Side | None = None


class Letters:
    """Puts the mails about an appointment into the outbox."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    async def put(self, session: AsyncSession, appointment: Appointment, news: News, zone: str) -> None:
        """Write to those concerned, each once for a revision; `zone` is that of the exhibitor."""
        company = await session.scalar(select(CompanyRow.name).where(CompanyRow.room == appointment.room))
        people = await self._people(session, appointment)
        for side in WRITTEN_TO.get(news.what, ()):
            who, other = people.get(side), people.get(side.other)
            if who is None:
                continue
            facts = facts_of(appointment, news, side, company or "", zone)
            emails = {"own_email": who.email, "other_email": other.email if other else ""}
            once = f"{appointment.id}:{appointment.revision}:{news.what}:{who.id}"
            letter = Letter(once, who.email, who.name, who.language, TEMPLATE, facts | emails)
            await self._outbox.put(session, letter)

    async def _people(self, session: AsyncSession, appointment: Appointment) -> dict[Side, AccountRow]:
        """Return the two; nobody whose account was closed is written to."""
        both = (appointment.buyer, appointment.staff)
        query = select(AccountRow).where(AccountRow.id.in_(both), AccountRow.disabled_at.is_(None))
        rows = await session.scalars(query)
        return {appointment.side_of(AccountId(row.id)): row for row in rows}


def is_unwritten(what: str) -> ColumnElement[bool]:
    """The condition that nobody was written to about this, for the revision that an appointment has now."""
    row = AppointmentRow
    start = row.id + ":" + cast(row.revision, String) + f":{what}:"
    return and_(*(~exists().where(LetterRow.once == start + who) for who in (row.buyer, row.staff)))


def facts_of(
    appointment: Appointment, news: News, side: Side, company: str, zone: str
) -> dict[str, Any]:
    """Return what the mail to one side says; a mail sent late says what was true when it was written."""
    is_buyer, buyer_zone = side is Side.BUYER, appointment.buyer_zone or zone
    return {
        "id": appointment.id, "room": appointment.room, "company": company, "what": news.what,
        "is_own": news.by is side, "side": side.value, "state": appointment.state.value,
        "starts_at": appointment.starts_at, "minutes": appointment.minutes, "revision": appointment.revision,
        "changed_at": appointment.changed_at, "hold_until": appointment.hold_until,
        "zone": buyer_zone if is_buyer else zone, "other_zone": zone if is_buyer else buyer_zone,
        "other": appointment.staff_shown(company) if is_buyer else appointment.buyer_shown,
        "other_company": company if is_buyer else appointment.buyer_company,
        "buyer": appointment.buyer_name, "buyer_company": appointment.buyer_company,
        "staff": appointment.staff_name, "note": appointment.note, "language": appointment.language,
        "is_absent": side in appointment.absent, "other_is_absent": side.other in appointment.absent,
    }

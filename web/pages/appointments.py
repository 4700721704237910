"""The list of appointments, of buyers and of rooms: by day, on the reader's clock and the other one's."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from aiohttp import web

from config.ids import RoomId
from rooms.fair.companies import Company
from rooms.fair.policy import Actor, Permission, may
from rooms.negotiation.appointments.appointment import Appointment, Side
from rooms.negotiation.appointments.slots import Attendant
from rooms.negotiation.appointments.states import OPEN, WAITING, AppointmentState
from web import keys
from web.i18n import gettext, mark
from web.identity import actor_of
from web.templating import render
from web.times import day_in, time_in, zone_name
from web.zones import zone_of

DAY_SECONDS = 24 * 3600.0
STATES = {
    AppointmentState.ASKED: mark("Waits for an answer"),
    AppointmentState.COUNTERED: mark("Another time suggested"),
    AppointmentState.ACCEPTED: mark("Agreed"),
    AppointmentState.BEGUN: mark("Begins now"),
    AppointmentState.HELD: mark("Took place"),
    AppointmentState.MISSED: mark("Missed"),
    AppointmentState.DECLINED: mark("Declined"),
    AppointmentState.EXPIRED: mark("Nobody answered in time"),
    AppointmentState.CANCELLED: mark("Cancelled"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """An appointment as a reader sees it, and what they can do with it."""

    it: Appointment
    side: Side
    company: Company
    time: str
    ends: str
    zone: str
    other_time: str
    other_zone: str
    state: str
    product: str
    now: float

    @property
    def other(self) -> str:
        """The name of the other one."""
        is_buyer = self.side is Side.BUYER
        return self.it.staff_shown(self.company.name) if is_buyer else self.it.buyer_shown

    @property
    def other_company(self) -> str:
        """The company of the other one."""
        return self.company.name if self.side is Side.BUYER else self.it.buyer_company

    @property
    def may_answer(self) -> bool:
        """Whether the reader's answer is waited for."""
        return self.it.state in WAITING and self.it.proposed_by is not self.side

    @property
    def may_cancel(self) -> bool:
        """Whether it can be taken back or moved."""
        return self.it.state in WAITING or self.it.state is AppointmentState.ACCEPTED

    @property
    def may_join(self) -> bool:
        """Whether the call waits, or may still run."""
        is_running = self.it.state is AppointmentState.HELD and self.now < self.it.ends_at
        return self.it.state is AppointmentState.BEGUN or is_running

    @property
    def may_note(self) -> bool:
        """Whether staff can write down how it went."""
        return self.side is Side.STAFF and self.it.state in (AppointmentState.HELD, AppointmentState.MISSED)

    @property
    def absent(self) -> str:
        """Who did not come, with a comma between two."""
        return ",".join(sorted(self.it.absent))

    @property
    def is_over(self) -> bool:
        """Whether nothing is to come of it any more."""
        return self.it.state not in OPEN


async def appointments(request: web.Request) -> web.Response:
    """Show the appointments from yesterday on, those of a room to its staff."""
    app, actor, zone = request.app, await actor_of(request), zone_of(request)
    now = app[keys.CLOCK]()
    found = await app[keys.APPOINTMENTS].of(actor, now - DAY_SECONDS)
    lines = [await _line(app, actor, it, zone) for it in found]
    staff: list[Attendant] = []
    if actor.room and may(actor, Permission.RUN_APPOINTMENTS, actor.room):
        staff = list(await app[keys.APPOINTMENTS].diary.staff_of(actor.room))
    return await render(
        request, "appointments.html", data={"zone": zone, "page": "appointments"}, days=_by_day(lines, zone),
        zone=zone_name(zone, now), staff=staff, has_feed=await app[keys.CALENDAR_FEEDS].has(actor),
        waiting=sum(line.may_answer for line in lines)
    )


def _by_day(lines: list[Line], zone: str) -> list[tuple[str, list[Line]]]:
    days = groupby(lines, key=lambda line: day_in(line.it.starts_at, zone))
    return [(day, list(some)) for day, some in days]


async def _line(app: web.Application, actor: Actor, it: Appointment, zone: str) -> Line:
    side = it.side_of(actor.id)
    company = await app[keys.COMPANIES].ever_by_room(it.room)
    other = it.buyer_zone or zone
    if side is Side.BUYER:
        other = await app[keys.APPOINTMENTS].diary.zone_of(it.room)
    is_same = time_in(it.starts_at, zone) == time_in(it.starts_at, other)
    return Line(
        it, side, company, time_in(it.starts_at, zone), time_in(it.ends_at, zone),
        zone_name(zone, it.starts_at), "" if is_same else time_in(it.starts_at, other),
        zone_name(other, it.starts_at), gettext(STATES[it.state]), await _product(app, it.room, it.product),
        app[keys.CLOCK](),
    )


async def _product(app: web.Application, room: RoomId, product: str | None) -> str:
    if product is None:
        return ""
    return next((it.title for it in await app[keys.PRODUCTS].ever_of_room(room) if it.id == product), "")

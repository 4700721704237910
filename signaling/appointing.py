"""Appointments among the conversations: what screens are told of them, and what happens at the hour.

Every node sweeps; the rows decide which of them does a thing, and that one tells all screens.
"""

from __future__ import annotations

from collections.abc import Callable

from config.errors import Missing
from config.ids import CallId
from rooms.fair.policy import Actor, Role
from rooms.negotiation.appointments.appointment import Appointment, Side, Stage
from rooms.negotiation.appointments.due import DueAppointments
from rooms.negotiation.appointments.rules import stage_of
from rooms.negotiation.appointments.states import AppointmentState
from rooms.negotiation.calls import Calls, CallState
from rooms.negotiation.gathering import Arranged
from signaling import herald
from signaling.herald import Herald
from signaling.views import Views
from signaling.wire_appointments import AppointmentData, appointment_data

OPENING_SECONDS = 2.0
"""So long has the node that noted a beginning to open the call; then it has died, and another one does."""


class Appointing:
    """Tells screens of appointments and brings the two together. `clock` gives Unix seconds."""

    def __init__(
        self, due: DueAppointments, calls: Calls, views: Views, herald: Herald, clock: Callable[[], float]
    ) -> None:
        self._due = due
        self._calls = calls
        self._views = views
        self._herald = herald
        self._clock = clock

    async def changed(self, appointment: Appointment, stage: Stage = Stage.CHANGED) -> None:
        """Tell its buyer and the staff of its room of an appointment, on whatever page they are."""
        buyer = {"appointment": await self._data(appointment, Side.BUYER, stage)}
        staff = {"appointment": await self._data(appointment, Side.STAFF, stage)}
        emit, event = self._herald.emit, "appointment"
        await emit(event, buyer, namespace="/hall", room=herald.account(appointment.buyer))
        await emit(event, staff, namespace="/hall", room=herald.staff(appointment.room))
        await emit(event, staff, namespace="/booth", room=herald.booth(appointment.room))

    async def near(self, actor: Actor) -> list[AppointmentData]:
        """Return what somebody who has just come must know of: what has begun or begins within minutes."""
        if actor.role not in (Role.BUYER, Role.STAFF):
            return []
        now = self._clock()
        return [
            await self._data(it, it.side_of(actor.id), stage_of(it, now) or Stage.CHANGED)
            for it in await self._due.near(actor.id)
        ]

    async def sweep(self) -> None:
        """Do what is due; called each second, by every node."""
        for changed in [*await self._due.lapse(), *await self._due.drop(), *await self._due.hand_over()]:
            await self.changed(changed)
        for appointment, stage in await self._due.remind():
            await self.changed(appointment, stage)
        for appointment in await self._due.to_begin():
            await self._begin(appointment)
        for appointment in await self._due.running():
            await self._look(appointment)

    async def _begin(self, appointment: Appointment) -> None:
        """Note that it begins, then open the call: what is taken back at the last moment leaves none open.

        A node that dies in between leaves the call to the next one (`_look`).
        """
        begun = await self._due.begin(appointment.id, _call_of(appointment))
        if begun is not None:
            await self._open(begun)

    async def _open(self, appointment: Appointment) -> None:
        await self._calls.arrange(_arranged(appointment, self._due.no_show_seconds))
        await self.changed(appointment)

    async def _look(self, appointment: Appointment) -> None:
        try:
            here, is_over = await self._present(appointment)
        except Missing:
            if self._clock() >= (appointment.begun_at or 0.0) + OPENING_SECONDS:
                await self._open(appointment)
            return
        new = here - appointment.came
        if not new and not is_over and not self._due.is_overdue(appointment):
            return
        ended = await self._due.attend(appointment.id, here, is_over=is_over)
        if ended is not None:
            await self.changed(ended)
            if ended.state is AppointmentState.MISSED and ended.call is not None:
                await self._calls.give_up(ended.call)

    async def _present(self, appointment: Appointment) -> tuple[frozenset[Side], bool]:
        """Return who is in the call, and whether it is over already, because somebody has hung up.

        `Missing` while nobody has opened it.
        """
        call = await self._calls.get(appointment.call or CallId(""))
        who = await self._calls.present(call.id)
        return frozenset(appointment.side_of(account) for account in who), call.state is CallState.ENDED

    async def _data(self, appointment: Appointment, side: Side, stage: Stage) -> AppointmentData:
        company = await self._views.company_name(appointment.room)
        return appointment_data(appointment, side, company, stage, self._clock())


def _call_of(appointment: Appointment) -> CallId:
    """Return the call of an appointment, the same one on each node."""
    return CallId(f"{appointment.room}.{appointment.id}")


def _arranged(appointment: Appointment, wait_seconds: float) -> Arranged:
    return Arranged(
        _call_of(appointment), appointment.room, appointment.product,
        appointment.buyer, appointment.buyer_name, appointment.buyer_company, appointment.buyer_country,
        appointment.buyer_language, appointment.staff, appointment.staff_name, wait_seconds,
    )

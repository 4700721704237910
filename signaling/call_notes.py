"""Notes down what is recorded of private calls: whom each recording shows, and since when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from config.ids import AccountId, CallId
from rooms.fair.callroom_models import CallRecordingRow
from rooms.fair.database import Database
from rooms.negotiation.call import Call
from rooms.negotiation.thirds import Thirds
from signaling.call_stage import Sent, seat_of


@dataclass(frozen=True, slots=True)
class CallRecording:
    """A recording of what one person sent in a call."""

    recording: str
    name: str
    began_at: float


class CallNotes:
    """Of all calls; times come from `clock`, in Unix seconds."""

    def __init__(self, database: Database, thirds: Thirds, clock: Callable[[], float]) -> None:
        self._database = database
        self._thirds = thirds
        self._clock = clock

    async def of(self, call: CallId) -> list[CallRecording]:
        """Return what was recorded of a call, the oldest first."""
        table = CallRecordingRow
        query = select(table).where(table.call == call).order_by(table.began_at, table.recording)
        async with self._database.reading() as session:
            rows = await session.scalars(query)
            return [CallRecording(row.recording, row.name, row.began_at) for row in rows]

    async def add(self, call: Call, sent: Sent, recording: str) -> None:
        """Note that what somebody sends is recorded from now on."""
        names = {seat_of(call, call.buyer): (call.buyer, call.buyer_name)}
        if call.answered_by:
            names[seat_of(call, call.answered_by)] = call.answered_by, call.answered_by_name or ""
        for third in await self._thirds.of(call.id):
            names[seat_of(call, third.id)] = third.id, third.name
        party, name = names.get(sent.seat, (AccountId(sent.seat), ""))
        async with self._database.session() as session:
            session.add(CallRecordingRow(
                recording=recording, call=call.id, party=party, name=name, began_at=self._clock()
            ))

"""What is asked each second, with each page or while others wait to write goes by an index: no table that
grows with the fair is read from end to end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import pytest

from config.ids import AccountId
from rooms.fair.database import Database
from rooms.fair.models import Table as Rows
from rooms.fair.programme import Programme
from rooms.fair.show_letters import ShowLetters
from rooms.negotiation.call import Call
from rooms.negotiation.follow_up import FollowUp
from rooms.negotiation.outcomes import Outcomes
from rooms.negotiation.states import CallState
from tests.rooms.diaries import Office, office
from tests.rooms.fair_facts import OAK, PASSWORD, staff
from tests.rooms.offers.table import Table, actor, lay
from tests.rooms.statements import noted, plan_of

READS = ("SELECT", "UPDATE", "DELETE")
TABLES = Rows.metadata.tables


@dataclass
class Fair:
    """What asks the database."""

    table: Table
    office: Office
    outcomes: Outcomes
    programme: Programme
    follow_up: FollowUp
    letters: ShowLetters

    async def accept(self) -> None:
        """Let staff accept the call that waits."""
        (call,) = await self.outcomes.unsure(0.0, 0.0)
        talking = replace(call, state=CallState.TALKING, answered_by=AccountId("staff-1"), epoch=2)
        await self.outcomes.record(replace(talking, answered_by_name="Rui"))

    async def day(self) -> None:
        """Ask what the organiser's page says of a day."""
        await self.outcomes.since(5.0)
        await self.outcomes.counts(5.0)
        await self.outcomes.waits(5.0)

    async def sign_in(self) -> None:
        await self.table.accounts.sign_in(self.table.buyer.email, PASSWORD)

    async def unsure(self) -> list[Call]:
        return await self.outcomes.unsure(self.table.clock.now, self.table.clock.now)


HOT: dict[str, Callable[[Fair], Awaitable[object]]] = {
    "call_requests_outcome_requested_at": Fair.accept,
    "call_requests_ended_at": Fair.unsure,
    "call_requests_requested_at": Fair.day,
    "call_requests_room_requested_at": lambda fair: fair.outcomes.lengths(OAK, 20),
    "call_requests_room_buyer_requested_at": lambda fair: fair.outcomes.of_thread(OAK, fair.table.buyer.id),
    "call_requests_room_about": lambda fair: fair.follow_up.missed(staff(), OAK),
    "announced_shows_state_starts_at (state=? AND starts_at>? AND": lambda fair: fair.programme.near(),
    "announced_shows_state_starts_at (state=? AND starts_at>? AND starts_at<?)": (
        lambda fair: fair.letters.write_reminders()
    ),
    "announced_shows_state_starts_at (state=? AND starts_at>?)": lambda fair: fair.programme.coming(),
    "announced_shows_room_starts_at": lambda fair: fair.programme.of_room(OAK),
    "sessions_expires_at": Fair.sign_in,
    "appointments_state_hold_until": lambda fair: fair.office.due.lapse(),
    "appointments_state_starts_at (state=? AND starts_at>? AND": lambda fair: fair.office.due.remind(),
    "sqlite_autoindex_outbox_2 (once=?)": lambda fair: fair.office.due.write_reminders(),
    "appointments_state_starts_at (state=? AND starts_at<?)": lambda fair: fair.office.due.to_begin(),
    "appointments_state_starts_at (state=?)": lambda fair: fair.office.due.running(),
    "outbox_next_try_at": lambda fair: fair.office.outbox.take(),
    "offers_state_valid_until_ms": lambda fair: fair.table.offers.expire(),
    "accounts_disabled_at": lambda fair: fair.table.accounts.disabled_since(5.0),
    "accounts_password_changed_at": lambda fair: fair.table.accounts.sign_ins_ended_since(5.0),
    "threads_room_changed_at_ms": lambda fair: fair.table.threads.of(actor(fair.table.staff)),
}
"""What is asked, by the index that it is to go by."""


@pytest.mark.parametrize("index", HOT)
async def test_a_hot_query_goes_by_its_index(file_database: Database, index: str) -> None:
    database = file_database
    table = await lay(database)
    clock = table.clock
    await table.called()
    desk = office(database, clock)
    fair = Fair(
        table, desk, Outcomes(database), Programme(database, clock), FollowUp(database, clock),
        ShowLetters(database, desk.outbox, clock, 900.0),
    )
    with noted() as statements:
        await HOT[index](fair)
    asked = [it for it in statements if it.text.startswith(READS)]
    steps = [step for it in asked for step in await plan_of(database, it)]
    assert any(index in step for step in steps), steps
    assert [step for step in steps if step.startswith("SCAN") and step.split()[1] in TABLES] == []

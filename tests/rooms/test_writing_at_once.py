"""What several nodes write at once: nobody is refused for it, nothing is lost, and bounds hold.

SQLite lets one writer in at a time; in PostgreSQL they do meet.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from config.errors import FairError
from config.ids import CallId, ProductId, RoomId, ShowId
from rooms.fair.accounts import Accounts
from rooms.fair.audit import Audit
from rooms.fair.calendar_feeds import CalendarFeeds
from rooms.fair.captions import MOST_LANGUAGES, Captions
from rooms.fair.catalogue import Catalogues, Entry, Kind
from rooms.fair.companies import Companies, Hall
from rooms.fair.database import Database
from rooms.fair.hours import Hours, HoursStore
from rooms.fair.models import HallRow, ProductRow, SessionRow
from rooms.fair.products import SHELF_LIMIT, Product, Products, columns_of
from rooms.fair.programme import Loop, LoopMode, Programme
from rooms.fair.roster import Roster
from rooms.fair.seal import Seal
from rooms.fair.visibility import Choice, Visibility
from rooms.fair.webvtt import Cue
from rooms.negotiation.call import Call
from rooms.negotiation.call_notes import MOST_NOTES, CallNotes
from rooms.negotiation.outcomes import Outcomes
from rooms.negotiation.states import CallState
from rooms.negotiation.thirds import MOST_THIRDS, Thirds
from tests.rooms.fair_facts import OAK, PASSWORD, Clock, buyer, furnish, staff

NODES = 6
ROUNDS = 8
PATIENCE_SECONDS = 30.0
SHOW = ShowId("show-1")


async def at_once(*work: Awaitable[object]) -> list[str]:
    """Do all of it at once; return the codes of the refusals. What is no refusal is raised."""
    done = await asyncio.gather(*work, return_exceptions=True)
    for broken in (it for it in done if isinstance(it, BaseException) and not isinstance(it, FairError)):
        raise broken
    return [it.code for it in done if isinstance(it, FairError)]


def catalogues_of(database: Database, clock: Clock) -> Catalogues:
    return Catalogues(database, Audit(Seal(b"k" * 32)), clock)


@dataclass
class Fair:
    """What is written to, by a clock that stands."""

    database: Database
    clock: Clock

    async def set_hours(self, number: int) -> None:
        weekly = {number % 7: ((0, 60),)}
        await HoursStore(self.database, self.clock).set(staff(), OAK, Hours("Europe/Lisbon", weekly))

    async def set_loop(self, number: int) -> None:
        film = Loop(LoopMode.FILM, ShowId(f"film-{number}"))
        await Programme(self.database, self.clock).set_loop(staff(), OAK, film)

    async def set_roster(self, number: int) -> None:
        await Roster(self.database, self.clock).set(
            staff(), ["en", "pt"][: number % 2 + 1], [], {number % 7: ((0, 60),)} if number % 3 else None
        )

    async def renew_feed(self, _number: int) -> None:
        await CalendarFeeds(self.database, self.clock).renew(buyer())

    async def add_hall(self, number: int) -> None:
        await Companies(self.database).add_hall(Hall(2, f"Light {number}"))

    async def choose(self, number: int) -> None:
        choice = (Choice.VISIBLE, Choice.HERE, Choice.HIDDEN)[number % 3]
        await Visibility(self.database, self.clock).choose(buyer(), OAK, choice)

    async def import_hall(self, number: int) -> None:
        entry = Entry(Kind.HALL, 3, OAK, {"title": f"Wood {number}"}, "halls 1")
        await catalogues_of(self.database, self.clock).put([entry])


CHOICES: dict[str, Callable[[Fair, int], Awaitable[None]]] = {
    "hours": Fair.set_hours, "what a dark room plays": Fair.set_loop, "a roster": Fair.set_roster,
    "a calendar address": Fair.renew_feed, "a hall": Fair.add_hall, "who may be seen": Fair.choose,
    "an imported hall": Fair.import_hall,
}


@pytest.mark.parametrize("what", CHOICES)
async def test_whoever_chooses_at_once_is_refused_nothing(any_database: Database, what: str) -> None:
    await furnish(any_database)
    fair, choose = Fair(any_database, Clock()), CHOICES[what]
    for start in range(ROUNDS):
        assert await at_once(*(choose(fair, start + number) for number in range(NODES))) == []


def product(number: int) -> Product:
    return Product(
        ProductId(f"{OAK}.{number}"), OAK, f"Chair {number}", "", None, "", None, "", "", number
    )


async def test_moves_along_a_shelf_all_count(any_database: Database) -> None:
    """Each moves the left one of a pair to the right: whoever is first, all pairs are turned round."""
    await furnish(any_database)
    products, pairs = Products(any_database), list(range(0, 2 * NODES, 2))
    for number in range(2 * NODES):
        await products.add(product(number))
    for _ in range(ROUNDS):
        before = [it.id for it in await products.of_room(OAK)]
        random.shuffle(pairs)
        assert await at_once(*(products.move(OAK, before[first], 1) for first in pairs)) == []
        turned = [it for first in range(0, 2 * NODES, 2) for it in (before[first + 1], before[first])]
        assert [it.id for it in await products.of_room(OAK)] == turned


async def test_a_shelf_that_is_arranged_can_be_imported_meanwhile(any_database: Database) -> None:
    await furnish(any_database)
    products = Products(any_database)
    for number in reversed(range(2 * NODES)):
        await products.add(product(number))
    for round_ in range(ROUNDS):
        entry = Entry(Kind.PRODUCT, f"{OAK}.1", OAK, {"title": f"Stool {round_}"}, "products 1")
        moves = [products.move(OAK, ProductId(f"{OAK}.{number}"), 3) for number in range(NODES)]
        assert await at_once(*moves, catalogues_of(any_database, Clock()).put([entry])) == []
    assert (await products.get(ProductId(f"{OAK}.1"))).title == f"Stool {ROUNDS - 1}"


async def test_a_catalogue_that_two_import_at_once_is_there_once(any_database: Database) -> None:
    company = {
        "name": "Birch", "country": "SE", "city": "Malmö", "hall": 1, "stand": "A1", "languages": ("sv",)
    }
    entries = [
        Entry(Kind.HALL, 1, OAK, {"title": "Furniture"}, "halls 1"),
        Entry(Kind.COMPANY, "birch", RoomId("birch"), company, "companies 1"),
    ]
    catalogues = catalogues_of(any_database, Clock())
    refused = await at_once(*(catalogues.put(entries) for _ in range(NODES)))
    assert set(refused) <= {"changed_meanwhile"}
    assert (await Companies(any_database).by_room(RoomId("birch"))).city == "Malmö"


async def test_a_shelf_takes_no_more_than_it_holds(any_database: Database) -> None:
    await furnish(any_database)
    products, left = Products(any_database), 2
    async with any_database.session() as session:
        for number in range(SHELF_LIMIT - left):
            there = product(number)
            session.add(ProductRow(id=there.id, room=OAK, **columns_of(there)))
    more = [products.add(product(SHELF_LIMIT + number)) for number in range(NODES)]
    assert await at_once(*more) == ["shelf_full"] * (NODES - left)


async def talking(database: Database) -> Call:
    """Return a call in which two talk."""
    call = Call(
        CallId(f"{OAK}.1"), OAK, None, None, None, buyer().id, "Ann", "Trade", "FI", "en",
        CallState.TALKING, 1.0, 1.0, 46.0, staff().id, "Sam", (), 1,
    )
    await Outcomes(database).record(replace(call, state=CallState.RINGING, answered_by=None))
    await Outcomes(database).record(call)
    return call


async def test_a_call_takes_no_more_notes_than_it_holds(any_database: Database) -> None:
    call, notes = await talking(any_database), CallNotes(any_database, Clock())
    for _ in range(MOST_NOTES - 2):
        await notes.leave(staff(), call, "Back in a minute.")
    refused = await at_once(*(notes.leave(buyer(), call, "Gone.") for _ in range(NODES)))
    assert refused == ["call_full"] * (NODES - 2)


async def test_a_call_takes_no_more_third_persons_than_it_holds(any_database: Database) -> None:
    call, thirds = await talking(any_database), Thirds(any_database, Clock())
    invited = [thirds.invite(staff(), call, "colleague", f"Tess {number}", "") for number in range(NODES + 2)]
    assert await at_once(*invited) == ["too_many_thirds"] * (NODES + 2 - MOST_THIRDS)


async def test_a_show_takes_no_more_languages_than_it_holds(any_database: Database) -> None:
    await furnish(any_database)
    captions = Captions(any_database, Clock())
    for number in range(MOST_LANGUAGES - 2):
        await captions.put(staff(), SHOW, OAK, f"a{chr(ord('a') + number)}", "", [])
    refused = await at_once(*(
        captions.put(staff(), SHOW, OAK, f"b{letter}", "", []) for letter in "abcdef"
    ))  # fmt: skip
    assert refused == ["too_many_languages"] * 4


async def test_captions_are_deleted_once_whoever_writes_them_meanwhile(any_database: Database) -> None:
    await furnish(any_database)
    captions = Captions(any_database, Clock())
    for _ in range(ROUNDS):
        await captions.add_live(SHOW, OAK, "en", [Cue("1", 1.0, 2.0, "Welcome.")])
        refused = await at_once(
            captions.delete(staff(), SHOW, OAK, "en"),
            *(captions.add_live(SHOW, OAK, "en", [Cue(str(n), n, n + 1.0, "And.")]) for n in range(2, 6)),
            captions.delete(staff(), SHOW, OAK, "en"),
        )
        assert set(refused) <= {"no_captions"}


async def test_a_sign_in_and_a_new_password_do_not_wait_for_each_other_crosswise(
    any_database: Database
) -> None:
    """Old sign-ins are swept out by whoever signs in, and ended with the others by a new password."""
    accounts = Accounts(any_database, Clock(), 1)
    ann = await accounts.register_buyer("Ann", "Trade", "ann@trade.example", PASSWORD, "FI", "en")
    async with any_database.session() as session:
        session.add_all([
            SessionRow(token_hash=name, account=ann.id, created_at=1.0, expires_at=2.0) for name in "ab"
        ])
    async with any_database.session() as session:
        await session.get(SessionRow, "b", with_for_update=True)
        both = asyncio.gather(
            at_once(accounts.sign_in(ann.email, PASSWORD)),
            at_once(accounts.renew_password(ann.id, PASSWORD + "!")),
        )
        await held_up(any_database, session)
    signed_in, renewed = await both
    assert renewed == []
    assert set(signed_in) <= {"wrong_password"}


async def held_up(database: Database, session: AsyncSession) -> None:
    """Wait until somebody waits for a lock, where that can be seen."""
    if session.get_bind().dialect.name == "sqlite":
        return
    here = "datname = current_database() AND wait_event_type = 'Lock'"
    waiting = text(f"SELECT count(*) FROM pg_stat_activity WHERE {here}")
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            async with database.reading() as other:
                if await other.scalar(waiting):
                    return
            await asyncio.sleep(0.02)


async def test_who_waits_crosswise_is_asked_to_try_again(any_database: Database) -> None:
    """No rule leads there; where something does, nothing is lost and nobody sees a fault."""
    async with any_database.session() as session:
        session.add_all([HallRow(number=number, title="Hall") for number in (1, 2)])
    has_first = asyncio.Barrier(2)

    async def change(first: int, second: int) -> None:
        async with any_database.session() as session:
            await session.execute(update(HallRow).where(HallRow.number == first).values(title="mine"))
            try:
                async with asyncio.timeout(0.5):
                    await has_first.wait()
            except (TimeoutError, asyncio.BrokenBarrierError):
                pass  # in SQLite the other is not let in
            await session.execute(update(HallRow).where(HallRow.number == second).values(title="mine"))

    refused = await at_once(change(1, 2), change(2, 1))
    assert len(refused) < 2
    assert set(refused) <= {"store_away"}
    async with any_database.reading() as session:
        titles = await session.scalar(select(func.count()).where(HallRow.title == "mine"))
    assert titles == 2

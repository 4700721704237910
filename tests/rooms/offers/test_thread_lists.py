"""The list of threads: what stands in it, in which order, and that it costs the same for few and for many."""

from __future__ import annotations

from config.ids import AccountId, RoomId
from rooms.fair.models import AccountRow, CallRequestRow
from rooms.fair.offer_rows import OfferRow, ThreadRow
from rooms.negotiation.offers.threads import MOST_LISTED
from tests.rooms.fair_facts import LAMP, OAK
from tests.rooms.offers.table import Table, actor
from tests.rooms.statements import noted

START = 1_800_000_000


async def test_a_list_names_each_buyer_as_the_thread_itself_does(table: Table) -> None:
    """Those who wrote, those who called, those who did both, and one whose name was taken out."""
    await turn_to(table, wrote=range(4), called=range(2, 6))
    await turn_to(table, wrote=range(10, 11), called=range(10, 12), room=LAMP)
    async with table.database.session() as session:
        erased = await session.get_one(ThreadRow, (OAK, "b3"))
        erased.buyer_name = erased.buyer_company = erased.buyer_country = ""
        erased.erased_at_ms = 1
    listed = await table.threads.of(actor(table.staff))
    assert [it.key.buyer for it in listed] == ["b5", "b4", "b3", "b2", "b1", "b0"]
    assert listed == [await table.threads.get(actor(table.staff), it.key) for it in listed]
    assert {it.key.buyer for it in listed if it.is_erased} == {"b3"}


async def test_a_buyer_sees_the_rooms_they_turned_to(table: Table) -> None:
    await table.send()
    table.clock.move(5.0)
    await table.called(LAMP)
    listed = await table.threads.of(actor(table.buyer))
    assert [(it.key.room, it.company, it.buyer.name) for it in listed] == [
        (LAMP, "Lamp Works", "Ama Owusu"), (OAK, "Oak & Ash", "Ama Owusu"),
    ]  # fmt: skip


async def test_who_called_again_is_named_as_they_were_then(table: Table) -> None:
    await turn_to(table, called=range(1))
    async with table.database.session() as session:
        session.add(_call("again", OAK, "b0", START + 50.0, "New Name"))
    (listed,) = await table.threads.of(actor(table.staff))
    assert (listed.buyer.name, listed.changed_at_ms) == ("New Name", (START + 50) * 1000)


async def test_a_long_list_asks_no_more_than_a_short_one(table: Table) -> None:
    asked = []
    for first, count in ((0, 3), (3, 57)):
        await turn_to(table, wrote=range(first, first + count, 2), called=range(first, first + count))
        with noted() as statements:
            assert len(await table.threads.of(actor(table.staff))) == first + count
        asked.append([it.text for it in statements])
    assert len(asked[0]) == len(asked[1]) <= 8


async def test_of_very_many_the_newest_are_listed(table: Table) -> None:
    """Also where their calls and what was written in them do not stand in the same order."""
    many = MOST_LISTED + 40
    await turn_to(table, wrote=range(many))
    async with table.database.session() as session:
        for number in range(0, many, 3):
            session.add(_call(f"late-{number}", OAK, f"b{number}", START + many + number, "Late"))
    listed = await table.threads.of(actor(table.staff))
    newest = {f"b{number}": (START + number + (0 if number % 3 else many)) * 1000 for number in range(many)}
    expected = sorted(newest.items(), key=lambda item: -item[1])[:MOST_LISTED]
    assert [(it.key.buyer, it.changed_at_ms) for it in listed] == expected


async def turn_to(
    table: Table, wrote: range = range(0), called: range = range(0), room: RoomId = OAK
) -> None:
    """Let buyers have turned to a room, each a second after the one before; buyer 7 is called `b7`."""
    async with table.database.session() as session:
        for number in sorted({*wrote, *called}):
            session.add(_account(number))
        await session.flush()
        for number in wrote:
            at = (START + number) * 1000
            session.add(ThreadRow(
                room=room, buyer=f"b{number}", buyer_name=f"Buyer {number}", buyer_company="Shop",
                buyer_country="FI", opened_at_ms=at, changed_at_ms=at, erased_at_ms=None,
            ))
            await session.flush()
            session.add(OfferRow(
                id=f"{room}-{number}", room=room, buyer=f"b{number}", state="open", opened_at_ms=at,
                changed_at_ms=at,
            ))
        for number in called:
            session.add(_call(f"{room}-{number}", room, f"b{number}", START + number, "As They Called"))


def _account(number: int) -> AccountRow:
    return AccountRow(
        id=AccountId(f"b{number}"), email=f"b{number}@x.example", name=f"Now {number}", role="buyer",
        company="Shop", room=None, country="FI", language="en", password_hash="", created_at=0.0,
        disabled_at=None,
    )


def _call(id_: str, room: RoomId, buyer: str, at: float, name: str) -> CallRequestRow:
    return CallRequestRow(
        id=id_, room=room, show=None, show_second=None, product=None, buyer=buyer, buyer_name=name,
        buyer_company="Shop", buyer_country="FI", buyer_language="en", requested_at=at, rings_until=at,
        outcome="missed", ended_at=at, epoch=1, replay_of=None, kind="request",
    )

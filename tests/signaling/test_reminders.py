"""Reminders reach every page of who reserved, once, whichever node they come from and whoever comes late."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from redis.asyncio import Redis
from sqlalchemy import update

from config.settings import Settings
from rooms.fair.announced import AnnouncedShow, AnnouncedState, Announcement
from rooms.fair.database import Database
from rooms.fair.programme_rows import AnnouncedRow
from tests.rooms.fair_facts import LAMP, OAK, buyer, guest, staff
from tests.signaling.fair import LASTING, Node, furnish_fair, on_air, open_node, quick
from tests.signaling.held import Hold

SOON_SECONDS = 500.0
"""Within the ten minutes before a show."""


async def announce(node: Node, seconds: float = SOON_SECONDS) -> AnnouncedShow:
    """Announce a show that begins so soon, and let time pass for the buyer who reserved it before."""
    wish = Announcement("Chairs of oak", time.time() + 3600, 30)
    show = await node.programme.announce(staff(), OAK, wish)
    await node.parts.reservations.reserve(buyer(), show.id)
    moved = Announcement("Chairs of oak", time.time() + seconds, 30)
    await _move(node, show, moved)
    return show


async def _move(node: Node, show: AnnouncedShow, wish: Announcement) -> None:
    """Let the time of a show come nearer without telling the reservations, as real time does."""
    async with node.database.session() as session:
        change = update(AnnouncedRow).where(AnnouncedRow.id == show.id)
        await session.execute(change.values(starts_at=wish.starts_at))


def of(show: AnnouncedShow, stage: str) -> Any:
    return lambda message: (message["reminder"]["id"], message["reminder"]["stage"]) == (show.id, stage)


async def test_every_page_of_who_reserved_is_told_once(fair: Node) -> None:
    pages = [await fair.talk("/hall", buyer(), room) for room in (None, LAMP, OAK)]
    others = [await fair.talk("/hall", who, OAK) for who in (buyer(2), guest(), staff())]
    show = await announce(fair)
    for page in pages:
        reminder = (await page.hear("reminder", of(show, "ten_minutes")))["reminder"]
        assert (reminder["room"], reminder["company"]) == (OAK, "Oak & Ash")
        assert reminder["title"] == "Chairs of oak"
    await asyncio.sleep(4.5)
    assert [page.count("reminder") for page in pages] == [1, 1, 1]
    assert [other.count("reminder") for other in others] == [0, 0, 0]


async def test_who_comes_late_hears_it_with_the_snapshot_and_only_once(fair: Node) -> None:
    await fair.sockets._clockwork.close()  # it reminds who is here as well, and may be faster
    show = await announce(fair, 30)
    late = await fair.talk("/hall", buyer())
    (reminder,) = (await late.hear("snapshot"))["reminders"]
    assert (reminder["id"], reminder["stage"]) == (show.id, "one_minute")
    again = await fair.talk("/hall", buyer(), OAK)
    assert (await again.hear("snapshot"))["reminders"] == []
    stranger = await fair.talk("/hall", guest())
    assert (await stranger.hear("snapshot"))["reminders"] == []


async def test_a_snapshot_that_is_read_again_still_has_the_reminder(fair: Node, hold: Hold) -> None:
    """The first reading had claimed it and was thrown away."""
    show = await announce(fair, 30)
    held = hold(fair.parts.appointing, "near")  # the reminders have been read by then
    opening = asyncio.create_task(fair.talk("/hall", buyer()))
    await held.was_made.wait()
    await fair.parts.herald.programme_changed(OAK)
    held.may_go_on.set()
    page = await opening
    in_snapshot = (await page.hear("snapshot"))["reminders"]
    told = in_snapshot or [(await page.hear("reminder"))["reminder"]]  # as when the clock was faster
    assert [reminder["id"] for reminder in told] == [show.id]


async def test_two_nodes_tell_it_once(
    redis: Redis, valkey_url: str, database: Database, settings: Settings
) -> None:
    await furnish_fair(database)
    async with (
        open_node(quick(settings), valkey_url, database) as one,
        open_node(quick(settings), valkey_url, database) as two,
    ):
        pages = [await node.talk("/hall", buyer(), OAK) for node in (one, two)]
        show = await announce(one)
        for page in pages:
            await page.hear("reminder", of(show, "ten_minutes"))
        await asyncio.sleep(4.5)
        assert [page.count("reminder") for page in pages] == [1, 1]


async def test_a_show_that_begins_has_its_title_and_says_so(fair: Node) -> None:
    page = await fair.talk("/hall", buyer())
    inside = await fair.talk("/hall", guest(), OAK)
    show = await announce(fair)
    peer, _ = await fair.go_live(fair.publish_ticket(staff()))
    async with on_air(peer):
        running = (await inside.hear("show", lambda message: message["show"]))["show"]
        assert (running["title"], running["is_film"]) == ("Chairs of oak", False)
        await page.hear("reminder", of(show, "begun"))
        assert (await inside.hear("programme"))["room"] == OAK
        announced = await fair.programme.get(show.id)
        assert (announced.state, announced.show) == (AnnouncedState.ON_AIR, running["id"])
    (logged,) = await fair.show_log.of_room(OAK)
    assert logged.title == "Chairs of oak"
    await inside.hear("show", lambda message: message["show"] is None)
    assert (await fair.programme.get(show.id)).state is AnnouncedState.DONE


@pytest.mark.parametrize("fair", [LASTING], indirect=True)
async def test_a_picture_that_returns_is_not_the_next_announced_show(fair: Node) -> None:
    page = await fair.talk("/hall", guest(), OAK)
    peer, _ = await fair.go_live(fair.publish_ticket(staff()))
    async with on_air(peer):
        await page.hear("show", lambda message: message["show"])
    await page.hear("show", lambda message: message["show"]["state"] == "away")
    show = await announce(fair)
    other, _ = await fair.go_live(fair.publish_ticket(staff(2)))
    async with on_air(other):
        await page.hear("show", lambda message: message["show"] and message["show"]["anchor"] == "Staff 2")
        assert (await fair.programme.get(show.id)).state is AnnouncedState.ANNOUNCED


async def test_an_announced_show_begins_in_a_room_that_is_on_the_air_anyway(fair: Node) -> None:
    page = await fair.talk("/hall", guest(), OAK)
    peer, _ = await fair.go_live(fair.publish_ticket(staff()))
    async with on_air(peer):
        running = (await page.hear("show", lambda message: message["show"]))["show"]
        show = await announce(fair, -1)
        buyers = await fair.talk("/hall", buyer())
        await buyers.hear("reminder", of(show, "begun"))
        assert (await fair.programme.get(show.id)).show == running["id"]

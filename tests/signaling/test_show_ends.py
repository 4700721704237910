"""How shows end: written down whatever is away just then, and none that has just come back."""

from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis

from config.errors import Busy
from config.ids import RoomId, ShowId
from config.settings import Settings
from rooms.fair.database import Database
from rooms.live.shows import Show, ShownFilm
from signaling.no_archive import NoArchive
from signaling.show_ends import ShowEnds
from tests.rooms.fair_facts import OAK, guest, staff
from tests.signaling.fair import PATIENCE_SECONDS, Node, on_air, open_node, quick
from tests.signaling.held import Hold
from tests.signaling.test_stage import live


def away() -> Busy:
    return Busy("The store is away.", code="store_away")


async def test_an_end_that_the_records_did_not_take_is_written_down_later(
    fair: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever tried again found no show, and the programme said "on air" until the next one."""
    write = fair.show_log.end

    async def away_once(show: Show) -> None:
        monkeypatch.setattr(fair.show_log, "end", write)
        raise away()

    monkeypatch.setattr(fair.show_log, "end", away_once)
    console = await fair.talk("/booth", staff(), OAK)
    peer, _ = await fair.go_live(fair.publish_ticket(staff()))
    async with on_air(peer):
        await console.hear("show", live)
        assert (await console.ask("end_show", {}))["error"]["code"] == "store_away"
        await console.hear("show", lambda message: message["show"] is None)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while [it.ended_at is None for it in await fair.show_log.of_room(OAK)] != [False]:
            await asyncio.sleep(0.05)  # its beginning may be written down as late as its end


async def test_whoever_ends_a_show_is_off_the_air_although_the_store_is_away(
    fair: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is away from then on, and ends like any other whose picture does not return."""
    end = fair.parts.shows.end

    async def away_once(room: RoomId, **which: int | None) -> None:
        monkeypatch.setattr(fair.parts.shows, "end", end)
        raise away()

    console = await fair.talk("/booth", staff(), OAK)
    peer, _ = await fair.go_live(fair.publish_ticket(staff()))
    async with on_air(peer):
        await console.hear("show", live)
        monkeypatch.setattr(fair.parts.shows, "end", away_once)
        assert (await console.ask("end_show", {}))["error"]["code"] == "store_away"
        await peer.until(lambda: peer.is_closed, PATIENCE_SECONDS)
    await console.hear("show", lambda message: message["show"] is None)
    assert (await fair.show_log.of_room(OAK))[0].ended_at is not None


async def test_a_picture_that_has_just_returned_is_not_ended_for_having_been_away(
    fair: Node, monkeypatch: pytest.MonkeyPatch, redis: Redis, valkey_url: str, database: Database,
    settings: Settings,
) -> None:
    """Another server found the room in need of an end, and ended whatever ran there by then."""
    async with open_node(quick(settings), valkey_url, database) as other:
        found, may_go_on, was_done = asyncio.Event(), asyncio.Event(), asyncio.Event()
        expired = other.parts.shows.expired

        async def slowly() -> dict[RoomId, int]:
            if found.is_set():
                was_done.set()
                return {}
            if rooms := await expired():
                found.set()
                await may_go_on.wait()
            return rooms

        async def nothing() -> dict[RoomId, int]:
            return {}

        monkeypatch.setattr(other.parts.shows, "expired", slowly)
        monkeypatch.setattr(fair.parts.shows, "expired", nothing)
        page = await fair.talk("/hall", guest(), OAK)
        peer, _ = await fair.go_live(fair.publish_ticket(staff()))
        async with on_air(peer):
            await page.hear("show", live)
        await found.wait()
        page.told.clear()
        async with on_air(peer):
            back = (await page.hear("show", live))["show"]
            may_go_on.set()
            await was_done.wait()
            running = await fair.parts.shows.get(OAK)
            assert running is not None
            assert running.id == back["id"]


async def test_a_picture_that_returns_as_its_show_ends_begins_the_next(fair: Node, hold: Hold) -> None:
    page = await fair.talk("/hall", guest(), OAK)
    peer, _ = await fair.go_live(fair.publish_ticket(staff()))
    async with on_air(peer):
        show = (await page.hear("show", live))["show"]
    held = hold(fair.parts.shows, "end")
    await held.was_made.wait()
    async with on_air(peer):
        await peer.until(lambda: fair.relay.is_live(OAK), PATIENCE_SECONDS)
        held.may_go_on.set()
        await page.hear("show", lambda message: live(message) and message["show"]["id"] != show["id"])
        assert not peer.is_closed


async def test_a_show_that_was_ended_before_it_was_known_is_none(fair: Node, hold: Hold) -> None:
    """It stood in the hall from then on, live and without a picture."""
    held = hold(fair.stage.bill, "next_of")
    peer, _ = await fair.go_live(fair.publish_ticket(staff()))
    async with on_air(peer):
        await held.was_made.wait()
        await fair.stage.end_show(staff(), OAK)
    began = hold(fair.parts.shows, "end")
    held.may_go_on.set()
    async with asyncio.timeout(PATIENCE_SECONDS):
        await began.was_made.wait()
    began.may_go_on.set()
    assert await fair.parts.shows.get(OAK) is None


async def test_a_recording_ends_with_its_show_whatever_was_played_in_it(fair: Node) -> None:
    """A recording of which nobody said that it was over went on for ever."""
    archive, shows = Heard(), fair.parts.shows
    ends = ShowEnds(shows, fair.show_log, archive, fair.stage.bill, fair.parts.herald)
    show = await shows.begin(OAK, "Ada")
    assert (await shows.begin(OAK, "Ada", film=ShownFilm(ShowId("old"), 2.0))).id == show.id
    await ends.end(OAK)
    assert archive.ended == [show.id]


class Heard(NoArchive):
    """Remembers what it is told has ended."""

    def __init__(self) -> None:
        self.ended: list[ShowId] = []

    def end(self, show: ShowId) -> None:
        self.ended.append(show)

"""Recordings that run as shows: with staff on duty, marked for viewers, never recorded again."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import replace

import pytest
import pytest_asyncio

from config.errors import Busy, Conflict, Denied, Missing
from config.ids import RoomId, ShowId
from media.film import GAP_SECONDS, Film
from rooms.fair.announced import AnnouncedState, Announcement
from rooms.fair.recordings import Recordings
from rooms.live.shows import Show
from signaling.films import Films, Recorded
from signaling.library import RecordedFilms
from tests.rooms.fair_facts import LAMP, OAK, Clock, buyer, guest, organiser, staff
from tests.signaling.fair import Node
from tests.signaling.recorded import films_of, record


@pytest_asyncio.fixture
async def film(fair: Node) -> ShowId:
    """A show of this room that was recorded to its end."""
    return await record(fair, Recordings(fair.database, time.time), OAK)


async def on_duty(fair: Node) -> None:
    await fair.parts.duty.on(OAK, staff().id, "Staff 1")


async def test_a_film_is_a_show_that_ends_with_it(fair: Node, film: ShowId) -> None:
    page = await fair.talk("/hall", guest(), OAK)
    await on_duty(fair)
    await fair.films.play(staff(), OAK, film, again=False)
    show = (await page.hear("show", lambda message: message["show"]))["show"]
    assert (show["is_film"], show["anchor"], show["state"]) == (True, "Staff 1", "live")
    (segment, *others) = await Recordings(fair.database, time.time).segments(film)
    seconds = segment.duration + sum(other.duration for other in others)
    assert show["film"] == {
        "recording": film, "seconds": pytest.approx(seconds + GAP_SECONDS, abs=0.001),
        "pieces": [[0.0, segment.start]], "url": f"/recordings/{film}.webm",
    }
    await page.hear("show", lambda message: message["show"] is None)
    (logged,) = await fair.show_log.of_room(OAK)
    assert logged.ended_at is not None
    assert fair.relay.publication(OAK) is None


async def test_viewers_see_a_loop_until_staff_end_it(fair: Node, film: ShowId) -> None:
    page = await fair.talk("/hall", guest(), OAK)
    await on_duty(fair)
    await fair.films.play(staff(), OAK, film, again=True)
    await page.hear("show", lambda message: message["show"])
    viewer, _ = await fair.watch(guest())
    await viewer.until(lambda: len(viewer.video()) > 120, seconds=20)
    with pytest.raises(Conflict) as refusal:
        await fair.go_live(fair.publish_ticket(staff()))
    assert refusal.value.code == "already_publishing"
    await fair.stage.end_show(staff(), OAK)
    await viewer.until(lambda: viewer.is_closed)
    assert await fair.parts.shows.get(OAK) is None


async def test_a_show_may_follow_a_film_at_once(fair: Node, film: ShowId) -> None:
    """The film that was ended does not end the show that comes after it."""
    page = await fair.talk("/hall", guest(), OAK)
    await on_duty(fair)
    await fair.films.play(staff(), OAK, film, again=True)
    await page.hear("show", lambda message: message["show"])
    await fair.stage.end_show(staff(), OAK)
    await fair.films.play(staff(), OAK, film, again=True)
    await asyncio.sleep(1)
    show = await fair.parts.shows.get(OAK)
    assert show is not None
    assert show.film is not None


async def test_a_film_needs_somebody_on_duty(fair: Node, film: ShowId) -> None:
    with pytest.raises(Conflict) as refusal:
        await fair.films.play(staff(), OAK, film, again=False)
    assert refusal.value.code == "nobody_on_duty"
    assert await fair.parts.shows.get(OAK) is None


async def test_a_film_that_nobody_attends_ends(fair: Node, film: ShowId) -> None:
    page = await fair.talk("/hall", guest(), OAK)
    await on_duty(fair)
    clock = Clock(time.time())
    films = films_of(fair, clock)
    await films.play(staff(), OAK, film, again=True)
    await page.hear("show", lambda message: message["show"])
    await fair.parts.duty.off(OAK, staff().id)
    await films.sweep()
    clock.move(59)
    await films.sweep()
    assert await fair.parts.shows.get(OAK) is not None
    clock.move(1)
    await films.sweep()
    await page.hear("show", lambda message: message["show"] is None)


async def test_only_staff_play_and_only_whole_recordings_of_their_room(fair: Node, film: ShowId) -> None:
    await on_duty(fair)
    for actor in (guest(), buyer(), organiser(), staff(room=LAMP)):
        with pytest.raises(Denied):
            await fair.films.play(actor, OAK, film, again=False)
    for room, recording in ((LAMP, film), (OAK, ShowId("none"))):
        with pytest.raises(Missing) as refusal:
            await fair.films.play(staff(room=room), room, recording, again=False)
        assert refusal.value.code == "no_film"
    assert [found.id for found in await fair.films.of_room(OAK)] == [film]
    assert await fair.films.of_room(LAMP) == []


async def test_a_recording_that_runs_is_no_film(fair: Node) -> None:
    running = await record(fair, Recordings(fair.database, time.time), OAK, is_whole=False)
    assert await fair.films.of_room(OAK) == []
    with pytest.raises(Missing):
        await fair.films.check(OAK, running)


async def test_a_room_that_rehearses_plays_no_film(fair: Node, film: ShowId) -> None:
    await on_duty(fair)
    await fair.stage.rehearsals.begin(staff(), OAK)
    with pytest.raises(Conflict) as refusal:
        await fair.films.play(staff(), OAK, film, again=False)
    assert refusal.value.code == "rehearsing"


async def test_a_film_is_no_part_of_a_show_that_waits_for_its_picture(fair: Node, film: ShowId) -> None:
    """It was recorded into that show, whose recording then never ended."""
    await on_duty(fair)
    await fair.programme.announce(staff(), OAK, Announcement("Once more", time.time() + 60, 30, film=film))
    before = await away(fair)
    with pytest.raises(Conflict) as refusal:
        await fair.films.play(staff(), OAK, film, again=False)
    assert refusal.value.code == "already_publishing"
    films = _later(fair)
    await films.sweep()
    assert fair.relay.publication(OAK) is None
    await fair.stage.end_show(staff(), OAK)
    page = await fair.talk("/hall", guest(), OAK)
    await films.sweep()  # it has waited, and nobody else was kept from playing it
    show = (await page.hear("show", lambda message: message["show"]))["show"]
    assert (show["id"] != before.id, show["is_film"]) == (True, True)
    await films.close()


async def away(fair: Node) -> Show:
    """Have a show of another server wait for its picture."""
    show = await fair.parts.shows.begin(OAK, "Ada")
    await fair.parts.shows.away(OAK)
    return show


async def test_an_announced_film_waits_for_the_end_of_a_rehearsal(fair: Node, film: ShowId) -> None:
    await fair.programme.announce(staff(), OAK, Announcement("Once more", time.time() + 60, 30, film=film))
    await on_duty(fair)
    await fair.stage.rehearsals.begin(staff(), OAK)
    films = _later(fair)
    await films.sweep()
    assert fair.relay.publication(OAK) is None
    await fair.stage.rehearsals.end(staff(), OAK)
    await films.sweep()
    assert fair.relay.publication(OAK) is not None
    await films.close()


async def test_an_announced_film_is_tried_again_once_the_records_are_back(fair: Node, film: ShowId) -> None:
    announced = await fair.programme.announce(
        staff(), OAK, Announcement("Once more", time.time() + 60, 30, film=film))
    await on_duty(fair)
    library = AwayOnce(RecordedFilms(Recordings(fair.database, time.time)))
    films = films_of(fair, lambda: time.time() + 90, library)
    await films.sweep()
    assert fair.relay.publication(OAK) is None
    await films.sweep()
    assert fair.relay.publication(OAK) is not None
    await films.close()
    assert not await fair.programme.claim_film(announced.id)


class AwayOnce:
    """A library whose records are away the first time."""

    def __init__(self, library: RecordedFilms) -> None:
        self._library = library
        self._is_away = True

    async def films(self, room: RoomId) -> list[Recorded]:
        return await self._library.films(room)

    async def film(self, room: RoomId, recording: ShowId) -> Film:
        if self._is_away:
            self._is_away = False
            raise Busy("The store is away.", code="store_away")
        return await self._library.film(room, recording)


async def test_an_announced_film_that_the_relay_refuses_may_be_played_yet(fair: Node, film: ShowId) -> None:
    """Somebody has come on the air, and their first packet is still on its way."""
    announced = await fair.programme.announce(
        staff(), OAK, Announcement("Once more", time.time() + 60, 30, film=film))
    await on_duty(fair)
    await fair.go_live(fair.publish_ticket(staff()))
    films = _later(fair)
    await films.sweep()
    assert await fair.programme.claim_film(announced.id)
    await films.close()


async def test_a_film_begins_at_its_announced_time_once_somebody_is_on_duty(
    fair: Node, film: ShowId
) -> None:
    wish = Announcement("The chairs once more", time.time() + 60, 30, film=film)
    announced = await fair.programme.announce(staff(), OAK, wish)
    page = await fair.talk("/hall", guest(), OAK)
    films = _later(fair)
    await films.sweep()
    assert await fair.parts.shows.get(OAK) is None
    await on_duty(fair)
    await films.sweep()
    show = (await page.hear("show", lambda message: message["show"]))["show"]
    assert (show["title"], show["is_film"]) == ("The chairs once more", True)
    await page.hear("programme")
    assert (await fair.programme.get(announced.id)).state is AnnouncedState.ON_AIR
    await page.hear("show", lambda message: message["show"] is None)
    assert (await fair.programme.get(announced.id)).state is AnnouncedState.DONE
    await films.sweep()
    await films.close()
    assert await fair.parts.shows.get(OAK) is None


async def test_of_four_nodes_one_plays_the_announced_film(
    fair: Node, film: ShowId, caplog: pytest.LogCaptureFixture
) -> None:
    """The others do not even try."""
    page = await fair.talk("/hall", guest(), OAK)
    await on_duty(fair)
    wish = Announcement("Once more", time.time() + 60, 30, film=film)
    await fair.programme.announce(staff(), OAK, wish)
    nodes = [_later(fair) for _ in range(4)]
    with caplog.at_level(logging.WARNING):
        await asyncio.gather(*(node.sweep() for node in nodes))
    await page.hear("show", lambda message: message["show"])
    assert [record.message for record in caplog.records] == []
    for node in nodes:
        await node.close()


def _later(fair: Node) -> Films:
    """Return a node's films, a minute and a half from now."""
    return films_of(fair, lambda: time.time() + 90)


async def test_a_change_of_the_announced_film_counts(fair: Node, film: ShowId) -> None:
    wish = Announcement("Once more", time.time() + 60, 30, film=film)
    announced = await fair.programme.announce(staff(), OAK, wish)
    await fair.programme.change(staff(), announced.id, replace(wish, film=None))
    await on_duty(fair)
    await _later(fair).sweep()
    await asyncio.sleep(0.2)
    assert await fair.parts.shows.get(OAK) is None

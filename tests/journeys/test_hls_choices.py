"""Journeys of viewers over HTTP who choose what is loaded: a size of the picture, or sound alone."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import People
from tests.journeys.later import LATER, WITHOUT_WEBRTC, end_show, on_the_way, plays, seek_by_key
from tests.journeys.people import Person
from tests.journeys.stage import go_live
from tests.journeys.test_layers import LARGEST, LIMIT_MS, LINES, SMALLEST, choose, film, offers_all, watch
from tests.journeys.test_sound_only import KEEP_STATES, SOUND_ONLY, is_offered, says
from tests.showroom.server import RunningServer

pytestmark = pytest.mark.asyncio(loop_scope="session")
LINES_ARE = "([it, lines]) => document.querySelector(it).videoHeight === lines"
LOADS_NO_PICTURE = """
async (still) => {
  const all = () => performance.getEntriesByType('resource');
  const loaded = () => all().filter(({name}) => /[/]video[/.]/.test(name)).length;
  const before = loaded();
  await new Promise((done) => setTimeout(done, still));
  return loaded() === before;
}
"""
STILL_MS = 3000


async def becomes(viewer: Person, lines: int) -> None:
    """Wait until the picture over HTTP has so many lines, and goes on."""
    await viewer.page.wait_for_function(LINES_ARE, arg=[LATER, lines], timeout=LIMIT_MS)
    await plays(viewer)


async def listens(viewer: Person) -> None:
    """Wait until sound plays over HTTP, and nothing of a picture is loaded."""
    await says(viewer, "sound")
    await plays(viewer)
    assert await viewer.page.evaluate(LOADS_NO_PICTURE, STILL_MS)


async def test_a_viewer_over_http_goes_without_the_picture_and_has_it_back(
    people: People, fair: RunningServer
) -> None:
    """Also after the page was loaded anew; nothing that was said on the way was a fault."""
    anchor = await go_live(people, fair, 1)
    guest = await watch(people, fair, 1, WITHOUT_WEBRTC + KEEP_STATES)
    await on_the_way(guest, "hls", "later")
    await is_offered(guest)
    await choose(guest, SOUND_ONLY)
    await listens(guest)
    await guest.page.reload()
    await listens(guest)
    await is_offered(guest)
    await choose(guest, "Automatic")
    await on_the_way(guest, "hls", "later", "playing")
    await plays(guest)
    seen = await guest.page.evaluate("window.states")
    assert set(seen) <= {"connecting", "sound", "playing"}, seen
    await end_show(anchor)


@pytest.mark.long
async def test_a_viewer_over_http_chooses_a_size(people: People, fair: RunningServer) -> None:
    """It stays chosen when the page is loaded anew."""
    anchor = await film(people, fair, 2)
    direct = await watch(people, fair, 2)
    await offers_all(direct)
    guest = await watch(people, fair, 2, WITHOUT_WEBRTC)
    await on_the_way(guest, "hls", "later")
    await offers_all(guest)
    await choose(guest, LINES[-1])
    await becomes(guest, SMALLEST)
    await choose(guest, LINES[0])
    await becomes(guest, LARGEST)
    await choose(guest, LINES[-1])
    await guest.page.reload()
    await becomes(guest, SMALLEST)
    await end_show(anchor)


@pytest.mark.long
async def test_who_went_back_keeps_the_second_without_the_picture(
    people: People, fair: RunningServer
) -> None:
    anchor = await go_live(people, fair, 3)
    guest = await watch(people, fair, 3)
    await guest.frames("#picture", 5)
    await anchor.page.wait_for_timeout(12_000)
    await seek_by_key(guest, "Home")
    await on_the_way(guest, "whole", "later")
    second = await plays(guest)
    await choose(guest, SOUND_ONLY)
    await listens(guest)
    assert second < await plays(guest) < second + 12
    await choose(guest, "Automatic")
    await on_the_way(guest, "whole", "later", "playing")
    assert await plays(guest) > second
    await end_show(anchor)

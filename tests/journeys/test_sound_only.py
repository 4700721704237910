"""Journeys of viewers who want no picture: sound alone, for whom each megabyte counts."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from playwright.async_api import expect

from tests.journeys.conftest import People
from tests.journeys.later import BLOCK_MEDIA, LIMIT_MS, end_show, on_the_way
from tests.journeys.people import Person
from tests.journeys.stage import go_live
from tests.journeys.test_accessibility import violations
from tests.journeys.test_layers import BUSY, END_SESSION, TELEPHONE, choose, watch
from tests.showroom.server import RunningServer

pytestmark = pytest.mark.asyncio(loop_scope="session")

SOUND_ONLY = "Sound only"
BACK_SECONDS = 3
STILL_MS = 2000
STUCK_SECONDS = 20
"""More than twice as long as a picture may stand still before a new session is taken."""

RECEIVE_SOUND_ONLY = """
async ([still, limit]) => {
  const received = async () => {
    const sum = {video: 0, audio: 0};
    for (const [, report] of await window.peers.at(-1).getStats())
      if (report.type === 'inbound-rtp') sum[report.kind] += report.packetsReceived;
    return sum;
  };
  const until = performance.now() + limit;
  let before = await received(), after = before;
  do {
    before = after;
    await new Promise((done) => setTimeout(done, still));
    after = await received();
  } while ((after.video !== before.video || after.audio === before.audio) && performance.now() < until);
  return {video: after.video - before.video, audio: after.audio - before.audio};
}
"""
"""Returns what came while no packet of a picture did, or what comes at the end of the limit."""
PLAYED = "() => document.querySelector('#picture').currentTime"
KEEP_STATES = """
document.addEventListener('DOMContentLoaded', () => {
  const stage = document.querySelector('#stage');
  window.states = [stage?.dataset.state];
  const note = () => window.states.push(stage.dataset.state);
  if (stage) new MutationObserver(note).observe(stage, {attributes: true, attributeFilter: ['data-state']});
});
"""
"""Runs before any script of a page: remembers all that the stage has said."""
CHOSE_SOUND = "sessionStorage.setItem('quality', 'sound')"


async def listens(viewer: Person) -> None:
    """Wait until sound is all there is: no packet of a picture comes, and the sound plays on."""
    await says(viewer, "sound")
    second = await viewer.page.evaluate(PLAYED)
    received = await viewer.page.evaluate(RECEIVE_SOUND_ONLY, [STILL_MS, LIMIT_MS])
    assert received["video"] == 0
    assert received["audio"] > 0
    assert await viewer.page.evaluate(PLAYED) > second


async def says(viewer: Person, state: str, limit_ms: float = LIMIT_MS) -> None:
    """Wait until the stage is in this state."""
    await expect(viewer.page.locator("#stage")).to_have_attribute("data-state", state, timeout=limit_ms)


async def is_offered(viewer: Person) -> None:
    """Wait until sound alone is to be had, beside the one size there is."""
    await expect(viewer.page.locator("#sizes-button")).to_be_visible(timeout=LIMIT_MS)
    names = viewer.page.locator("#sizes .sizes-name")
    await expect(names).to_have_text(["Automatic", SOUND_ONLY], timeout=LIMIT_MS)


async def states(viewer: Person) -> Any:
    """Return all that the stage has said since the page was opened."""
    return await viewer.page.evaluate("window.states")


@pytest.mark.long
async def test_a_viewer_goes_without_the_picture_and_has_it_back(people: People, fair: RunningServer) -> None:
    """Nothing takes the missing frames for a fault, and axe finds nothing."""
    await go_live(people, fair, 1)
    guest = await watch(people, fair, 1, KEEP_STATES)
    await guest.frames("#picture", 10)
    await is_offered(guest)
    await choose(guest, SOUND_ONLY)
    await listens(guest)
    message = guest.page.locator("[data-says=sound]")
    await expect(message).to_contain_text("press Unmute")
    assert await violations(guest) == []
    await guest.page.click("#unmute")
    await expect(message.get_by_text("press Unmute")).to_be_hidden()
    await expect(message).to_contain_text(SOUND_ONLY)
    said = len(await states(guest))
    await asyncio.sleep(STUCK_SECONDS)
    assert len(await states(guest)) == said
    assert await guest.page.evaluate("window.peers.length") == 1
    await listens(guest)
    await expect(guest.page.locator("#quality")).to_be_hidden()
    await choose(guest, "Automatic")
    await guest.frames("#picture", 5, limit_seconds=BUSY * BACK_SECONDS)
    await says(guest, "playing")
    assert await guest.moves("#picture")
    assert set((await states(guest))[said:]) <= {"sound", "playing"}


@pytest.mark.long
async def test_sound_alone_outlives_a_reload_and_a_session(people: People, fair: RunningServer) -> None:
    """On a telephone, too, which plays the sound though it has never had a frame."""
    anchor = await go_live(people, fair, 2)
    guest = await watch(people, fair, 2, KEEP_STATES, **TELEPHONE)
    await guest.frames("#picture", 3)
    await is_offered(guest)
    await choose(guest, SOUND_ONLY)
    await says(guest, "sound")
    await guest.page.reload()
    await listens(guest)
    assert await states(guest) == ["connecting", "sound"]
    await expect(guest.page.locator("#sizes [aria-checked=true]")).to_contain_text(SOUND_ONLY)
    assert await violations(guest) == []
    assert await guest.page.evaluate(END_SESSION) == 200
    await guest.page.wait_for_function("() => window.peers.length > 1")
    await listens(guest)
    await choose(guest, "Automatic")
    await guest.frames("#picture", 5, limit_seconds=BUSY * BACK_SECONDS)
    await says(guest, "playing")
    await end_show(anchor)


@pytest.mark.long
async def test_sound_alone_is_come_back_to_from_the_slower_way(people: People, fair: RunningServer) -> None:
    """No frame will ever come by the direct way; it is taken all the same."""
    anchor = await go_live(people, fair, 3)
    guest = await watch(people, fair, 3, BLOCK_MEDIA + CHOSE_SOUND)
    await on_the_way(guest, "hls", "later", "sound")
    await guest.page.evaluate("window.mediaPasses = true")
    await guest.page.click("#behind")
    await expect(guest.page.locator("#stage")).to_have_attribute("data-way", "direct", timeout=LIMIT_MS)
    await listens(guest)
    await end_show(anchor)


async def test_an_exhibitor_who_is_away_is_said_to_be_away(people: People, fair: RunningServer) -> None:
    """And where there is nothing on the air, nothing is said of sound."""
    anchor = await go_live(people, fair, 5)
    guest = await watch(people, fair, 5, CHOSE_SOUND)
    await says(guest, "sound")
    studio = anchor.page.url
    await anchor.page.goto("about:blank")
    await says(guest, "away")
    await anchor.page.goto(studio)
    await listens(guest)
    await end_show(anchor)
    await says(guest, "off")

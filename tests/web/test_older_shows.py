"""The shows of a room that are over: who has more of them than one page holds is led on to the rest."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from rooms.fair.recording import Access
from tests.rooms.fair_facts import staff as staff_actor
from tests.rooms.recorded import record
from tests.web.conftest import TILE, OpenFair
from tests.web.page_modules import run
from tests.web.visitor import Visitor
from web.replays import LISTED

KEEPER = staff_actor(room=TILE)
NEWER, WORDS = 3, "Earlier shows"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shows(fair: OpenFair) -> AsyncIterator[list[str]]:
    """The ids of a page of shows and one more, the newest first; those by invitation are newer than all."""
    recordings, now = fair.parts.recordings, time.time()
    names = [f"older-{number}" for number in range(LISTED + 1)]
    closed = [f"closed-{number}" for number in range(NEWER)]
    for age, name in enumerate([*closed, *names]):
        access = Access.INVITED if name in closed else Access.PUBLIC
        await record(recordings, name, room=TILE, count=1, started_at=now - age - 0.25, access=access)
    yield names
    for name in [*closed, *names]:
        await recordings.delete(KEEPER, name)


def listed(page: str) -> list[str]:
    return re.findall(rf'class="show-row" href="/rooms/{TILE}/shows/([^"]+)"', page)


def older(page: str) -> str:
    found = re.search(r'href="(\?before=[^"]+)" data-older', page)
    return found[1] if found else ""


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("at", ["", "/shows/older-0"])
async def test_each_show_can_be_reached_from_room_and_replay(
    guest: Visitor, shows: list[str], at: str
) -> None:
    path = f"/rooms/{TILE}{at}"
    newest = (await guest.get(path)).text
    assert listed(newest) == shows[:LISTED]
    assert WORDS in newest
    rest = (await guest.get(path + older(newest))).text
    assert listed(rest)[:1] == shows[LISTED:]
    assert not older(rest)


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("typed", ["", "soon", "nan", "inf", "-inf", "1e999"])
async def test_a_moment_that_is_none_is_passed_over(guest: Visitor, shows: list[str], typed: str) -> None:
    assert listed((await guest.get(f"/rooms/{TILE}?before={typed}")).text) == shows[:LISTED]


PANEL = """
let fetched = [], next = "?before=5";
globalThis.Element = class { closest() { return this; } };
globalThis.HTMLAnchorElement = class extends Element {
  href = "/rooms/oak?before=9"; parentElement = {remove: () => say("gone", fetched, listed)};
  setAttribute(name, value) { this[name] = "/rooms/oak" + value; }
};
const row = {querySelector: () => ({focus() { listed.push("focused"); }})};
const fresh = {querySelectorAll: () => [row], querySelector: () => next && {getAttribute: () => next}};
globalThis.XMLHttpRequest = class {
  status = 200; responseXML = {getElementById: () => fresh}; events = {};
  open(method, url) { fetched.push(url); }
  addEventListener(name, act) { this.events[name] = act; }
  send() { this.events.load(); }
};
const listed = [];
const panel = {id: "panel-shows", addEventListener: (name, act) => (panel.click = act),
  querySelector: () => ({append: (...rows) => listed.push(...rows.map(() => "row"))})};
const { keepOlderShows } = await load("elements/older_shows.js");
keepOlderShows(panel);
const link = new HTMLAnchorElement();
let stays = 0;
const press = async (more) => {
  panel.click({target: link, preventDefault: () => (stays += 1), ...more});
  await settled();
};
"""


def test_earlier_shows_come_below_the_others_until_there_are_none() -> None:
    """The page stays where it is, for its show runs on; who wants another tab gets one."""
    assert run(PANEL + """
      await press({ctrlKey: true});
      if (stays || fetched.length) throw new Error("kept from opening a tab");
      await press();
      next = null;
      await press();
    """) == [
        "gone", ["/rooms/oak?before=9", "/rooms/oak?before=5"], ["row", "focused", "row"]]

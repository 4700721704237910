"""Who is in a room when a show ends, or a film begins, gets what a newer page would have for them."""

from __future__ import annotations

import time
from itertools import count
from typing import Any

import pytest

from config.ids import ShowId
from rooms.fair.programme import Loop, LoopMode
from tests.rooms.fair_facts import staff as staff_actor
from tests.rooms.recorded import record
from tests.web.conftest import TILE, OpenFair
from tests.web.page_modules import run
from tests.web.visitor import Visitor

NUMBERS = count()
KEEPER = staff_actor(room=TILE)


@pytest.mark.asyncio(loop_scope="session")
async def test_the_first_recorded_show_of_a_room_can_be_noted_on_a_page_drawn_before(
    fair: OpenFair, guest: Visitor
) -> None:
    """The page has the place for it that a newer page fills."""
    programme, name = fair.parts.programme, ShowId(f"first-{next(NUMBERS)}")
    await programme.set_loop(KEEPER, TILE, Loop(LoopMode.OFF))
    before = await guest.get(f"/rooms/{TILE}")
    assert before.data["loop"] is None
    await programme.set_loop(KEEPER, TILE, Loop(LoopMode.LAST))
    await record(fair.parts.recordings, name, room=TILE, started_at=time.time())
    try:
        after = await guest.get(f"/rooms/{TILE}")
        assert after.data["loop"]["show"] == name
        assert f'<a class="button film-link" href="/rooms/{TILE}/shows/{name}">' in after.text
    finally:
        await fair.parts.recordings.delete(KEEPER, name)
    for page in (before, after):
        for place in ('id="film-note"', 'id="panel-shows"'):
            assert place in page.text


AGAIN = """
let asked = 0, isOffline = false;
const page2 = {loop: {show: "own", url: "/hls/own/whole/index.m3u8"}, captions_of: "own", captions: ["en"]};
const fresh = {getElementById: (id) =>
  id === "page-data" ? {textContent: JSON.stringify(page2)} : {childNodes: [`new ${id}`]}};
globalThis.XMLHttpRequest = class {
  status = 200; responseXML = fresh; events = {};
  open() { asked += 1; }
  addEventListener(name, act) { this.events[name] = act; }
  send() { this.events[isOffline ? "error" : "load"](); }
};
const drawn = [];
for (const id of ["film-note", "panel-shows"]) {
  const place = document.getElementById(id);
  Object.assign(place, {contains: () => false, querySelectorAll: () => [],
    replaceChildren: (...nodes) => drawn.push(...nodes)});
}
const show = (id, film = null) => ({id, film: film && {recording: film}});
const heard = [];
const { RoomAgain } = await load("pages/room_again.js");
const hear = ({loop, captions_of, captions}) => heard.push([loop.show, captions_of, captions]);
const open = (now) => new RoomAgain(now, hear);
const wait = async () => { const before = asked; await later(); return asked - before; };
"""


def again(script: str) -> list[Any]:
    return run(AGAIN + script)


def test_a_show_that_ends_is_asked_for_once_it_is_whole() -> None:
    assert again("""
      open(show("own")).expect(null);
      const [{ms}] = waits, early = asked;
      await later();
      say(early, ms >= 5000, ms <= 10_000, asked, heard, drawn);
    """) == [0, True, True, 1, [["own", "own", ["en"]]], ["new film-note", "new panel-shows"]]


def test_what_changes_nothing_of_what_is_recorded_asks_for_nothing() -> None:
    """Not the show that was there, one whose picture is away, nor a new one on camera: that has a page."""
    assert again("""
      const room = open(show("own"));
      room.expect(show("own"));
      room.expect({...show("own"), state: "away"});
      const same = await wait();
      room.expect(show("other"));
      const next = await wait();
      room.expect(null);
      room.expect(show("third"));
      say(same, next, await wait());
    """) == [0, 0, 0]


def test_a_film_that_begins_is_asked_for_its_captions() -> None:
    """Also one after the other, and where the camera gives way to it."""
    assert again("""
      const room = open(null), found = [];
      for (const film of ["one", "two", null]) {
        room.expect(show("own", film));
        found.push(await wait());
      }
      room.expect(show("own", "one"));
      say(found, await wait());
    """) == [[1, 1, 0], 1]


def test_who_is_offline_then_keeps_what_was_there() -> None:
    assert again("""
      isOffline = true;
      const room = open(show("own"));
      room.expect(null);
      say(await wait(), heard, drawn);
    """) == [1, [], []]


PLAYBACK = """
Object.defineProperty(globalThis, "navigator", {value: {onLine: true}});
globalThis.matchMedia = () => ({matches: false});
const video = {addEventListener() {}, loop: false, currentTime: 0};
const layer = () => ({video, forget() {}, hasPicture: false, stillMs: 0});
const layers = {direct: layer(), later: layer()};
const stage = {layers, layer: "direct", choose() {}, start() {}, show() {}};
const { Playback } = await load("pages/room_playback.js");
const old = {show: "old", url: "/old"}, own = {show: "own", url: "/own"};
const open = (loop) => {
  const playback = new Playback(stage, {whep: "/whep", hls: "", whole: "/w", loop}, {now: () => 0}, {});
  const played = playback.played = [];
  playback.later.play = (url) => played.push(url);
  playback.later.stop = () => played.push("stop");
  playback.direct.standBy = playback.direct.play = () => undefined;
  return playback;
};
"""


@pytest.mark.parametrize(("before", "after", "way", "played"), [
    ("null", "own", "film", ["/own"]),
    ("old", "own", "film", ["/old", "stop", "/own"]),
    ("own", "{...own}", "film", ["/own"]),
    ("old", "null", "direct", ["/old", "stop"]),
    ("null", "null", "direct", []),
])
def test_a_dark_room_plays_the_show_that_has_just_ended(
    before: str, after: str, way: str, played: list[str]
) -> None:
    assert run(PLAYBACK + f"""
      const playback = open({before});
      playback.begin(null, null);
      playback.setLoop({after});
      say(playback.way, playback.played);
    """) == [way, played]


def test_a_loop_waits_for_the_end_of_what_is_watched() -> None:
    """Of a show that runs, and of one that is watched to its end from an earlier second."""
    assert run(PLAYBACK + """
      const playback = open(null);
      playback.begin({id: "next", state: "live"}, null);
      playback.setLoop(own);
      const during = [playback.way, ...playback.played];
      playback.rewind(5);
      playback.expect(null);
      playback.setLoop(old);
      const rewound = [playback.way, ...playback.played];
      playback.toLive();
      say(during, rewound, playback.way, playback.played.at(-1));
    """) == [["direct"], ["whole", "/w"], "film", "/old"]

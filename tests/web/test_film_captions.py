"""Captions of what was recorded, where it runs as a show and where it fills the time of a dark room."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from itertools import count
from typing import Any

import pytest
import pytest_asyncio

from config.ids import ShowId
from rooms.fair.recording import Access
from rooms.fair.webvtt import Cue
from rooms.live.shows import ShownFilm
from tests.rooms.fair_facts import staff as staff_actor
from tests.rooms.recorded import record
from tests.web.conftest import TILE, OpenFair
from tests.web.page_modules import run
from tests.web.visitor import Visitor

NUMBERS = count()
KEEPER = staff_actor(room=TILE)


@pytest_asyncio.fixture(loop_scope="session")
async def film(fair: OpenFair) -> AsyncIterator[ShowId]:
    """The last show of `tile`, with captions in one language."""
    name = ShowId(f"captioned-{next(NUMBERS)}")
    await record(fair.parts.recordings, name, room=TILE, started_at=time.time())
    await fair.parts.captions.put(KEEPER, name, TILE, "de", "", [Cue("", 1.0, 2.0, "Hallo")])
    yield name
    await fair.parts.recordings.delete(KEEPER, name)


@pytest.mark.asyncio(loop_scope="session")
async def test_a_film_is_offered_with_the_captions_of_its_recording(
    fair: OpenFair, guest: Visitor, film: ShowId
) -> None:
    await fair.parts.shows.begin(TILE, "Tia", film=ShownFilm(film, 6.0))
    try:
        page = (await guest.get(f"/rooms/{TILE}")).data
        assert (page["captions_of"], page["captions"]) == (film, ["de"])
    finally:
        await fair.parts.shows.end(TILE)


@pytest.mark.asyncio(loop_scope="session")
async def test_a_dark_room_has_the_captions_of_what_it_plays(guest: Visitor, film: ShowId) -> None:
    page = (await guest.get(f"/rooms/{TILE}")).data
    assert page["loop"]["show"] == film
    assert (page["captions_of"], page["captions"]) == (film, ["de"])


@pytest.mark.asyncio(loop_scope="session")
async def test_a_show_on_camera_has_its_own(fair: OpenFair, guest: Visitor, film: ShowId) -> None:
    show = await fair.parts.shows.begin(TILE, "Tia")
    try:
        page = (await guest.get(f"/rooms/{TILE}")).data
        assert (page["captions_of"], page["captions"]) == (show.id, [])
    finally:
        await fair.parts.shows.end(TILE)


@pytest.mark.asyncio(loop_scope="session")
async def test_captions_by_invitation_are_everybodys_only_while_their_film_runs(
    fair: OpenFair, guest: Visitor, film: ShowId
) -> None:
    """As its picture is, which the exhibitor shows to all then."""
    path = f"/shows/{film}/captions/de.json"
    await fair.parts.recordings.set_access(KEEPER, film, Access.INVITED)
    assert (await guest.get(path)).status == 401
    await fair.parts.shows.begin(TILE, "Tia", film=ShownFilm(film, 6.0))
    try:
        assert [cue["text"] for cue in (await guest.get(path)).json["cues"]] == ["Hallo"]
    finally:
        await fair.parts.shows.end(TILE)
    assert (await guest.get(path)).status == 401


ROOM = """
const ticks = [], asked = [];
globalThis.setInterval = (act) => ticks.push(act);
document.documentElement = {lang: "en"};
document.createElement = (name) => ({name, append(...parts) { this.parts = parts; }});
localStorage.setItem("captions", "en");
const cue = (id, second, text) => ({id, second, duration: 2, text});
const cues = {own: [cue("a", 5, "Own")], film: [cue("a", 5, "Fifth"), cue("b", 605, "After the pause")],
  loop: [cue("a", 5, "Looped")]};
globalThis.fetch = async (url) => {
  asked.push(url);
  return {ok: true, json: async () => ({cues: Object.entries(cues).find(([of]) => url.includes(of))[1]})};
};
const { FairCaptions } = await load("elements/captions.js");
const { RoomCaptions } = await load("pages/room_captions.js");
let now = 1000, lines = [];
const element = new FairCaptions();
element.replaceChildren = (...all) => (lines = all.map(({parts: [words]}) => words.textContent));
element.setAttribute = () => undefined;
element.connectedCallback();
const show = (id, film = null) => ({id, state: "live", started_at: 1000, film, is_film: film !== null});
const shown = {recording: "film", seconds: 20, pieces: [[0, 0], [10, 600]], url: "/recordings/film.webm"};
const loop = {show: "loop", url: "/hls/loop/whole/index.m3u8"};
const slower = {video: {currentTime: 0}, secondsBehind: 3};
const playback = {show: null, way: "direct", later: slower, sources: {loop}};
const captions = new RoomCaptions(element, playback, {now: () => now});
for (const of of Object.keys(cues)) captions.know(of, ["en"]);
const button = part("button");
captions.begin(button);
/** What is read a number of seconds after 1000, once all that is asked for has come. */
const read = async (seconds, changes = {}) => {
  now = 1000 + seconds;
  Object.assign(playback, changes);
  for (const tick of ticks) tick();
  await settled();
  for (const tick of ticks) tick();
  return lines;
};
"""


def read(script: str) -> list[Any]:
    return run(ROOM + script)


def test_the_captions_of_a_film_are_drawn_at_the_seconds_of_its_recording() -> None:
    """Also behind a pause that the film leaves out, and when it begins anew."""
    assert read("""
      const film = show("any", shown);
      say(await read(4, {show: film}), await read(6), await read(8), await read(15.5), await read(26), asked);
    """) == [[], ["Fifth"], [], ["After the pause"], ["Fifth"], ["/shows/film/captions/en.json"]]


def test_over_http_the_captions_of_a_film_follow_its_picture() -> None:
    assert read("""
      playback.later.video.currentTime = 606;
      const after = await read(6, {show: show("any", shown), way: "hls"});
      playback.later.video.currentTime = 5.5;
      say(after, await read(17));
    """) == [["After the pause"], ["Fifth"]]


def test_a_dark_room_offers_captions_while_its_film_plays_and_not_else() -> None:
    assert read("""
      playback.later.video.currentTime = 6;
      const dark = await read(500), wasHidden = button.hidden;
      const playing = await read(501, {way: "film"});
      say(dark, wasHidden, playing, button.hidden, asked);
    """) == [[], True, ["Looped"], False, ["/shows/loop/captions/en.json"]]


def test_a_show_that_begins_takes_the_captions_of_a_film_away() -> None:
    assert read("""
      playback.later.video.currentTime = 6;
      const before = await read(0, {way: "film"});
      say(before, await read(1, {show: show("own"), way: "direct"}), await read(6));
    """) == [["Looped"], [], ["Own"]]


def test_who_has_rewound_a_show_reads_its_captions_after_its_end() -> None:
    """Also when the next one has begun meanwhile."""
    assert read("""
      await read(3, {show: show("own")});
      playback.later.video.currentTime = 6;
      const over = await read(70, {show: null, way: "whole"});
      const next = {...show("next"), started_at: 1060};
      const other = await read(71, {show: next});
      captions.hear("en", [cue("n", 11, "Next")]);
      say(over, other, await read(71.5), await read(72, {way: "direct"}).then(() => playback.way));
    """) == [["Own"], ["Own"], ["Own"], "direct"]


def test_what_is_sent_while_a_film_runs_is_read_when_it_is_said() -> None:
    """Captioners count the seconds of the show, the film those of its recording."""
    assert read("""
      await read(12, {show: show("any", shown)});
      captions.hear("en", [cue("x", 12, "Said now")]);
      say(await read(12.5), await read(14.5));
    """) == [["Said now"], []]

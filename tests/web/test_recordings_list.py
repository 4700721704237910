"""The studio's list of recordings: what can be done with each of them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.page_modules import run

LIST = """
const drawn = {append() {}, setAttribute() {}, toString: () => ""};
document.createElementNS = () => drawn;
const flat = (it) => ["symbol", "function"].includes(typeof (it ?? Symbol())) ? ""
  : Array.isArray(it) ? it.map(flat).join("")
  : it.strings ? it.strings.map((part, at) => part + flat(it.values[at])).join("") : String(it);
const { FairRecordings } = await load("elements/recordings.js");
const list = Object.create(FairRecordings.prototype);
Object.assign(list, {room: "oak", archive: {keep_days: 90}, mayManage: true, _edited: ""});
const recording = {id: "a1", title: "Chairs", started_at: 0, seconds: 60, bytes: 1, is_running: false,
  stop_reason: "ended", access: "public", guests: [], keep: false};
const row = (more) => flat(list._row({...recording, ...more}));
const links = (more) => [...row(more).matchAll(/href=([^ >]*)/g)].map((it) => it[1]);
"""
REPLAY, FILE = "/rooms/oak/shows/a1", "/recordings/a1/download"
CAPTIONS = "/studio/oak/shows/a1/captions"


@pytest.mark.parametrize(("given", "links"), [
    ("links({})", [REPLAY, FILE, CAPTIONS]),
    ("links({is_running: true})", [REPLAY, CAPTIONS]),
    ("(list.mayManage = false, links({}))", [REPLAY]),
])
def test_the_captions_of_each_show_are_a_link_away_for_its_staff(given: str, links: list[Any]) -> None:
    assert run(f"{LIST} say({given});") == [links]

"""Who may see a buyer is asked once, and whoever may be blocked can be blocked where they are listed."""

from __future__ import annotations

import pytest

from tests.web.page_modules import run

ASKED = """
let isNarrow = false;
globalThis.matchMedia = () => ({get matches() { return isNarrow; }});
const { RoomAsking } = await load("pages/room_asking.js");
const radios = ["visible", "here", "hidden"].map((value) => ({value, checked: false}));
const box = document.getElementById("visibility-box"), words = document.getElementById("visibility-now");
const choices = document.getElementById("visibility");
choices.querySelectorAll = () => radios;
document.getElementById("message-dialog").querySelector = () => null;
const begun = (ask = async (event, {choice}) => ({choice})) => {
  const asking = new RoomAsking({}, {ask}, () => null);
  asking.begin();
  return asking;
};
const chosen = () => radios.filter(({checked}) => checked).map(({value}) => value);
words.textContent = "Who may see you?";
"""
BLOCKING = """
document.createElementNS = () => ({...document.createElement("svg"), setAttribute() {}});
const listed = (template) => {
  const found = [];
  for (const [number, value] of (template?.values ?? []).entries()) {
    if (typeof value === "function") found.push({before: template.strings[number], press: value});
    else found.push(...[value].flat().flatMap(listed));
  }
  return found;
};
const block = (template) => listed(template).filter(({before}) => /class="[^"]* block"[^>]*$/.test(before));
const request = (state, more = {}) => ({id: "1", state, kind: "request", requested_at: 1, rings_until: 9,
  buyer: {id: "bea", name: "Bea", company: "", country: ""}, product: null, stills: [], ...more});
const visitor = (more = {}) => ({id: "bea", name: "Bea", company: "", country: "", language: "", since: 1,
  is_invited: false, has_refused: false, ...more});
"""


@pytest.mark.parametrize(("asks", "narrow", "is_open"), [
    (True, False, True),
    (True, True, False),
    (False, False, False),
])
def test_the_question_stands_open_where_it_covers_nothing_until_it_was_answered(
    asks: bool, narrow: bool, is_open: bool
) -> None:
    script = f"if ({str(asks).lower()}) box.dataset.asks = ''; isNarrow = {str(narrow).lower()}; begun();"
    assert run(ASKED + script + "say(box.open === true);") == [is_open]


def test_being_hidden_is_no_answer_before_one_was_given() -> None:
    unanswered, said, elsewhere = run(ASKED + """
      box.dataset.asks = "";
      const asking = begun();
      asking.show("hidden");
      const before = [chosen(), words.textContent];
      asking.show("visible");
      say(...before, chosen());
    """)
    assert (unanswered, said, elsewhere) == ([], "Who may see you?", ["visible"])


def test_an_answer_is_remembered_and_one_that_was_lost_is_asked_for_again() -> None:
    lost, kept, said = run(ASKED + """
      box.dataset.asks = "";
      let isDown = true;
      const asking = begun(async (event, {choice}) => {
        if (isDown) throw new Error("");
        return {choice};
      });
      await asking._choose({value: "hidden"});
      const lost = box.dataset.asks !== undefined;
      isDown = false;
      await asking._choose({value: "hidden"});
      asking.show("hidden");
      say(lost, chosen(), words.textContent);
    """)
    assert (lost, kept, said) == (True, ["hidden"], "You are hidden")


def test_who_asks_can_be_blocked_by_those_who_may_answer_as_long_as_they_wait() -> None:
    assert run(BLOCKING + """
      const { FairRequests } = await load("elements/requests.js");
      const list = new FairRequests(), blocked = [];
      list.onBlock = (account) => blocked.push(account);
      const counts = [];
      for (const call of [request("ringing"), request("waiting"), request("talking"), request("missed"),
                          request("ringing", {kind: "invitation"})]) {
        const buttons = block(list._request(call));
        counts.push(buttons.length);
        for (const {press} of buttons) press();
      }
      list.mayAnswer = false;
      say(counts, blocked, block(list._request(request("ringing"))).length);
    """) == [[1, 1, 0, 0, 0], ["bea", "bea"], 0]


def test_a_visitor_can_be_blocked_invited_or_not() -> None:
    assert run(BLOCKING + """
      const { FairVisitors } = await load("elements/visitors.js");
      const list = new FairVisitors(), blocked = [];
      list.onBlock = (account) => blocked.push(account);
      list.mayInvite = true;
      for (const one of [visitor(), visitor({is_invited: true}), visitor({has_refused: true})]) {
        for (const {press} of block(list._visitor(one))) press();
      }
      list.mayInvite = false;
      say(blocked, block(list._visitor(visitor())).length);
    """) == [["bea", "bea", "bea"], 0]


@pytest.mark.parametrize("place", ["requests", "visitors", "follow-up"])
def test_wherever_it_is_pressed_the_same_is_asked_of_the_server_and_said(place: str) -> None:
    sent, said = run(f"const place = {place!r};" + BLOCKING + """
      const { StudioAsking } = await load("pages/studio_asking.js");
      const sent = [], said = [];
      globalThis.fetch = async (url, {method, body} = {}) => {
        if (method) sent.push([method, url, JSON.parse(body)]);
        return {ok: true, json: async () => ({blocks: [], missed: [], messages: []})};
      };
      const desk = {room: "oak", may_answer: false, appointment_url: ""};
      const notices = {say: (words) => said.push(words)};
      new StudioAsking(desk, {on() {}, ask: async () => ({})}, {}, notices).begin();
      document.getElementById(place).onBlock("bea");
      await settled();
      say(sent, said);
    """)
    assert sent == [["POST", "/api/rooms/oak/blocks", {"account": "bea", "blocked": True}]]
    assert [words.startswith("You take no more calls") for words in said] == [True]

"""What pages say of a request, and when they ring: who is free, what was promised, who shares a name."""

from __future__ import annotations

from tests.web.page_modules import run

CALL = """
const request = (id, state, more = {}) => ({id, room: "oak", state, kind: "request", requested_at: id, now: 0,
  first: [], passed: [], buyer: {name: "Kofi"}, company: "Oak", answered_by: null, answered_by_id: null,
  called_by: null, called_by_id: null, meeting: null, ...more});
globalThis.navigator ??= {};
"""
BUTTON = CALL + """
document.createElementNS = () => ({...document.createElement("svg"), setAttribute() {}});
const { FairCall } = await load("elements/call.js");
const call = new FairCall();
const attendant = (id, is_busy) => ({id, name: id, is_busy});
"""


def test_a_colleague_of_the_same_name_in_a_call_stops_no_ring() -> None:
    assert run(CALL + """
      const { Desk } = await load("pages/studio_desk.js");
      const desk = new Desk({}, {mayAnswer: true, me: {id: "a", name: "Ann"}, now: () => 0,
        isOnCamera: () => true, onTalk() {}});
      desk.isOnDuty = true;
      desk.take(request(1, "talking", {answered_by: "Ann", answered_by_id: "b"}));
      desk.take(request(2, "ringing"));
      say(made.get("ringing").calls.map(({id}) => id));
    """) == [[2]]


def test_who_is_in_a_call_cannot_answer_now() -> None:
    one, none = run(BUTTON + """
      call.duty = [attendant("a", true), attendant("b", false)];
      const one = call._sentence();
      call.duty = [attendant("a", true)];
      say(one, call._sentence());
    """)
    assert one.startswith("1 person is on duty")
    assert none == "All who are on duty are in calls. Ask, and you wait in line."


def test_who_waits_while_nobody_is_on_duty_is_told_so() -> None:
    staffed, empty = run(BUTTON + """
      const words = () => JSON.stringify(call._waiting().values);
      call.call = request(1, "waiting");
      call.duty = [attendant("a", true)];
      const staffed = words();
      call.duty = [];
      say(staffed, words());
    """)
    assert "All are in calls." in staffed
    assert "Nobody is on duty right now." in empty


def test_no_time_is_promised_that_is_past() -> None:
    said = run(BUTTON + """
      let now = 0;
      call.now = () => now;
      call.onWrite = () => undefined;
      call.promise = {begins_at: 100, ends_at: 200, is_now: false, language: "en", is_spoken: false};
      const said = [];
      for (now of [50, 150, 250]) {
        call._tick();
        said.push(call._sentence());
      }
      say(...said);
    """)
    begins = ("The stand opens again", "The stand is open until", "Nobody is on duty right now.")
    assert [words.startswith(begin) for words, begin in zip(said, begins, strict=True)] == [True] * 3


def test_the_next_who_speaks_the_language_is_named_by_the_language_and_the_hour() -> None:
    said = run(BUTTON + """
      let now = 0;
      call.now = () => now;
      call.onWrite = () => undefined;
      call.promise = {begins_at: 100, ends_at: 200, is_now: false, language: "zh", is_spoken: true};
      const said = [];
      for (now of [50, 150, 250]) {
        call._tick();
        said.push(call._sentence(), typeof call._instead());
      }
      say(...said);
    """)
    to_come, now, past = said[::2]
    assert to_come.startswith("Next person who speaks Chinese: ")
    assert now.startswith("Somebody who speaks Chinese should be here until ")
    assert past.startswith("Nobody is on duty right now.")
    assert said[1::2] == ["object"] * 3, "an appointment and a message stand beside it"


def test_whose_request_ended_in_their_sleep_may_write_also_while_staff_are_there() -> None:
    before, after = run(BUTTON + """
      call.onWrite = () => undefined;
      call.duty = [attendant("a", false)];
      const before = typeof call._instead();
      call.lostSight = true;
      say(before, typeof call._instead());
    """)
    assert (before, after) == ("symbol", "object")


def test_a_request_that_was_never_answered_is_another_one_after_a_while() -> None:
    """Its key may name a call that is over: it came back, and nothing rang."""
    assert run(CALL + """
      const { CallRequest } = await load("transport/call_request.js");
      const keys = [];
      const talk = {ask: async (event, {request_key}) => {
        keys.push(request_key);
        return {call: request(keys.length, "ringing")};
      }};
      const begin = async (age) => {
        const at = Date.now() - age;
        sessionStorage.setItem("request:oak", JSON.stringify({key: `key-${age}`, call: null, at}));
        const mine = new CallRequest("oak", talk, {onChange() {}, onAccepted() {}});
        mine.restore(null, () => ({second: null, product: null}));
        await settled();
        if (!mine.isOpen) await mine.ask({second: null, product: null});
      };
      await begin(1000);
      await begin(31000);
      say(keys.length, keys[0] === "key-1000", keys[1] === "key-31000");
    """) == [2, True, False]


def test_what_began_to_ring_while_a_hidden_page_was_not_connected_is_said_once() -> None:
    assert run(CALL + """
      const said = [];
      globalThis.Notification = class {
        static permission = "granted";
        constructor(words) { said.push(words); }
        addEventListener() {}
      };
      globalThis.window = globalThis;
      globalThis.BroadcastChannel = class { addEventListener() {} postMessage() {} };
      location.pathname = "/";
      document.hidden = true;
      const { hearCalls } = await load("pages/calls_here.js");
      const heard = new Map();
      hearCalls({on: (event, hear) => heard.set(event, hear), ask: async () => ({})});
      heard.get("snapshot")({calls: [request(1, "ringing")]});
      await later();
      const quiet = said.length;
      const ready = request(1, "talking", {answered_by: "Ann", meeting: "/meeting/1"});
      heard.get("snapshot")({calls: [ready]});
      await later();
      heard.get("snapshot")({calls: [ready]});
      heard.get("call")({call: ready});
      await later();
      say(quiet, said.length);
    """) == [0, 1]

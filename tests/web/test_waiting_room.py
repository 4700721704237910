"""The waiting room of a call: which ways are tried when, and what opens them."""

from __future__ import annotations

from tests.web.page_modules import run

WAYS = """
document.createElementNS = () => ({...document.createElement("svg"), setAttribute() {}});
document.getElementById("legs").querySelector = () => null;
const tried = [], posts = [];
globalThis.RTCPeerConnection = class {
  constructor({iceServers = []}) { this.servers = iceServers; }
  createDataChannel() {}
  addTransceiver() {}
  async setLocalDescription() {
    for (const {username} of this.servers) tried.push(username);
    this.onicecandidate?.({candidate: {candidate: "relay"}});
  }
  close() {}
};
globalThis.fetch = async (url) => { posts.push(url); throw new TypeError("offline"); };
const {Check} = await load("pages/meeting_check.js");
const carried = {connectionState: "connected", getStats: async () => new Map()};
const room = {sendsToRelay: false, way: {sends: carried, receives: null}};
const check = new Check({call: "oak.1", other: {name: "Ann"},
  ice_servers: [{urls: "turn:fair.example", username: "page load"}]}, room, () => undefined);
const fresh = (username) => check.take({media_ticket: "t",
  ice_servers: [{urls: "turn:fair.example?transport=udp", username}]});
const words = () => made.get("legs-words").textContent;
"""


def test_the_devices_of_a_running_call_are_shown_with_the_ways_tried_by_the_newest_credentials() -> None:
    assert run(WAYS + """
      localStorage.setItem("devices-checked", String(Date.now()));
      fresh("first");
      fresh("renewed");
      await settled();
      const before = [...tried];
      check.open();
      await settled();
      fresh("while it is open");
      await settled();
      const once = [...tried];
      check.close();
      check.open();
      await settled();
      say(before, once, tried, words());
    """) == [
        [], ["renewed"], ["renewed", "while it is open"],
        "Closed in your network: The fair’s own server. The call takes another way.",
    ]


def test_a_waiting_room_that_opens_before_the_server_has_spoken_tries_the_ways_then() -> None:
    assert run(WAYS + """
      check.open();
      await settled();
      const before = [...tried];
      fresh("first");
      await settled();
      say(before, tried, made.get("join-words").textContent);
    """) == [[], ["first"], "Join now"]


def test_the_way_that_carries_a_call_is_not_tried_by_a_session_that_would_take_its_place() -> None:
    assert run(WAYS + """
      room.sendsToRelay = true;
      fresh("first");
      check.open();
      await settled();
      say(posts, words());
    """) == [[], "Your network lets every way through."]

"""A network without a path for media: the slower way begins soon, the direct one wins whenever it comes."""

from __future__ import annotations

from typing import Any

from tests.web.page_modules import run

ROOM = """
let now = 0;
performance.now = () => now;
Object.defineProperty(globalThis, "navigator", {value: {onLine: true}});
globalThis.MediaStream = class { getTracks() { return []; } addTrack() {} removeTrack() {} };
globalThis.RTCPeerConnection = class {
  iceConnectionState = "checking"; connectionState = "connecting"; localDescription = {sdp: "v=0"};
  constructor() { globalThis.peer = this; }
  addTransceiver() {}
  getTransceivers() { return []; }
  async setLocalDescription() {}
  async setRemoteDescription() {}
  close() { this.connectionState = "closed"; }
};
const asked = [];
const headers = new Headers({Location: "/whep/room/session"});
globalThis.fetch = async (url, {method}) => {
  asked.push(method);
  return {status: 201, headers, url: "http://fair.example/whep/room", text: async () => "v=0"};
};
const layer = () => ({
  hasPicture: false, stillMs: 0, forget() { this.hasPicture = false; },
  video: {addEventListener() {}, removeAttribute() {}, load() {}, pause() {}, canPlayType: () => "maybe"},
});
const stage = {
  layers: {direct: layer(), later: layer()}, layer: "direct", state: "connecting", stillMs: 0,
  choose(name) { this.layer = name; }, show() {}, start() {},
};
const addresses = {whep: "/whep/room", hls: "/hls/{show}/index.m3u8", whole: "/all/{show}.m3u8", loop: null};
const { Playback } = await load("pages/room_playback.js");
await load("transport/hls.js");
const enter = async (sources = addresses) => {
  const playback = new Playback(stage, sources, {now: () => 0}, {onQuality() {}});
  playback.begin({id: "show", state: "live", started_at: 0}, null);
  await settled();
  return playback;
};
/** Let the page look again after some time. */
const pass = async (playback, ms) => {
  now += ms;
  playback._look();
  for (let turn = 0; turn < 5; turn++) await settled();
  return playback.way;
};
const findPath = async (playback) => {
  peer.iceConnectionState = peer.connectionState = "connected";
  peer.onconnectionstatechange();
  stage.layers.direct.hasPicture = true;
  return pass(playback, 50);
};
"""


def in_a_room(script: str) -> list[Any]:
    return run(ROOM + script)


def test_without_a_path_the_slower_way_begins_within_a_second_and_the_direct_one_goes_on() -> None:
    assert in_a_room("""
      const playback = await enter();
      const ways = [await pass(playback, 600), await pass(playback, 200)];
      const { isReturning, reason, direct } = playback;
      say(ways, isReturning, reason, stage.layers.later.video.src, direct.state, asked);
    """) == [["direct", "hls"], True, None, "/hls/show/index.m3u8", "connecting", ["POST"]]


def test_a_path_that_comes_late_is_taken_once_and_kept() -> None:
    assert in_a_room("""
      const playback = await enter();
      await pass(playback, 800);
      stage.layers.later.hasPicture = true;
      await pass(playback, 500);
      const beside = [playback.way, stage.layer];
      await findPath(playback);
      const after = [playback.way, stage.layer];
      for (let at = 0; at < 100; at++) await pass(playback, 100);
      const known = sessionStorage.getItem("no_path");
      say(beside, after, [playback.way, stage.layer], playback.later.state, asked, known);
    """) == [["hls", "later"], ["direct", "direct"], ["direct", "direct"], "idle", ["POST"], None]


def test_a_path_that_stands_but_is_not_agreed_on_yet_is_waited_for() -> None:
    """As with a far server: the path was found, keys are exchanged."""
    assert in_a_room("""
      const playback = await enter();
      peer.iceConnectionState = "connected";
      say(await pass(playback, 2000), await findPath(playback));
    """) == ["direct", "direct"]


def test_after_four_seconds_the_search_ends_and_the_viewer_is_told_why() -> None:
    assert in_a_room("""
      const playback = await enter();
      await pass(playback, 800);
      await pass(playback, 3300);
      const { way, reason, isReturning, direct } = playback;
      say(way, reason, isReturning, direct.state, asked, waits.at(-1).ms > 44_000);
    """) == ["hls", "no_path", False, "idle", ["POST", "DELETE"], True]


def test_the_next_room_begins_with_both_ways_at_once() -> None:
    assert in_a_room("""
      const first = await enter();
      await pass(first, 800);
      first.leave();
      const next = await enter();
      const begins = [next.way, next.isReturning, next.direct.state];
      say(...begins, await findPath(next), sessionStorage.getItem("no_path"));
    """) == ["hls", True, "connecting", "direct", None]


def test_a_show_without_the_slower_way_keeps_its_search() -> None:
    assert in_a_room("""
      const playback = await enter({...addresses, hls: ""});
      say(await pass(playback, 3000), await findPath(playback), asked);
    """) == ["direct", "direct", ["POST"]]


def test_rewinding_ends_the_search_that_would_lead_back_to_live() -> None:
    assert in_a_room("""
      const playback = await enter();
      await pass(playback, 800);
      playback.rewind(5);
      const ways = [await pass(playback, 2000), await pass(playback, 2000)];
      say(ways, playback.isReturning, asked);
    """) == [["whole", "whole"], False, ["POST", "DELETE"]]

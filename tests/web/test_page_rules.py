"""What pages must keep through losses: mute, duty, the end of a show, typed words, and the way back."""

from __future__ import annotations

from tests.web.page_modules import run

CALL = """
const request = (id, state, more = {}) => ({id, state, kind: "request", requested_at: id, now: 0, first: [],
  passed: [], buyer: {name: "Kofi"}, answered_by: null, answered_by_id: null, called_by: null, meeting: null,
  ...more});
"""
STILLS = CALL + """
const acts = {}, posts = [], said = [];
let answer = null;
globalThis.fetch = async (url, {body}) => {
  if (url.endsWith("/stills")) return {ok: true, json: async () => ({still: {id: `s${++taken}`, url: "/"}})};
  posts.push([url.split("/")[3], JSON.parse(body).call]);
  if (answer === null) throw new TypeError("offline");
  return {ok: answer === 200, json: async () => ({code: "no_still", detail: "It is gone."})};
};
let taken = 0;
document.getElementById("notices").say = (text) => said.push(text);
Object.assign(document.getElementById("take-still"), {addEventListener: (name, act) => { acts.take = act; },
  getAttribute: () => null, removeAttribute() {}});
const { RoomStills } = await load("pages/room_stills.js");
const stills = new RoomStills("oak");
"""
PEER = """
const track = () => ({enabled: true, kind: "video", stop() {}, getSettings: () => ({})});
globalThis.RTCPeerConnection = class {
  connectionState = "new"; signalingState = "stable";
  localDescription = {sdp: "v=0", toJSON() { return this; }};
  addTransceiver() {
    return {sender: {replaceTrack: async () => undefined, getParameters: () => ({encodings: []})}};
  }
  getTransceivers() { return []; }
  setCodecPreferences() {}
  async setLocalDescription() {}
  async setRemoteDescription() {}
  setConfiguration() {}
  restartIce() {}
  close() { this.connectionState = "closed"; }
};
"""


def test_who_is_muted_stays_so_with_the_microphone_that_takes_the_place_of_one_pulled_out() -> None:
    """Whoever is muted for a private call would else be heard by the audience of the show."""
    assert run("""
      const sound = () => ({enabled: true, kind: "audio", stop() {}, getSettings: () => ({})});
      const open = async () => ({getVideoTracks: () => [], getAudioTracks: () => [sound()]});
      Object.defineProperty(globalThis, "navigator", {value: {mediaDevices: {
        getUserMedia: open, enumerateDevices: async () => [], addEventListener() {}}}});
      globalThis.isSecureContext = true;
      const { Sources } = await load("pages/sources.js");
      const sources = new Sources({}, () => undefined);
      await sources.open();
      const headset = sources.tracks.microphone;
      headset.enabled = false;
      await headset.onended();
      const laptop = sources.tracks.microphone;
      const afterMute = laptop.enabled;
      laptop.enabled = true;
      await laptop.onended();
      const third = sources.tracks.microphone;
      say(laptop !== headset, afterMute, third !== laptop, third.enabled);
    """) == [True, False, True, True]


def test_it_rings_again_in_a_studio_that_did_not_hear_the_end_of_its_call() -> None:
    assert run(CALL + """
      const { Desk } = await load("pages/studio_desk.js");
      const desk = new Desk({}, {mayAnswer: true, me: {id: "a", name: "Ann"}, now: () => 0,
        isOnCamera: () => true, onTalk() {}});
      desk.isOnDuty = true;
      desk.take(request(1, "ringing"));
      desk.take(request(1, "talking", {answered_by: "Ann", answered_by_id: "a"}));
      desk.take(request(2, "ringing"));
      const whileTalking = made.get("ringing").calls.length;
      desk.restore([request(2, "ringing")]);
      say(whileTalking, made.get("ringing").calls.map(({id}) => id));
    """) == [0, [2]]


def test_a_camera_whose_show_ended_meanwhile_begins_no_other_one() -> None:
    """After a long sleep the page may hear of the end before WebRTC notices that the path is dead."""
    assert run(PEER + """
      let posts = 0;
      globalThis.fetch = async (url, {method} = {}) => {
        if (method === "POST" && url.startsWith("/whip")) posts += 1;
        const headers = new Headers({Location: "/whip/session", "Content-Type": "application/sdp"});
        const ok = {ok: true, headers, url: "http://fair.example/whip/oak", text: async () => "v=0",
          json: async () => ({ticket: "t"})};
        return method === "PATCH" ? {...ok, ok: false, status: 404} : {...ok, status: 201};
      };
      globalThis.RTCRtpSender = {getCapabilities: () => ({codecs: []})};
      globalThis.navigator ??= {};
      const { Air } = await load("pages/studio_air.js");
      const sources = {video: track(), tracks: {microphone: track()}};
      const here = {room: "oak", show: null, me: {name: "Ann"}, publish_url: "/whip/oak", may_publish: true};
      const air = new Air(here, sources, {isConnected: () => true, now: () => 0, onChange() {}});
      const show = {state: "live", anchor: "Ann", started_at: 0};
      air.begin();
      await settled();
      const { connection } = air.publisher;
      connection.connectionState = "connected";
      connection.onconnectionstatechange();
      air.take(null);
      const beforeItBegan = air.publisher.state;
      air.take(show);
      const during = air.publisher.state;
      air.take(null);
      const after = air.publisher.state;
      connection.connectionState = "failed";
      connection.onconnectionstatechange();
      for (let turn = 0; turn < 5; turn++) await later();
      say(beforeItBegan, during, after, posts);
    """) == ["sending", "sending", "idle", 1]


def test_an_offer_that_cannot_be_saved_is_not_left() -> None:
    assert run("""
      let isAway = true;
      globalThis.fetch = async () => isAway
        ? {ok: false, status: 503, json: async () => ({code: "store_away", detail: "later"})}
        : {ok: true, status: 200, json: async () => ({draft: {revision: 1}})};
      const { FairOffers } = await load("elements/offers.js");
      const { DraftKeeper } = await load("transport/offer_draft.js");
      const form = {refresh() {}, _leave: FairOffers.prototype._leave, _problem: ""};
      form._keeper = new DraftKeeper({room: "oak", buyer: "b"}, null, {}, 0, () => undefined);
      form._keeper.change({lines: []});
      await form._leave();
      const stays = form._keeper !== null, why = form._problem;
      isAway = false;
      await form._leave();
      say(stays, why, form._keeper, form._problem);
    """) == [True, "Not saved yet; it is tried again.", None, ""]


def test_a_direct_way_that_was_let_go_is_not_held_for_one_that_was_found() -> None:
    """The relay would be closed before the two have each other again."""
    assert run(PEER + """
      const { Negotiation } = await load("transport/negotiation.js");
      const told = [];
      const onState = (state) => told.push(state);
      const negotiation = new Negotiation({send: async () => undefined, onState});
      negotiation.agree({polite: false, iceServers: [], relayOnly: false});
      const connect = async () => {
        negotiation.meet();
        await later();
        negotiation.connection.connectionState = "connected";
        negotiation.connection.onconnectionstatechange();
      };
      await connect();
      negotiation.close();
      negotiation.meet();
      await later();
      const meanwhile = negotiation.state;
      await connect();
      say(meanwhile, negotiation.state, told);
    """) == ["connecting", "connected", ["connected", "connected"]]


def test_a_recording_in_one_file_is_tried_again_after_a_loss() -> None:
    assert run("""
      const handlers = {}, loads = [];
      const video = {currentTime: 12, error: {code: 2}, removeAttribute() {}, load() {},
        addEventListener: (name, act) => { handlers[name] = act; }, set src(url) { loads.push(url); }};
      globalThis.MediaError = {MEDIA_ERR_DECODE: 3};
      globalThis.fetch = async () => { throw new TypeError("offline"); };
      const { RecordedFile } = await load("transport/recorded_file.js");
      const file = new RecordedFile(video);
      file.play("/recordings/one.webm");
      await handlers.error();
      const lost = file.state;
      await later();
      await handlers.error();
      await later();
      handlers.loadedmetadata();
      handlers.loadeddata();
      const back = file.state;
      file.stop();
      await later();
      say(lost, back, loads.length, video.currentTime, file.state);
    """) == ["lost", "connected", 3, 12, "idle"]


HOURS = """
globalThis.FormData = class {
  constructor(fields) { this.fields = fields; }
  getAll(name) { return this.fields[name] ?? []; }
  get(name) { return this.getAll(name)[0] ?? null; }
};
const sent = [];
globalThis.fetch = async (url, {body}) => {
  sent.push(JSON.parse(body));
  return {ok: true, json: async () => ({})};
};
const { RosterForms } = await load("pages/studio_roster.js");
const forms = new RosterForms({room: "oak"}, {say() {}});
const said = {languages: [" en, zh"], product_lines: ["lamp"]};
const saveOwn = async (fields) => {
  forms._saveRoster({target: {...said, ...fields}, preventDefault() {}});
  await settled();
};
const save = async (fields) => {
  forms._saveHours({target: {zone: ["UTC"], ...fields}, preventDefault() {}});
  await settled();
};
"""


def test_hours_after_a_break_are_saved_with_those_before_it() -> None:
    assert run(HOURS + """
      await save({"open-0": ["1"], "from-0": ["09:00", "", "13:00"], "until-0": ["12:00", "", "00:00"],
        "from-1": ["09:00"], "until-1": ["17:00"], "open-2": ["1"], "from-2": [""], "until-2": [""]});
      say(...sent);
    """) == [{"zone": "UTC", "weekly": {"0": [[540, 720], [780, 1440]], "2": []}}]


def test_own_hours_are_saved_with_what_somebody_speaks_and_none_are_those_of_the_stand() -> None:
    assert run(HOURS + """
      await saveOwn({"open-2": ["1"], "from-2": ["13:00"], "until-2": ["00:00"], "from-3": ["09:00"]});
      await saveOwn({"from-3": ["09:00"], "until-3": ["17:00"]});
      await saveOwn({"open-2": ["1"], "from-2": ["13:00"], "until-2": [""]});
      say(...sent, made.get("roster-problem").textContent);
    """) == [
        {"languages": ["en", "zh"], "product_lines": ["lamp"], "weekly": {"2": [[780, 1440]]}},
        {"languages": ["en", "zh"], "product_lines": ["lamp"], "weekly": {}},
        "Say from when and until when.",
    ]


def test_hours_without_an_end_are_not_dropped_in_silence() -> None:
    assert run(HOURS + """
      await save({"open-0": ["1"], "from-0": ["09:00", "13:00"], "until-0": ["12:00", ""]});
      const problem = made.get("hours-problem");
      say(sent.length, problem.hidden, problem.textContent);
    """) == [0, False, "Say from when and until when."]


def test_the_offers_of_a_meeting_come_when_the_fair_answers_again() -> None:
    assert run("""
      let asked = 0;
      globalThis.fetch = async () => ++asked < 3
        ? {ok: false, status: 503, json: async () => ({code: "store_away", detail: "later"})}
        : {ok: true, status: 200, json: async () => ({room: "oak", buyer: "b", offers: [], drafts: []})};
      Object.assign(page, {call: "c", product: null, room: "oak", buyer: "b"});
      document.getElementById("offers").addEventListener = () => undefined;
      await load("pages/meeting_offers.js");
      for (let turn = 0; turn < 5; turn++) await later();
      say(asked > 2, made.get("offer-panel").hidden, made.get("offers").thread?.room);
    """) == [True, False, "oak"]


def test_a_still_that_could_not_be_attached_goes_with_the_call_later() -> None:
    """By itself, while the call is there, and once only; else with the next call."""
    assert run(STILLS + """
      await acts.take();
      stills.follow(request("one", "ringing"));
      await settled();
      stills.follow(request("one", "ended"));
      await later();
      const duringOne = posts.splice(0);
      stills.follow(request("two", "talking"));
      await settled();
      answer = 200;
      await later();
      await later();
      stills.follow(request("two", "talking"));
      await settled();
      say(duringOne, posts);
    """) == [[["s1", "one"]], [["s1", "two"], ["s1", "two"]]]


def test_stills_that_fail_hold_up_no_others() -> None:
    assert run(STILLS + """
      await acts.take();
      await acts.take();
      stills.follow(request("one", "ringing"));
      await settled();
      answer = 200;
      stills.follow(request("one", "talking"));
      await acts.take();
      await settled();
      say(posts.map(([still]) => still));
    """) == [["s1", "s2", "s1", "s2", "s3"]]


def test_who_took_a_still_that_can_never_be_attached_is_told() -> None:
    assert run(STILLS + """
      await acts.take();
      answer = 404;
      said.length = 0;
      stills.follow(request("one", "ringing"));
      await settled();
      await later();
      say(said, posts.length);
    """) == [["It is gone."], 1]

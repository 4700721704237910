/** The meeting: two people, their pictures and sound, the product between them, a chat, and the way back. */

import "../elements/movable.js";
import { _ } from "../i18n.js";
import { pageData } from "../page_data.js";
import { CallLine } from "../transport/call_line.js";
import { ServerClock } from "../transport/clock.js";
import { isFinal } from "../transport/conversation.js";
import { element } from "./element.js";
import { Beside } from "./meeting_beside.js";
import { Controls } from "./meeting_controls.js";
import { Check, isChecked } from "./meeting_check.js";
import { Extras } from "./meeting_extras.js";
import { Link } from "./meeting_link.js";
import { bindNotes } from "./meeting_note.js";
import { CallRoom } from "./meeting_room.js";
import { Screen } from "./meeting_screen.js";
import { keepReminding } from "./reminders.js";

/** @typedef {import("../transport/booth_protocol.js").MeetingSnapshot} MeetingSnapshot */
/** @typedef {import("../transport/booth_protocol.js").Devices} Devices */

/** So short an absence is not worth a word: it is a change of network, or a quick reload. */
const ABSENT_MS = 500;

const page = pageData();
const clock = new ServerClock(page.now);
const screen_ = new Screen();
const beside = new Beside(page, ask);
const controls = new Controls({ screen: screen_, onTracks: useTracks, onDevices: (devices) => tell(devices), onHangUp: hangUp });

const room = new CallRoom(page, { ask, link: () => link, screen: screen_, onChange: follow, onRemoved: () => end("ended", _("You have left the call.")) });
const check = new Check(page, room, join);
const extras = new Extras();
const line = new CallLine({ way, hasPicture: () => call.others.camera || call.others.screen, onQuality: judge, onPicture: carry });

const call = {
  /** Whether this person has left the waiting room: nothing is sent before. */
  hasJoined: isChecked(),
  /** Whether the line carries a picture. */
  hasLine: true,
  /** Whether the pictures come through the fair's own server. */
  isByFair: false,
  isHangingUp: false,
  isOver: Boolean(page.is_over),
  isOtherThere: false,
  wasOtherThere: false,
  /** @type {Devices} */
  others: { microphone: true, camera: true, screen: false },
};
/** @type {ReturnType<typeof setTimeout> | undefined} */
let absence;
/** @type {Link | null} */
let link = null;
/** @type {[MediaStreamTrack | null, MediaStreamTrack | null]} picture and sound that would be sent */
let sent = [null, null];

begin();

function begin() {
  if (page.is_over) {
    end("ended", "");
    return;
  }
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  if (!call.hasJoined) check.open();
  connect();
  keepReminding(page.me);
  bindNotes(page.call);
  controls.begin();
  setInterval(() => call.isOver || screen_.showDuration(clock.now() - page.talking_since), 500);
}

function connect() {
  link = new Link(page.call, {
    onSnapshot: take,
    onPresence: meet,
    onEvent: hear,
    onLink: changeLink,
    onSocket: changeSocket,
  });
  draw();
}

/** @param {MeetingSnapshot} snapshot */
function take(snapshot) {
  clock.set(snapshot.now);
  beside.take(snapshot);
  room.take(snapshot);
  check.take(snapshot);
  if (snapshot.call.state === "ended") end("ended", endWords("hung_up"));
  else tell(controls.devices);
}

/** @param {boolean} isThere */
function meet(isThere) {
  clearTimeout(absence);
  if (isThere) {
    call.isOtherThere = call.wasOtherThere = true;
    tell(controls.devices);
    draw();
  } else {
    absence = setTimeout(() => {
      call.isOtherThere = false;
      draw();
    }, call.wasOtherThere ? ABSENT_MS : 0);
  }
}

/** @param {string} event @param {any} message */
function hear(event, message) {
  if (room.hear(event, message)) return;
  if (event === "posted") beside.hear(message.post);
  else if (event === "table") beside.put(message.product);
  else if (event === "stills") beside.show(message.stills);
  else if (event === "ended") end(message.reason === "elsewhere" ? "elsewhere" : "ended", endWords(message.reason));
  else if (message.seat === room.main) call.others = { microphone: message.microphone, camera: message.camera, screen: message.screen };
  element("other-muted").hidden = call.others.microphone;
  draw();
}

/** @param {import("../transport/negotiation.js").LinkState} state */
function changeLink(state) {
  if (room.isRelayed) return;
  if (state !== "connected") screen_.showQuality(null, _("Reconnecting"));
  else if (link) screen_.showOther(link.negotiation.stream);
  draw();
}

/** @param {string} state @param {import("../lib/refusal.js").Refusal} [why] */
function changeSocket(state, why) {
  element("offline").hidden = state !== "lost" || call.isOver;
  if (!why || call.isOver) return;
  if (why.code === "wrong_moment" || why.code === "no_call") {
    end("ended", endWords("hung_up"));
  } else if (isFinal(why)) {
    element("refused-words").textContent = why.message;
    end("refused", "");
  }
}

/** Say the one thing that matters most now. */
function draw() {
  if (call.isOver) return;
  const state = room.isRelayed ? (room.flows ? "connected" : "connecting") : link?.negotiation.state;
  if (!call.isOtherThere && state !== "connected") screen_.say(call.wasOtherThere ? "left" : "expected");
  else if (!call.isOtherThere) screen_.say("left");
  else if (state === "reconnecting") screen_.say("reconnecting");
  else if (state !== "connected") screen_.say("connecting");
  else screen_.say(call.others.camera || call.others.screen ? "none" : "no-camera");
}

/** Who is here, and which way the pictures take, has changed. */
function follow() {
  check.meet(room.isMainHere);
  if (page.is_third) call.isOtherThere = room.isMainHere;
  const wasByFair = call.isByFair;
  call.isByFair = room.isRelayed && room.flows;
  if (call.isByFair && !wasByFair) screen_.showQuality(null, _("Connected through the fair"));
  draw();
}

/** @returns {import("../transport/call_line.js").Way} */
function way() {
  if (room.isRelayed) return room.way;
  const connection = link?.negotiation.connection ?? null;
  return { sends: connection, receives: connection };
}

/** @param {import("../transport/call_quality.js").CallQuality} quality */
function judge(quality) {
  const isConnected = room.isRelayed || link?.negotiation.state === "connected";
  if (isConnected) screen_.showQuality({ ...quality, isByFair: room.isRelayed });
}

/** The person has seen that everything works, and goes in. */
function join() {
  call.hasJoined = true;
  useTracks(...sent);
  tell(controls.devices);
}

/** The line can carry a picture again, or cannot any more: the sound goes on.  @param {boolean} mayShow */
function carry(mayShow) {
  call.hasLine = mayShow;
  element("sound-alone").hidden = mayShow;
  useTracks(...sent);
  tell(controls.devices);
}

/** @param {MediaStreamTrack | null} video @param {MediaStreamTrack | null} audio */
function useTracks(video, audio) {
  sent = [video, audio];
  check.show(video, audio);
  extras.use(video);
  const picture = call.hasJoined && call.hasLine ? video : null;
  const sound = call.hasJoined ? audio : null;
  for (const way of [link?.negotiation, room]) {
    way?.use("video", picture);
    way?.use("audio", sound);
  }
}

/** @param {Devices} devices what the other sees of us */
function tell(devices) {
  const { microphone, camera, screen } = devices;
  const shown = call.hasJoined ? { microphone, camera: camera && call.hasLine, screen: screen && call.hasLine } : { microphone: false, camera: false, screen: false };
  ask("devices", shown).catch(() => undefined); // not connected: the next snapshot tells again
}

async function hangUp() {
  call.isHangingUp = true; // the end is told before the answer comes
  await ask("hang_up").catch(() => undefined); // without a connection the server ends the call by itself
  end("ended", endWords("hung_up"));
}

/** @param {import("./meeting_screen.js").Says} says @param {string} words */
function end(says, words) {
  if (call.isOver && link === null && !page.is_over) return;
  call.isOver = true;
  clearTimeout(absence);
  line.close();
  link?.close();
  link = null;
  controls.close();
  check.close();
  room.close();
  beside.close();
  document.body.classList.add("is-over");
  element("offline").hidden = true;
  if (words) element("ended-words").textContent = `${words} ${_("What you wrote stays here to read.")}`;
  screen_.say(says);
}

/** @param {string} reason */
function endWords(reason) {
  if (call.isHangingUp) return _("You hung up.");
  const name = page.other.name;
  return reason === "other_gone" ? _("{name} did not come back.", { name }) : _("{name} hung up.", { name });
}

/** @param {string} event @param {object} [payload] @returns {Promise<any>} */
async function ask(event, payload) {
  if (!link) throw new Error("");
  return link.conversation.ask(event, payload);
}

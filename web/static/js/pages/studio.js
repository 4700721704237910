/** The studio: binds camera, show, calls, shelf and chat to the page and to the conversation with the server. */

import "../elements/chat.js";
import "../elements/level.js";
import "../elements/notices.js";
import "../elements/pins.js";
import "../elements/requests.js";
import "../elements/ring.js";
import { _ } from "../i18n.js";
import { pageData } from "../page_data.js";
import { ServerClock } from "../transport/clock.js";
import { followLeaving, isFinal, openConversation } from "../transport/conversation.js";
import { SHOW_SIZE, canShareScreen } from "../transport/devices.js";
import { hearAppointments } from "./appointment_news.js";
import { element } from "./element.js";
import { keepOfferNotices } from "./offer_news.js";
import { Sources } from "./sources.js";
import { StudioAsking } from "./studio_asking.js";
import { Air, showViewers } from "./studio_air.js";
import { Desk } from "./studio_desk.js";
import { Duty } from "./studio_duty.js";
import { Muting } from "./studio_muting.js";
import { setUpOutside } from "./studio_outside.js";
import { Preview } from "./studio_preview.js";
import { setUpProgramme } from "./studio_programme.js";
import { Rehearse } from "./studio_rehearsal.js";
import { RecordingsCard } from "./studio_recordings.js";
import { showTape } from "./studio_tape.js";
import { bindStillButton } from "./still_button.js";

/** @typedef {import("../transport/booth_protocol.js").BoothSnapshot} BoothSnapshot */

const page = pageData();
const clock = new ServerClock(page.now);
const now = () => clock.now();

const chat = /** @type {import("../elements/chat.js").FairChat} */ (element("chat"));
const level = /** @type {import("../elements/level.js").FairLevel} */ (element("level"));
const pins = /** @type {import("../elements/pins.js").FairPins} */ (element("shelf"));
const notices = /** @type {import("../elements/notices.js").FairNotices} */ (element("notices"));
const endDialog = /** @type {HTMLDialogElement} */ (element("end-dialog"));

const conversation = openConversation("/booth", { purpose: "booth", room: page.room });
if (page.me.role === "staff") keepOfferNotices();
hearAppointments(conversation);
const preview = new Preview(page.whep_url);
const sources = new Sources(SHOW_SIZE, () => changeTracks());
const air = new Air(page, sources, { isConnected: () => conversation.state === "open", now, onChange: () => changeAir() });
const desk = new Desk(conversation, {
  mayAnswer: page.may_answer,
  me: page.me,
  now,
  isOnCamera: () => air.publisher.isOn,
  onTalk: (call) => muting.hush(call),
});
const muting = new Muting(page.room, sources, { isBack: air.wasOnAir, onChange: () => changeTracks() });

const asking = new StudioAsking(page, conversation, desk, notices);
const rehearse = new Rehearse(page, air, (event) => tried(conversation.ask(event)));
const recordings = new RecordingsCard(page.room, page.may_publish, (text, isWrong) => notices.say(text, { kind: isWrong ? "danger" : "ok" }));

const duty = new Duty(page.room, {
  ask: (isOn) => tried(conversation.ask("set_duty", { on: isOn })),
  onChange: (isOn) => {
    desk.isOnDuty = isOn;
    desk.draw();
  },
});

listen();
begin();

function listen() {
  conversation.on("snapshot", take);
  conversation.on("show", ({ show }) => air.take(show));
  conversation.on("rehearsal", ({ rehearsal }) => rehearse.take(rehearsal));
  conversation.on("viewers", ({ viewers }) => showViewers(viewers));
  conversation.on("pinned", ({ product }) => (pins.pinned = product?.id ?? null));
  conversation.on("posted", ({ post }) => chat.add(post));
  conversation.on("duty", (message) => showDuty(message.duty));
  conversation.on("ring", ({ call }) => hear(call));
  conversation.on("call", ({ call }) => hear(call));
  conversation.on("recording", (message) => hearTape(message));
  conversation.on("sending", (message) => air.publisher.isOn || air.hear(message));
  followLeaving(conversation);
  conversation.onState((state, why) => {
    element("offline").hidden = state !== "lost" || isFinal(why);
    element("outdated").hidden = why?.code !== "reload";
    element("shut-out").hidden = !isFinal(why) || why?.code === "reload";
    element("shut-out-words").textContent = why?.message ?? "";
    duty.isOnline = state === "open";
  });
}

/** @param {import("../transport/protocol.js").Call} call */
function hear(call) {
  clock.set(call.now);
  desk.take(call);
}

/** @param {import("../transport/booth_protocol.js").Recording} recording */
function hearTape(recording) {
  showTape(recording);
  recordings.loadSoon();
}

/** @param {BoothSnapshot} snapshot */
function take(snapshot) {
  showTape(snapshot.recording);
  clock.set(snapshot.now);
  chat.replace(snapshot.posts);
  pins.pinned = snapshot.pinned?.id ?? null;
  showViewers(snapshot.viewers);
  showDuty(snapshot.duty);
  asking.show(snapshot.visitors);
  rehearse.take(snapshot.rehearsal);
  air.take(snapshot.show);
  if (!air.publisher.isOn && snapshot.sending) air.hear(snapshot.sending);
  desk.restore(snapshot.calls);
  duty.restore(snapshot.on_duty);
}

/** @param {import("../transport/protocol.js").Attendant[]} attendants */
function showDuty(attendants) {
  duty.show(attendants);
  desk.setDuty(attendants);
}

async function begin() {
  chat.posts = page.posts;
  chat.canPost = page.may_post;
  chat.onSend = async (text) => chat.add({ ...(await conversation.ask("post", { text })).post, mine: true });
  pins.onPin = (product) => tried(conversation.ask("pin", { product_id: product }));
  bindControls();
  setUpOutside(page);
  setUpProgramme(page, conversation);
  rehearse.take(page.rehearsal);
  recordings.load();
  asking.begin();
  if (page.may_publish) bindStillButton(element("take-still"), page.room, notices);
  showViewers(page.viewers);
  air.draw();
  drawPreview();
  if (!page.may_publish || (air.isOthers && !air.wasOnAir)) return;
  await sources.open();
  if (air.wasOnAir && sources.video) resume();
}

/** The page was reloaded while on the air: the same show goes on, unless it has ended or is in other hands. */
function resume() {
  if (!air.show && air.rehearsal?.by === page.me.name && !air.publisher.isOn) air.begin({ toRehearse: true });
  const isFree = air.show?.state === "away" || air.show?.anchor === page.me.name;
  if (air.show && isFree && !air.publisher.isOn) air.begin();
}

function bindControls() {
  element("screen").hidden = !canShareScreen();
  element("screen").addEventListener("click", toggleScreen);
  element("show-mute").addEventListener("click", () => muting.set(sources.tracks.microphone?.enabled === true));
  element("show-unmute").addEventListener("click", () => muting.set(false));
  element("open-devices").addEventListener("click", () => sources.open());
  element("end-show").addEventListener("click", () => (air.show ? endDialog.showModal() : air.end()));
  element("end-not").addEventListener("click", () => endDialog.close());
  element("end-really").addEventListener("click", endShow);
  addEventListener("pagehide", leave);
  addEventListener("pageshow", (event) => event.persisted && location.reload());
}

function leave() {
  air.publisher.stop();
  preview.leave();
}

async function endShow() {
  endDialog.close();
  if (await tried(conversation.ask("end_show"))) air.end();
}

async function toggleScreen() {
  if (sources.tracks.screen) sources.unshare();
  else await sources.share();
}

function changeTracks() {
  const { microphone, screen } = sources.tracks;
  level.listen(microphone);
  element("screen").setAttribute("aria-pressed", String(screen !== null));
  const muteButton = /** @type {HTMLButtonElement} */ (element("show-mute"));
  muteButton.disabled = microphone === null;
  muteButton.setAttribute("aria-pressed", String(microphone?.enabled === false));
  air.changeTracks();
  drawPreview();
}

/** Somebody else on the air: this camera is not needed, and its light goes out. Nobody: it is, if it may come back. */
async function changeAir() {
  desk.draw();
  if (air.isOthers && sources.isOpen) sources.close();
  drawPreview();
  if (!page.may_publish || air.isOthers || sources.isOpen || !(await sources.isWelcome())) return;
  if (!air.isOthers && !sources.isOpen) await sources.open();
}

function drawPreview() {
  element("take-still").hidden = !page.may_publish || air.show?.state !== "live";
  element("preview-stage").classList.toggle("is-on-air", air.publisher.state === "sending" && !air.rehearsal);
  preview.show(sources.video, sources.tracks.screen !== null, air.isOthers);
  const words = page.may_publish ? _("No picture yet") : _("Nobody is on camera");
  preview.explain(words, page.may_publish && !sources.isOpen);
  document.body.classList.toggle("is-assisting", air.isOthers);
}

/** @param {Promise<unknown>} asked @returns {Promise<boolean>} whether it worked; if not, the person is told */
async function tried(asked) {
  try {
    await asked;
    return true;
  } catch (error) {
    const words = error instanceof Error && error.message;
    notices.say(words || _("There is no connection right now. Try again in a moment."), { kind: "danger" });
    return false;
  }
}

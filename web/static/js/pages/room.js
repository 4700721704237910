/** The room: plays the show, keeps everything on the page true, and carries the request for a private call. */

import "../elements/product_card.js";
import "../elements/shelf.js";
import "../elements/tabs.js";
import "../elements/chat.js";
import "../elements/call.js";
import { sayQuality } from "../elements/stage.js";
import { _, formatDuration, plural } from "../i18n.js";
import { pageData } from "../page_data.js";
import { CallRequest } from "../transport/call_request.js";
import { ServerClock } from "../transport/clock.js";
import { openConversation } from "../transport/conversation.js";
import { Playback } from "./room_playback.js";

/** @typedef {import("../transport/protocol.js").HallSnapshot} HallSnapshot */
/** @typedef {import("../transport/protocol.js").Show} Show */

/** How long "is ready" can be read before the page follows the call. */
const READ_MS = 1800;

const page = pageData();
const clock = new ServerClock(page.now);

/** @type {{show: Show | null, pinned: import("../transport/protocol.js").Product | null, duty: import("../transport/protocol.js").Attendant[]}} */
const room = { show: page.show, pinned: page.pinned, duty: page.duty };
let wantsToAsk = Boolean(page.ask);

const stage = /** @type {import("../elements/stage.js").FairStage} */ (element("stage"));
const chat = /** @type {import("../elements/chat.js").FairChat} */ (element("chat"));
const callBox = /** @type {import("../elements/call.js").FairCall} */ (element("call"));
const pinnedCard = /** @type {import("../elements/product_card.js").FairPinned} */ (element("pinned"));
const shelf = /** @type {import("../elements/shelf.js").FairShelf} */ (element("shelf"));

const playback = new Playback(stage, page.whep_url, {
  onQuality: (quality) => sayQuality(element("quality"), quality),
});
playback.begin(page.show);

const conversation = openConversation("/hall", { purpose: "hall", room: page.room });
const request = new CallRequest(page.room, conversation, {
  onChange: showCall,
  onAccepted: (call) => setTimeout(() => location.assign(call.meeting ?? "/"), READ_MS),
});

listen();
begin();

function listen() {
  conversation.on("snapshot", take);
  conversation.on("show", ({ show }) => showShow(show));
  conversation.on("viewers", ({ viewers }) => showViewers(viewers));
  conversation.on("pinned", ({ pinned }) => showPinned(pinned));
  conversation.on("posted", ({ post }) => chat.add(post));
  conversation.on("duty", ({ duty }) => showDuty(duty));
  conversation.on("call", ({ call }) => {
    clock.set(call.now);
    request.changed(call);
  });
  conversation.onState((state, why) => {
    callBox.isOnline = state === "open";
    element("offline").hidden = state !== "lost";
    if (why?.code === "reload") element("outdated").hidden = false;
  });
}

/** @param {HallSnapshot} snapshot */
function take(snapshot) {
  clock.set(snapshot.now);
  chat.posts = snapshot.posts;
  showShow(snapshot.show);
  showViewers(snapshot.viewers);
  showPinned(snapshot.pinned);
  showDuty(snapshot.duty);
  request.restore(snapshot.call, moment);
  if (!wantsToAsk) return;
  wantsToAsk = false;
  history.replaceState(null, "", location.pathname);
  if (page.me.role === "buyer") request.ask(moment());
}

function begin() {
  chat.posts = page.posts;
  chat.canPost = page.me.role !== "guest";
  chat.onSend = async (text) => chat.add({ ...(await conversation.ask("post", { text })).post, mine: true });
  callBox.now = () => clock.now();
  callBox.onAsk = ask;
  callBox.onCancel = () => request.cancel();
  pinnedCard.product = room.pinned;
  shelf.pinned = room.pinned?.id ?? null;
  callBox.onDuty = room.duty.length;
  setInterval(showTime, 1000);
  showTime();
  window.addEventListener("pagehide", () => playback.leave());
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());
}

/** A guest is asked for a name first, and comes back to this room with the request still wanted. */
function ask() {
  if (page.me.role === "guest") location.assign(page.sign_in_to_ask_url);
  else request.ask(moment());
}

/** What a request is about: the second of the show, and the product on the table. */
function moment() {
  const second = room.show ? Math.max(0, clock.now() - room.show.started_at) : null;
  return { second, product: room.pinned?.id ?? null };
}

function showCall() {
  Object.assign(callBox, {
    call: request.call,
    asking: request.asking,
    problem: request.problem,
    lostSight: request.lostSight,
  });
  document.body.classList.toggle("is-calling", request.isOpen);
}

/** @param {Show | null} show */
function showShow(show) {
  room.show = show;
  playback.expect(show);
  element("live-badge").hidden = show === null;
  showTime();
}

function showTime() {
  const onAir = element("on-air");
  onAir.hidden = room.show === null;
  if (room.show) onAir.textContent = formatDuration(clock.now() - room.show.started_at);
}

/** @param {number} viewers */
function showViewers(viewers) {
  element("viewers").textContent = String(viewers);
  element("viewers-words").textContent = plural("{n} is watching", "{n} are watching", viewers);
}

/** @param {import("../transport/protocol.js").Product | null} pinned */
function showPinned(pinned) {
  room.pinned = pinned;
  pinnedCard.product = pinned;
  shelf.pinned = pinned?.id ?? null;
}

/** @param {import("../transport/protocol.js").Attendant[]} duty */
function showDuty(duty) {
  room.duty = duty;
  callBox.onDuty = duty.length;
  const names = duty.map(({ name }) => name);
  element("duty-names").textContent = names.length ? names.join(" · ") : _("Nobody right now");
  element("duty").classList.toggle("is-staffed", names.length > 0);
}

/** @param {string} id @returns {HTMLElement} */
function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

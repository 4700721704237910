/** The living room: keeps all words and numbers on the page true, and carries the request for a private call. */

import "../elements/call.js";
import "../elements/captions.js";
import "../elements/chat.js";
import "../elements/product_card.js";
import { freshen } from "../elements/fresh.js";
import { keepOlderShows } from "../elements/older_shows.js";
import { continueWish } from "../elements/remind.js";
import "../elements/shelf.js";
import "../elements/tabs.js";
import { keepTimes } from "../elements/when.js";
import { _, formatDuration, formatNumber, plural } from "../i18n.js";
import { measureBar } from "../lib/bar.js";
import { CallRequest } from "../transport/call_request.js";
import { followLeaving, isFinal, openConversation } from "../transport/conversation.js";
import { CallWish } from "./call_wish.js";
import { hearCalls } from "./calls_here.js";
import { followProgramme } from "./programme_news.js";
import { hearReminders } from "./reminders.js";
import { RoomAgain } from "./room_again.js";
import { RoomAsking } from "./room_asking.js";
import { RoomCaptions } from "./room_captions.js";
import { RoomStills } from "./room_stills.js";

/** @typedef {import("../transport/protocol.js").HallSnapshot} HallSnapshot */
/** @typedef {import("../transport/protocol.js").Show} Show */
/** @typedef {import("../transport/protocol.js").Product} Product */
/** @typedef {import("../transport/protocol.js").Attendant} Attendant */

/** What is announced is fetched again within so long, and not by everybody at once. */
const REDRAW_MS = 3000;

/** How long "is ready" can be read before the page follows the call. */
const READ_MS = 1800;

/**
 * Join the room: open the conversation and bring the page to life.
 * @param {Record<string, any>} page
 * @param {import("./room_playback.js").Playback} playback
 * @param {import("../transport/clock.js").ServerClock} clock
 */
export function join(page, playback, clock) {
  measureBar();
  new Room(page, playback, clock).begin();
}

class Room {
  /**
   * @param {Record<string, any>} page
   * @param {import("./room_playback.js").Playback} playback
   * @param {import("../transport/clock.js").ServerClock} clock
   */
  constructor(page, playback, clock) {
    this._page = page;
    this._wish = new CallWish(page.room);
    this._playback = playback;
    this._clock = clock;
    /** @type {Show | null} */
    this._show = page.show;
    /** @type {Product | null} */
    this._pinned = page.pinned;
    this._chat = /** @type {import("../elements/chat.js").FairChat} */ (element("chat"));
    this._pinnedCard = /** @type {import("../elements/product_card.js").FairPinned} */ (element("pinned"));
    this._shelf = /** @type {import("../elements/shelf.js").FairShelf} */ (element("shelf"));
    /** Absent for those who cannot ask: staff and the organiser. */
    this._call = /** @type {import("../elements/call.js").FairCall | null} */ (document.getElementById("call"));
    const captions = /** @type {import("../elements/captions.js").FairCaptions} */ (element("captions"));
    this._captions = new RoomCaptions(captions, playback, clock);
    this._again = new RoomAgain(page.show, ({ loop, captions_of, captions }) => {
      playback.setLoop(loop);
      this._captions.know(captions_of, captions);
    });
    this._stills = new RoomStills(page.room);
    /** @type {RoomAsking | null} */
    this._asking = null;
    this._conversation = openConversation("/hall", { purpose: "hall", room: page.room });
    this._request = new CallRequest(page.room, this._conversation, {
      onChange: () => this._showCall(),
      onAccepted: (call) => setTimeout(() => location.assign(call.meeting ?? "/"), READ_MS),
    });
  }

  begin() {
    const page = this._page;
    this._asking = new RoomAsking(page, this._conversation, () => this._pinned?.id ?? null);
    this._asking.begin();
    this._chat.posts = page.posts;
    this._chat.canPost = page.may_post;
    this._chat.onSend = async (text) => this._chat.add({ ...(await this._conversation.ask("post", { text })).post, mine: true });
    if (this._call) {
      this._call.now = () => this._clock.now();
      this._call.onAsk = () => this._ask();
      this._call.onCancel = () => this._request.cancel();
      this._call.promise = page.promise;
      this._call.appointmentUrl = page.appointment_url;
      this._call.onWrite = () => this._asking?.write();
    }
    this._captions.know(page.captions_of, page.captions);
    this._captions.begin(element("captions-button"));
    this._stills.offer(page.show?.state === "live");
    this._showPinned(page.pinned);
    this._showDuty(page.duty);
    this._showTime();
    setInterval(() => this._showTime(), 1000);
    keepTimes();
    keepOlderShows(element("panel-shows"));
    this._continueReminding();
    this._listen();
  }

  _listen() {
    const talk = this._conversation;
    talk.on("snapshot", (snapshot) => this._take(snapshot));
    talk.on("show", ({ show }) => this._showShow(show));
    talk.on("viewers", ({ viewers }) => showViewers(viewers));
    talk.on("pinned", ({ product }) => this._showPinned(product));
    talk.on("posted", ({ post }) => this._chat.add(post));
    talk.on("caption", ({ language, cues }) => this._captions.hear(language, cues));
    talk.on("duty", ({ duty }) => this._showDuty(duty));
    followProgramme(talk, this._page.now, () => freshen(["programme", "announced"]).catch(() => undefined), REDRAW_MS);
    hearReminders(talk, this._page.room);
    if (this._page.me.role === "buyer") hearCalls(talk, (entered) => this._call && (this._call.entered = entered));
    talk.on("line", ({ line }) => this._showLine(line));
    talk.on("call", ({ call }) => {
      this._clock.set(call.now);
      this._request.changed(call);
    });
    followLeaving(talk);
    talk.onState((state, why) => {
      if (this._call) this._call.isOnline = state === "open";
      element("offline").hidden = state !== "lost" || isFinal(why);
      element("outdated").hidden = !isFinal(why);
    });
  }

  /** @param {HallSnapshot} snapshot */
  _take(snapshot) {
    this._clock.set(snapshot.now);
    this._chat.replace(snapshot.posts);
    this._showShow(snapshot.show);
    showViewers(snapshot.viewers);
    this._showPinned(snapshot.pinned);
    this._showDuty(snapshot.duty);
    this._showLine(snapshot.line);
    this._asking?.show(snapshot.visibility);
    this._request.restore(snapshot.call, () => this._moment());
    if (this._page.ask) this._continueAsking();
  }

  /** A guest is asked for a name first, and comes back to this room with the request still wanted. */
  _ask() {
    if (this._page.me.role !== "guest") {
      this._request.ask(this._moment());
      return;
    }
    this._wish.keep(this._moment());
    location.assign(this._page.sign_in_to_ask_url);
  }

  _continueAsking() {
    this._page.ask = false;
    history.replaceState(history.state, "", location.pathname);
    if (this._wish.take(this._page.me.role)) this._request.ask(this._moment());
  }

  /** Back from signing in, with a wish to be reminded. */
  _continueReminding() {
    if (!this._page.remind) return;
    history.replaceState(history.state, "", location.pathname);
    if (this._page.me.role === "buyer") continueWish(this._page.remind);
  }

  /** What a request is about: the second of the show, and the product on the table. */
  _moment() {
    const second = this._show ? Math.max(0, this._clock.now() - this._show.started_at) : null;
    return { second, product: this._pinned?.id ?? null };
  }

  /** @param {import("../transport/protocol.js").Line | null} line */
  _showLine(line) {
    if (line && line.room !== this._page.room) return;
    if (this._call) this._call.line = line;
  }

  _showCall() {
    const { call, asking, problem, lostSight, isOpen } = this._request;
    if (this._call) Object.assign(this._call, { call, asking, problem, lostSight });
    document.body.classList.toggle("is-calling", isOpen);
    this._stills.follow(call);
  }

  /** @param {Show | null} show */
  _showShow(show) {
    this._show = show;
    this._stills.offer(show?.state === "live");
    this._playback.expect(show);
    this._captions.look();
    this._again.expect(show);
    for (const id of ["live-badge", "audience", "on-air-badge"]) element(id).hidden = show === null;
    const badge = element("live-badge");
    badge.textContent = show?.is_film ? _("RECORDED") : _("LIVE");
    badge.classList.toggle("badge-live", !show?.is_film);
    badge.classList.toggle("stage-badge", show?.is_film === true);
    this._showTime();
  }

  _showTime() {
    if (this._show) element("on-air").textContent = formatDuration(this._clock.now() - this._show.started_at);
  }

  /** @param {Product | null} pinned */
  _showPinned(pinned) {
    this._pinned = pinned;
    this._pinnedCard.product = pinned;
    this._shelf.pinned = pinned?.id ?? null;
  }

  /** @param {Attendant[]} duty */
  _showDuty(duty) {
    if (this._call) this._call.duty = duty;
    element("duty-names").textContent = duty.map(({ name }) => name).join(" · ") || _("Nobody right now");
    element("duty").classList.toggle("is-staffed", duty.length > 0);
  }
}

/** @param {number} viewers */
function showViewers(viewers) {
  element("viewers").textContent = formatNumber(viewers);
  element("viewers-words").textContent = plural("{n} is watching", "{n} are watching", viewers);
}

/** @param {string} id @returns {HTMLElement} */
function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

/** The waiting room: camera, microphone, speaker and every way to the others are tried before somebody joins. */

import "../elements/level.js";
import { Chime } from "../elements/chime.js";
import { _ } from "../i18n.js";
import { icon } from "../lib/icons.js";
import { deleteSession, postOffer } from "../transport/http_session.js";
import { legsOf, tryFair, tryTurn, watchFair } from "../transport/relay_test.js";
import { element } from "./element.js";

/** @typedef {import("../transport/relay_test.js").LegResult} LegResult */
/** @typedef {Pick<import("../transport/booth_protocol.js").MeetingSnapshot, "ice_servers" | "media_ticket">} Ways what opens them */

const CHECKED = "devices-checked";
/** Who has waited so long for the other is told that they are there; before that, both have come together. */
const PATIENCE_MS = 2000;
/** So long a check is good. */
const FRESH_MS = 12 * 3600 * 1000;
const NAMES = /** @type {const} */ ({
  fair: () => _("The fair’s own server"),
  udp: () => _("Relay over UDP"),
  tcp: () => _("Relay over TCP"),
  tls: () => _("Relay over TLS"),
});

/** @returns {boolean} whether the devices were tried here lately */
export function isChecked() {
  return Date.now() - Number(localStorage.getItem(CHECKED) ?? 0) < FRESH_MS;
}

export class Check {
  /**
   * @param {Record<string, any>} page
   * @param {{readonly sendsToRelay: boolean, readonly way: import("../transport/call_line.js").Way}} room
   * @param {() => void} onJoin
   */
  constructor(page, room, onJoin) {
    this._page = page;
    this._room = room;
    /** @type {Ways | null} the newest: credentials end */
    this._ways = null;
    this._hasJoined = isChecked();
    this._isTrying = false;
    this._panel = element("check");
    this._chime = new Chime();
    this._title = document.title;
    this._isOtherHere = false;
    this._aloneSince = Date.now();
    /** Whether the ways were tried since the room was opened. */
    this._hasTried = false;
    this.isOpen = false;
    element("join").addEventListener("click", () => {
      localStorage.setItem(CHECKED, String(Date.now()));
      this._hasJoined = true;
      this.close();
      onJoin();
    });
    element("test-speaker").addEventListener("click", () => this._ring());
    element("open-check").addEventListener("click", () => this.open());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && !this.isOpen) document.title = this._title;
    });
  }

  open() {
    this.isOpen = true;
    this._panel.hidden = false;
    element("join-words").textContent = this._hasJoined ? _("Back to the call") : _("Join now");
    element("join").focus();
    this._hasTried = false;
    this._tryLegs();
  }

  /** @param {Ways} ways what the server has just said */
  take(ways) {
    this._ways = ways;
    this._tryLegs();
  }

  close() {
    this.isOpen = false;
    this._panel.hidden = true;
    document.title = this._title;
  }

  /** @param {MediaStreamTrack | null} video @param {MediaStreamTrack | null} audio */
  show(video, audio) {
    const preview = /** @type {HTMLVideoElement} */ (element("check-video"));
    preview.srcObject = video ? new MediaStream([video]) : null;
    preview.classList.toggle("is-mirrored", video?.getSettings().facingMode !== "environment");
    element("check-blank").hidden = video !== null;
    /** @type {import("../elements/level.js").FairLevel} */ (element("check-level")).listen(audio);
  }

  /** @param {boolean} isHere the other: whoever still checks, or has waited for them, is told in sound and words */
  meet(isHere) {
    const comes = isHere && !this._isOtherHere;
    if (comes && (this.isOpen || Date.now() - this._aloneSince > PATIENCE_MS)) this._ring();
    if (!isHere && this._isOtherHere) this._aloneSince = Date.now();
    this._isOtherHere = isHere;
    const words = isHere ? _("{name} is here and waits for you.", { name: this._page.other.name }) : _("{name} is not here yet.", { name: this._page.other.name });
    element("check-other").textContent = words;
    element("check-other").classList.toggle("is-here", isHere);
    if (isHere && (this.isOpen || (comes && document.hidden))) document.title = `● ${words}`;
  }

  /** Try every way once each time the room is opened; a closed one is named. */
  async _tryLegs() {
    if (this._hasTried || this._isTrying || !this.isOpen || !this._ways) return;
    this._hasTried = this._isTrying = true;
    const legs = legsOf(this._ways.ice_servers);
    const list = element("legs");
    list.replaceChildren(...["fair", ...legs.map(({ leg }) => leg)].map((leg) => line(/** @type {LegResult["leg"]} */ (leg))));
    element("legs-words").textContent = _("Trying each way. You can join meanwhile.");
    const work = [this._tryFair(this._ways.media_ticket), ...legs.map(tryTurn)];
    try {
      const results = await Promise.all(work.map((one) => one.then((result) => (tell(list, result), result))));
      element("legs-words").textContent = summary(results);
    } finally {
      this._isTrying = false;
    }
  }

  /** @param {string} ticket for the call's doors @returns {Promise<LegResult>} */
  _tryFair(ticket) {
    if (this._room.sendsToRelay) return watchFair(() => this._room.way.sends);
    const bearer = { Authorization: `Bearer ${ticket}` };
    const post = (/** @type {string} */ offer) => postOffer(`/whip/calls/${this._page.call}`, offer, bearer);
    return tryFair(post, (session) => deleteSession(session, bearer));
  }

  _ring() {
    this._chime.start();
    setTimeout(() => this._chime.stop(), 100);
  }
}

/** @param {LegResult["leg"]} leg */
function line(leg) {
  const item = document.createElement("li");
  item.dataset.leg = leg;
  item.append(icon("hourglass", "icon-small"), NAMES[leg](), document.createElement("span"));
  return item;
}

/** @param {HTMLElement} list @param {LegResult} result */
function tell(list, { leg, isOpen, by }) {
  const item = list.querySelector(`[data-leg="${leg}"]`);
  if (!(item instanceof HTMLElement)) return;
  item.dataset.open = String(isOpen);
  item.firstElementChild?.replaceWith(icon(isOpen ? "circle-check" : "circle-x", "icon-small"));
  const words = isOpen ? (by === "tcp" && leg === "fair" ? _("open, over TCP") : _("open")) : _("closed");
  item.lastElementChild?.replaceChildren(words);
}

/** @param {LegResult[]} results */
function summary(results) {
  const closed = results.filter(({ isOpen }) => !isOpen).map(({ leg }) => NAMES[leg]());
  if (!closed.length) return _("Your network lets every way through.");
  if (closed.length === results.length) return _("Your network lets no picture or sound through. Try another network, or ask whoever runs it to open UDP.");
  return _("Closed in your network: {legs}. The call takes another way.", { legs: closed.join(", ") });
}

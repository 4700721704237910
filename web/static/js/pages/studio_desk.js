/** The desk: who rings, who is being talked to, and what happens when this person answers. */

import { _ } from "../i18n.js";
import { Refusal } from "../lib/refusal.js";
import { element } from "./element.js";

/** @typedef {import("../transport/protocol.js").Call} Call */
/** @typedef {import("../elements/ring.js").Answer} Answer */

const KEPT_OVER = 6;
const ORDER = { ringing: 0, talking: 1 };

export class Desk {
  /**
   * @param {import("../transport/conversation.js").Conversation} conversation
   * @param {{mayAnswer: boolean, me: {id: string, name: string}, now: () => number, isOnCamera: () => boolean,
   *   onLeaveForMeeting: () => void}} parts
   */
  constructor(conversation, parts) {
    this._conversation = conversation;
    this._parts = parts;
    /** @type {Map<string, Call>} */
    this._calls = new Map();
    /** @type {Set<string>} calls this person has passed on or put aside: they ring no more here */
    this._quiet = new Set();
    /** @type {Set<string>} calls this page is answering, whose news is no news here */
    this._mine = new Set();
    this.isOnDuty = false;
    this._ring = /** @type {import("../elements/ring.js").FairRing} */ (element("ringing"));
    this._list = /** @type {import("../elements/requests.js").FairRequests} */ (element("requests"));
    this._notices = /** @type {import("../elements/notices.js").FairNotices} */ (element("notices"));
    this._ring.now = this._list.now = parts.now;
    this._ring.onAnswer = (answer, call) => this._answer(answer, call);
    this._ring.onHide = () => this._hide();
    this._list.onAccept = (call) => this._answer("accept", call);
    this._list.mayAnswer = parts.mayAnswer;
  }

  /** @param {Call[]} calls all open calls of the room; what was open here and is not among them is over */
  restore(calls) {
    for (const [id, call] of this._calls) if (call.state === "ringing") this._calls.delete(id);
    for (const call of calls) this._calls.set(call.id, call);
    this.draw();
  }

  /** @param {Call} call new, or changed */
  take(call) {
    const before = this._calls.get(call.id);
    this._calls.set(call.id, call);
    if (before?.state === "ringing" && call.state !== "ringing") this._tell(call);
    this._forgetOld();
    this.draw();
  }

  draw() {
    const calls = [...this._calls.values()].sort(inOrder);
    const ringing = calls.filter((call) => call.state === "ringing");
    this._list.calls = calls;
    this._ring.isOnCamera = this._parts.isOnCamera();
    this._ring.calls = this._parts.mayAnswer && this.isOnDuty ? ringing.filter((call) => !this._quiet.has(call.id)) : [];
    const badge = element("requests-count");
    badge.hidden = ringing.length === 0;
    badge.textContent = _("{n} waiting", { n: ringing.length });
  }

  _hide() {
    for (const call of this._ring.calls) this._quiet.add(call.id);
    this.draw();
  }

  /** @param {Answer} answer @param {Call} call */
  async _answer(answer, call) {
    if (this._ring.isBusy) return;
    this._busy(true);
    try {
      if (answer === "accept") await this._accept(call);
      else await this._refuse(answer, call);
    } catch (error) {
      this._refused(error, call);
    } finally {
      this._busy(false);
    }
  }

  /** While on camera the meeting opens beside the show; the window is asked for at once, while the browser allows it.
   * @param {Call} call */
  async _accept(call) {
    const window_ = this._parts.isOnCamera() ? window.open("", "_blank") : null;
    this._mine.add(call.id);
    try {
      const answer = await this._conversation.ask("accept_call", { call: call.id, request_key: `${this._parts.me.id}-${call.id}` });
      this.take(answer.call);
      this._enter(answer.call.meeting ?? `/meeting/${call.id}`, window_);
    } catch (error) {
      this._mine.delete(call.id);
      window_?.close();
      throw error;
    }
  }

  /** @param {string} meeting @param {Window | null} window_ */
  _enter(meeting, window_) {
    if (!this._parts.isOnCamera()) {
      location.assign(meeting);
      return;
    }
    this._parts.onLeaveForMeeting();
    if (window_) window_.location.href = meeting;
    else this._notices.say(_("The caller waits for you."), { kind: "ok", stays: true, link: { href: meeting, text: _("Open the meeting") } });
  }

  /** @param {"pass" | "decline"} answer @param {Call} call */
  async _refuse(answer, call) {
    this._mine.add(call.id);
    await this._conversation.ask(answer === "pass" ? "pass_call" : "decline_call", { call: call.id });
    this._quiet.add(call.id);
    this.draw();
  }

  /** @param {unknown} error @param {Call} call */
  _refused(error, call) {
    const refusal = error instanceof Refusal ? error : new Refusal("offline", "");
    if (refusal.code !== "offline") this._quiet.add(call.id);
    const isTold = refusal.code === "already_taken" && this._calls.get(call.id)?.state !== "ringing";
    if (!isTold) this._notices.say(refusal.message || _("There is no connection right now. Try again in a moment."), { kind: "wait" });
    this.draw();
  }

  /** @param {Call} call that rang here and does no more */
  _tell(call) {
    if (this._mine.has(call.id) && call.state !== "talking") return;
    if (this._mine.has(call.id) && call.answered_by === this._parts.me.name) return;
    const names = { caller: call.buyer.name, name: call.answered_by ?? "" };
    const news = {
      talking: () => _("{name} took the call from {caller}.", names),
      declined: () => _("{caller} was told that nobody can talk now.", names),
      cancelled: () => _("{caller} no longer waits.", names),
      missed: () => _("Nobody answered {caller} in time.", names),
    };
    const words = news[/** @type {"missed"} */ (call.state)]?.();
    if (words) this._notices.say(words, { kind: call.state === "talking" ? "ok" : "wait" });
  }

  _forgetOld() {
    const over = [...this._calls.values()].filter((call) => !(call.state in ORDER)).sort(inOrder);
    for (const call of over.slice(KEPT_OVER)) this._calls.delete(call.id);
  }

  /** @param {boolean} isBusy */
  _busy(isBusy) {
    this._ring.isBusy = isBusy;
    this._list.isBusy = isBusy;
  }
}

/** Ringing first and the longest waiting first among them; what is over comes last, newest first.
 * @param {Call} one @param {Call} other */
function inOrder(one, other) {
  const place = (/** @type {Call} */ { state }) => ORDER[/** @type {"ringing"} */ (state)] ?? 2;
  const newestFirst = place(one) === 2 ? -1 : 1;
  return place(one) - place(other) || (one.requested_at - other.requested_at) * newestFirst;
}

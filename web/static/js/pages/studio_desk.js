/** The desk: who rings, who is being talked to, and what happens when this person answers. */

import { _ } from "../i18n.js";
import { Refusal } from "../lib/refusal.js";
import { element } from "./element.js";

/** @typedef {import("../transport/protocol.js").Call} Call */
/** @typedef {import("../elements/ring.js").Answer} Answer */

const KEPT_OVER = 6;
const ORDER = { ringing: 0, waiting: 1, talking: 2 };
const OVER = 3;

export class Desk {
  /**
   * @param {import("../transport/conversation.js").Conversation} conversation
   * @param {{mayAnswer: boolean, me: {id: string, name: string}, now: () => number, isOnCamera: () => boolean,
   *   onTalk: (call: string) => void}} parts `onTalk`: this person talks privately while on camera; said again and again
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
    /** @type {import("../transport/protocol.js").Attendant[]} */
    this._colleagues = [];
    this._ring = /** @type {import("../elements/ring.js").FairRing} */ (element("ringing"));
    this._list = /** @type {import("../elements/requests.js").FairRequests} */ (element("requests"));
    this._notices = /** @type {import("../elements/notices.js").FairNotices} */ (element("notices"));
    this._ring.now = this._list.now = parts.now;
    this._ring.onAnswer = (answer, call) => this._answer(answer, call);
    this._ring.onHide = () => this._hide();
    this._ring.onPassTo = (call, to) => this._passTo(call, to);
    this._list.onTakeBack = (call) => this.follow(this._conversation.ask("take_back_call", { call: call.id }));
    this._list.onAccept = (call) => this._answer("accept", call);
    this._list.mayAnswer = parts.mayAnswer;
  }

  /** @param {Call[]} calls all open calls of the room; what was open here and is not among them is over */
  restore(calls) {
    for (const [id, call] of this._calls) if (isOpen(call)) this._calls.delete(id);
    for (const call of calls) this._calls.set(call.id, call);
    this.draw();
  }

  /** @param {Call} call new, or changed */
  take(call) {
    const before = this._calls.get(call.id);
    this._calls.set(call.id, call);
    if (before && isUnanswered(before) && !isUnanswered(call)) this._tell(call);
    if (call.called_by_id === this._parts.me.id && call.kind !== "request" && before?.state === "ringing") this._hearOutgoing(call);
    this._forgetOld();
    this.draw();
  }

  draw() {
    const calls = [...this._calls.values()].sort(inOrder);
    const waiting = calls.filter((call) => isUnanswered(call) && call.kind === "request");
    const talking = calls.find((call) => call.state === "talking" && call.answered_by_id === this._parts.me.id);
    this._list.calls = calls;
    this._ring.isOnCamera = this._parts.isOnCamera();
    this._ring.colleagues = this._colleagues;
    const mayRing = this._parts.mayAnswer && this.isOnDuty && !talking;
    this._ring.calls = mayRing ? waiting.filter((call) => this._rings(call)) : [];
    const badge = element("requests-count");
    badge.hidden = waiting.length === 0;
    badge.textContent = _("{n} waiting", { n: waiting.length });
    if (talking && this._parts.isOnCamera()) this._parts.onTalk(talking.id);
  }

  /** @param {import("../transport/protocol.js").Attendant[]} duty who is on duty: others a call can be passed to */
  setDuty(duty) {
    this._colleagues = duty.filter(({ id }) => id !== this._parts.me.id);
    this.draw();
  }

  /** Whether it rings at this person: those it suits come first, and nobody who has passed it on.  @param {Call} call */
  _rings({ id, state, first, passed }) {
    const me = this._parts.me.id;
    return state === "ringing" && !this._quiet.has(id) && !passed.includes(me) && (first.length === 0 || first.includes(me));
  }

  /** What became of a call this person makes to a buyer.  @param {Call} call */
  _hearOutgoing(call) {
    const caller = call.buyer.name;
    if (call.state === "talking") {
      const link = { href: call.meeting ?? `/meeting/${call.id}`, text: _("Open the meeting") };
      this._notices.say(_("{caller} has taken your call.", { caller }), { kind: "ok", stays: true, link });
      if (!this._parts.isOnCamera()) location.assign(link.href);
    } else if (call.state !== "ringing") {
      this._notices.say(call.state === "declined" ? _("{caller} does not want to talk now.", { caller }) : _("{caller} did not answer.", { caller }), { kind: "wait" });
    }
  }

  /** @param {Promise<{call: Call}>} asked a call to a buyer, about to ring */
  async follow(asked) {
    try {
      const { call } = await asked;
      this.take(call);
    } catch (error) {
      const words = error instanceof Error && error.message;
      this._notices.say(words || _("There is no connection right now. Try again in a moment."), { kind: "danger" });
    }
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
      this._enter(answer.call, window_);
    } catch (error) {
      this._mine.delete(call.id);
      window_?.close();
      throw error;
    }
  }

  /** @param {Call} call @param {Window | null} window_ */
  _enter(call, window_) {
    const meeting = call.meeting ?? `/meeting/${call.id}`;
    if (!this._parts.isOnCamera()) {
      location.assign(meeting);
      return;
    }
    this._parts.onTalk(call.id);
    if (window_) window_.location.href = meeting;
    else this._notices.say(_("The caller waits for you."), { kind: "ok", stays: true, link: { href: meeting, text: _("Open the meeting") } });
  }

  /** @param {Call} call @param {string} to a colleague's account */
  async _passTo(call, to) {
    try {
      await this._conversation.ask("pass_call", { call: call.id, to });
      this._quiet.add(call.id);
      this.draw();
    } catch (error) {
      this._refused(error, call);
    }
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
    if (call.kind !== "request" || (this._mine.has(call.id) && call.state !== "talking")) return;
    if (this._mine.has(call.id) && call.answered_by_id === this._parts.me.id) return;
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
    const over = [...this._calls.values()].filter((call) => !isOpen(call)).sort(inOrder);
    for (const call of over.slice(KEPT_OVER)) this._calls.delete(call.id);
  }

  /** @param {boolean} isBusy */
  _busy(isBusy) {
    this._ring.isBusy = isBusy;
    this._list.isBusy = isBusy;
  }
}

/** @param {Call} call */
function isOpen({ state }) {
  return state in ORDER;
}

/** @param {Call} call */
function isUnanswered({ state }) {
  return state === "waiting" || state === "ringing";
}

/** Ringing first and the longest waiting first among them; what is over comes last, newest first.
 * @param {Call} one @param {Call} other */
function inOrder(one, other) {
  const place = (/** @type {Call} */ { state }) => ORDER[/** @type {"ringing"} */ (state)] ?? OVER;
  const newestFirst = place(one) === OVER ? -1 : 1;
  return place(one) - place(other) || (one.requested_at - other.requested_at) * newestFirst;
}

/** The buyer's request for a private call: one request however often it is clicked, reloaded or interrupted. */

import { newKey } from "../lib/new_key.js";
import { askForNotifications } from "../lib/notify.js";
import { Refusal } from "../lib/refusal.js";

/**
 * @typedef {import("./protocol.js").Call} Call
 * @typedef {{second: number | null, product: string | null, show?: string | null}} Watched `show` names a replay
 * @typedef {{key: string, call: string | null, at: number}} Kept what survives a reload of this tab
 */

/** A request that was never answered is sent again after a reload, if the reload was quick. */
const REPEAT_MS = 30_000;

/** Holds `call` (the newest known), `asking`, `problem` (the server's refusal) and says when they change. */
export class CallRequest {
  /**
   * @param {string} room
   * @param {import("./conversation.js").Conversation} conversation
   * @param {{onChange: () => void, onAccepted: (call: Call) => void}} events `onAccepted` fires only in the tab that asked
   * @param {Storage} [storage]
   */
  constructor(room, conversation, events, storage = sessionStorage) {
    this._room = room;
    this._slot = `request:${room}`;
    this._conversation = conversation;
    this._events = events;
    this._storage = storage;
    /** @type {Call | null} */
    this.call = null;
    this.asking = false;
    /** @type {Refusal | null} */
    this.problem = null;
    /** What became of a request that ended while this page was not connected. */
    this.lostSight = false;
  }

  /** @returns {boolean} whether the request waits for an answer */
  get isOpen() {
    return this.asking || isOpen(this.call);
  }

  /**
   * Take the state of a snapshot: the open call of this buyer in this room, or none.
   * @param {Call | null} call
   * @param {() => Watched} moment what a repeated request carries
   */
  restore(call, moment) {
    const kept = this._kept();
    if (call) {
      this.changed(call);
    } else if (kept?.call) {
      this._forget();
      this.lostSight = true;
      this.call = null;
      this._events.onChange();
    } else if (kept) {
      this.ask(moment());
    } else if (isOpen(this.call)) {
      this.call = null;
      this._events.onChange();
    }
  }

  /** @param {Call} call news of any call of this buyer, of which this room's own request is wanted */
  changed(call) {
    if (call.room !== this._room || (call.kind !== "request" && call.state !== "talking")) return;
    const kept = this._kept();
    const isOurs = kept !== null && (kept.call === null || kept.call === call.id);
    this.call = call;
    this.asking = false;
    this.problem = null;
    this.lostSight = false;
    if (isUnanswered(call)) {
      if (kept) this._keep({ ...kept, call: call.id });
    } else if (isOurs) {
      this._forget();
    }
    this._events.onChange();
    if (call.state === "talking" && call.meeting && isOurs) this._events.onAccepted(call);
  }

  /** @param {Watched} moment of the show the request is about */
  async ask({ second, product, show = null }) {
    if (this.isOpen) return;
    if (navigator.userActivation?.isActive) askForNotifications();
    const kept = this._kept() ?? { key: newKey(), call: null, at: Date.now() };
    this._keep(kept);
    this.asking = true;
    this.problem = null;
    this.call = null;
    this.lostSight = false;
    this._events.onChange();
    try {
      const payload = { show, show_second: second, product_id: product, request_key: kept.key };
      const { call } = await this._conversation.ask("request_call", payload);
      if (this.asking) this.changed(call);
    } catch (error) {
      this._refused(error);
    }
  }

  async cancel() {
    const call = this.call;
    if (!call || !isUnanswered(call)) return;
    try {
      this.changed((await this._conversation.ask("cancel_call", { call: call.id })).call);
    } catch (error) {
      this._refused(error);
    }
  }

  /** @param {unknown} error */
  _refused(error) {
    const refusal = error instanceof Refusal ? error : new Refusal("offline", "");
    if (refusal.code !== "offline" && !(this.call && isUnanswered(this.call))) this._forget();
    this.asking = false;
    this.problem = refusal;
    this._events.onChange();
  }

  /** What is kept; one that was not answered in time is forgotten: its key may name a call that is over.
   * @returns {Kept | null} */
  _kept() {
    /** @type {Kept | null} */
    const kept = JSON.parse(this._storage.getItem(this._slot) ?? "null");
    if (!kept || kept.call !== null || Date.now() - kept.at < REPEAT_MS) return kept;
    this._forget();
    return null;
  }

  /** @param {Kept} kept */
  _keep(kept) {
    this._storage.setItem(this._slot, JSON.stringify(kept));
  }

  _forget() {
    this._storage.removeItem(this._slot);
  }
}

/** @param {Call} call */
function isUnanswered({ state }) {
  return state === "waiting" || state === "ringing";
}

/** @param {Call | null} call */
function isOpen(call) {
  return call !== null && (isUnanswered(call) || call.state === "talking");
}

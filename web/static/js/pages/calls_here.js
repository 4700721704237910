/** Calls that ring at a buyer, on any page of the fair: one's own that was answered, and those staff make. */

import { Summons } from "../elements/summons.js";
import { _ } from "../i18n.js";
import { notify } from "../lib/notify.js";
import { Refusal } from "../lib/refusal.js";
import { isolated, notices } from "./news.js";

/** @typedef {import("../transport/protocol.js").Call} Call */
/** @typedef {import("../transport/conversation.js").Conversation} Conversation */

/** So long other tabs have to say that the meeting is open there. */
const ASK_TABS_MS = 300;

/**
 * Show the calls that ring at this buyer, which come over a page's own conversation with the hall.
 * @param {Conversation} conversation
 * @param {(entered: Set<string>) => void} [onEntered] told in which calls this person sits, in whatever tab
 */
export function hearCalls(conversation, onEntered = () => {}) {
  new CallsHere(conversation, onEntered).begin();
}

class CallsHere {
  /** @param {Conversation} conversation @param {(entered: Set<string>) => void} onEntered */
  constructor(conversation, onEntered) {
    this._conversation = conversation;
    this._onEntered = onEntered;
    /** @type {Map<string, Call>} */
    this._calls = new Map();
    /** @type {Set<string>} put aside here, or entered in some tab */
    this._quiet = new Set();
    /** @type {Set<string>} whose meeting is open in some tab */
    this._entered = new Set();
    /** The meeting this very page shows. */
    this._meeting = location.pathname.startsWith("/meeting/") ? location.pathname.slice("/meeting/".length) : "";
    this._tabs = new BroadcastChannel("calls");
    this._summons = new Summons();
  }

  begin() {
    this._summons.onAnswer = (call) => this._answer(call);
    this._summons.onRefuse = (call) => this._refuse(call);
    this._summons.onEnter = (call) => this._quieten(call.id);
    this._summons.onHide = (call) => this._quieten(call.id);
    document.body.append(this._summons);
    this._tabs.addEventListener("message", ({ data }) => this._hearTab(data));
    if (this._meeting) {
      this._tabs.postMessage({ entered: this._meeting });
      addEventListener("pagehide", () => this._tabs.postMessage({ left: this._meeting }));
    } else this._tabs.postMessage({ asks: true });
    this._conversation.on("snapshot", ({ calls }) => this._restore(calls ?? []));
    this._conversation.on("call", ({ call }) => this._take(call));
  }

  /** @param {{entered?: string, left?: string, asks?: boolean}} said by another tab */
  _hearTab({ entered, left, asks }) {
    if (entered) this._quieten(entered);
    if (asks && this._meeting) this._tabs.postMessage({ entered: this._meeting });
    if (left && this._entered.delete(left)) this._tabs.postMessage({ asks: true }); // it may be open in yet another
    if (entered) this._entered.add(entered);
    if (entered || left) this._onEntered(new Set(this._entered));
  }

  /** @param {Call[]} calls all that are open */
  _restore(calls) {
    const before = this._calls;
    this._calls = new Map(calls.map((call) => [call.id, call]));
    setTimeout(() => {
      this._draw();
      for (const call of calls) this._hear(call, before.get(call.id));
    }, ASK_TABS_MS);
  }

  /** @param {Call} call */
  _take(call) {
    const before = this._calls.get(call.id);
    this._calls.set(call.id, call);
    if (call.buyer_away) this._conversation.ask("here").catch(() => undefined);
    this._draw();
    this._hear(call, before);
    if (call.has_left && call.state === "declined" && before?.state !== "declined") {
      notices().say(_("{company} has left the fair. Your request for a call has ended.", { company: isolated(call.company) }), { stays: true });
    }
  }

  /** Say that a call rings, where that is news: it may have begun while this page was not connected.
   * @param {Call} call @param {Call | undefined} before */
  _hear(call, before) {
    if (rings(call) && before?.state !== call.state && !this._quiet.has(call.id)) this._notify(call);
  }

  /** @param {string} id */
  _quieten(id) {
    this._quiet.add(id);
    this._draw();
  }

  _draw() {
    const ringing = [...this._calls.values()].filter((call) => rings(call) && !this._quiet.has(call.id) && call.id !== this._meeting);
    this._summons.call = ringing[0] ?? null;
  }

  /** @param {Call} call */
  _notify(call) {
    if (!document.hidden || call.id === this._meeting) return;
    const names = { name: call.answered_by ?? call.called_by ?? "", company: call.company };
    const words = call.kind === "request" ? _("{name} of {company} is ready for your call.", names) : _("{name} of {company} is calling you.", names);
    notify(words, call.meeting ?? `/rooms/${call.room}`, `call-${call.id}`);
  }

  /** @param {Call} call */
  async _answer(call) {
    await this._tried(call, "answer_call", (answered) => {
      this._quieten(call.id);
      location.assign(answered.meeting ?? `/meeting/${call.id}`);
    });
  }

  /** @param {Call} call */
  async _refuse(call) {
    await this._tried(call, "refuse_call", () => this._quieten(call.id));
  }

  /** @param {Call} call @param {string} event @param {(call: Call) => void} done */
  async _tried(call, event, done) {
    this._summons.isBusy = true;
    this._summons.problem = "";
    try {
      done((await this._conversation.ask(event, { call: call.id })).call);
    } catch (error) {
      const words = error instanceof Refusal ? error.message : "";
      this._summons.problem = words || _("There is no connection right now. Try again in a moment.");
    } finally {
      this._summons.isBusy = false;
    }
  }
}

/** @param {Call} call @returns {boolean} whether the buyer is wanted now */
function rings(call) {
  return call.kind === "request" ? call.state === "talking" && call.meeting !== null : call.state === "ringing";
}

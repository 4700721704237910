/** `<fair-call>`: the button that asks for a private call, and everything it turns into. */

import { LitElement, html, nothing } from "../../vendor/lit.js";
import { _, formatDuration, languageName, plural } from "../i18n.js";
import { icon } from "../lib/icons.js";
import { formatWhen } from "../lib/when.js";

/** @typedef {import("../transport/protocol.js").Call} Call */
/** @typedef {{code: string, message: string, facts: Record<string, any>}} Problem */

/** Shows what it is given and says what was pressed: `onAsk`, `onCancel`. It decides nothing. */
export class FairCall extends LitElement {
  static properties = {
    call: { attribute: false },
    entered: { attribute: false },
    asking: { attribute: false },
    problem: { attribute: false },
    lostSight: { attribute: false },
    duty: { attribute: false },
    line: { attribute: false },
    promise: { attribute: false },
    isOnline: { attribute: false },
    _left: { state: true },
    _rest: { state: true },
    _promised: { state: true },
  };

  constructor() {
    super();
    /** @type {Call | null} */
    this.call = null;
    /** @type {Set<string>} the calls this person sits in, in other tabs */
    this.entered = new Set();
    this.asking = false;
    /** @type {Problem | null} */
    this.problem = null;
    this.lostSight = false;
    /** @type {import("../transport/protocol.js").Attendant[]} */
    this.duty = [];
    /** @type {import("../transport/protocol.js").Line | null} */
    this.line = null;
    /** @type {import("../transport/protocol.js").Promised | null} what is promised while nobody is on duty */
    this.promise = null;
    this.isOnline = false;
    this._left = 0;
    /** The seconds until one may ask here again, and when that is by this page's clock. */
    this._rest = this._mayAskAt = 0;
    /** @type {ReturnType<typeof standing>} */
    this._promised = "none";
    this.absentText = _("Nobody is on duty right now. Write in the chat, or leave a message.");
    this.onAsk = () => {};
    this.onCancel = () => {};
    /** Opens the message to the staff; absent where there is none. @type {(() => void) | null} */
    this.onWrite = null;
    /** Where an appointment is made. */
    this.appointmentUrl = "";
    /** @type {() => number} */
    this.now = () => Date.now() / 1000;
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this._ticking = undefined;
  }

  createRenderRoot() {
    this.replaceChildren();
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this._ticking = setInterval(() => this._tick(), 500);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this._ticking);
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (changed.has("problem")) this._mayAskAt = this.problem?.code === "too_soon" ? this.now() + this.problem.facts.seconds : 0;
    this._tick();
  }

  render() {
    const state = this.call?.state ?? "none";
    const body = { waiting: () => this._waiting(), ringing: () => this._ringing(), talking: () => this._ready() }[/** @type {string} */ (state)];
    return html`<div class="call call-${state}">${body ? body() : this._asking()}</div>`;
  }

  get onDuty() {
    return this.duty.length;
  }

  _tick() {
    this._promised = standing(this.promise, this.now());
    this._rest = Math.max(0, Math.ceil(this._mayAskAt - this.now()));
    this._left = this.call ? Math.max(0, Math.ceil(this.call.rings_until - this.now())) : 0;
  }

  _asking() {
    const again = this.call || this.lostSight;
    return html`
      ${this.onDuty || this.asking ? this._button(again) : nothing}
      <p id="call-state" class="call-state" role="status">${this._sentence()}</p>
      ${this._instead()}`;
  }

  /** @param {unknown} again */
  _button(again) {
    return html`
      <button type="button" id="call-button" class="button button-primary call-button"
        ?disabled=${this.asking || !this.onDuty || !this.isOnline} @click=${() => this.onAsk()}>
        ${icon("phone-call")}
        <span>${this.asking ? _("Asking…") : again ? _("Ask again for a private call") : _("Ask for a private call")}</span>
      </button>`;
  }

  /** What there is where nobody answers now: an appointment, and a message. */
  _instead() {
    const isLost = this.lostSight || this.call?.state === "missed" || this.call?.state === "declined";
    if ((this.onDuty && !isLost) || !this.onWrite) return nothing;
    return html`
      <p class="call-instead">
        ${this.appointmentUrl ? html`<a class="button" href=${this.appointmentUrl}>${icon("calendar")}<span>${_("Book an appointment")}</span></a>` : nothing}
        <button type="button" class="button" id="write-message" @click=${() => this.onWrite?.()}>${icon("send")}<span>${_("Leave a message")}</span></button>
      </p>`;
  }

  _sentence() {
    if (this.problem?.code === "too_soon" && this._rest) return tooSoon(this.problem, this._rest);
    if (this.problem && this.problem.code !== "too_soon") return refusal(this.problem);
    if (this.lostSight) return _("Your request ended while you were away. Ask again when it suits you.");
    if (this.call) return outcome(this.call);
    if (!this.onDuty) return this.promise && this._promised !== "none" && this.onWrite ? promised(this.promise, this._promised) : this.absentText;
    const free = this.duty.filter(({ is_busy }) => !is_busy).length;
    if (!free) return _("All who are on duty are in calls. Ask, and you wait in line.");
    return plural("{n} person is on duty and can answer now.", "{n} people are on duty and can answer now.", free);
  }

  _waiting() {
    return html`
      <div class="call-card">
        <span class="call-bell" aria-hidden="true">${icon("hourglass")}</span>
        <div class="call-words">
          <p id="call-state" class="call-state" role="status"><b>${place(this.line)}</b> <span>${expected(this.line, this.duty)}</span></p>
          ${this.problem ? html`<p class="call-problem" role="alert">${refusal(this.problem)}</p>` : nothing}
        </div>
        <button type="button" id="cancel-call" class="button" @click=${() => this.onCancel()}>${_("Cancel")}</button>
      </div>`;
  }

  _ringing() {
    return html`
      <div class="call-card">
        <span class="call-bell" aria-hidden="true">${icon("phone-call")}</span>
        <div class="call-words">
          <p id="call-state" class="call-state" role="status"><b>${_("Ringing")}</b> <span>${_("Stay in the show: the answer comes up here.")}</span></p>
          ${this.problem ? html`<p class="call-problem" role="alert">${refusal(this.problem)}</p>` : nothing}
        </div>
        <span class="call-left" role="timer" aria-label=${_("Time left")} dir="ltr">${formatDuration(this._left)}</span>
        <button type="button" id="cancel-call" class="button" @click=${() => this.onCancel()}>${_("Cancel")}</button>
      </div>`;
  }

  _ready() {
    const { id = "", answered_by: name = "", meeting } = this.call ?? {};
    const isIn = this.entered.has(id);
    return html`
      <div class="call-card">
        <span class="call-bell" aria-hidden="true">${icon(isIn ? "phone-call" : "check")}</span>
        <p id="call-state" class="call-state call-words" role="status">${isIn
          ? html`<b>${_("Talking")}</b> <span>${_("With {name}", { name: name ?? "" })}</span>`
          : html`<b>${_("{name} is ready", { name: name ?? "" })}</b> <span>${_("Your meeting is open.")}</span>`}</p>
        ${meeting ? html`<a id="go-meeting" class="button ${isIn ? "" : "button-primary"}" href=${meeting}>${_("Go to the meeting")}</a>` : nothing}
      </div>`;
  }
}

/** @param {Call} call @returns {string} */
function outcome({ state, answered_by, has_left: hasLeft }) {
  if (state === "declined" && hasLeft) return _("This exhibitor has left the fair, and your request has ended with that.");
  const sentences = {
    declined: () => _("Nobody could take your call just now. Write in the chat, or ask again in a while."),
    missed: () => _("Nobody answered in time. Ask again, or write in the chat so that they can come back to you."),
    cancelled: () => _("Your request was cancelled."),
    ended: () => (answered_by ? _("Your call with {name} has ended.", { name: answered_by }) : _("Your call has ended.")),
    waiting: () => "",
    ringing: () => "",
    talking: () => "",
  };
  return sentences[state]();
}

/** @param {import("../transport/protocol.js").Line | null} line */
function place(line) {
  if (!line) return _("You wait in line");
  return line.position === 1 ? _("You are next in line") : _("You are number {n} in line", { n: line.position });
}

/** @param {import("../transport/protocol.js").Line | null} line @param {import("../transport/protocol.js").Attendant[]} duty */
function expected(line, duty) {
  if (!duty.length) return _("Nobody is on duty right now. It rings as soon as somebody comes: here, and on any page of the fair.");
  const stay = _("All are in calls. Stay in the show: it rings here, and on any page of the fair.");
  if (line?.wait_seconds == null) return stay;
  const minutes = Math.max(1, Math.round(line.wait_seconds / 60));
  return plural("About {n} minute. Stay in the show: it rings here, and on any page of the fair.", "About {n} minutes. Stay in the show: it rings here, and on any page of the fair.", minutes);
}

/** Whether what was promised when the page was loaded still holds. @param {import("../transport/protocol.js").Promised | null} promise @param {number} now */
function standing(promise, now) {
  if (!promise || promise.ends_at <= now) return "none";
  return promise.begins_at <= now ? "now" : "to come";
}

/** @param {import("../transport/protocol.js").Promised} promise @param {"now" | "to come"} standing */
function promised({ begins_at, ends_at, language: code, is_spoken }, standing) {
  const when = formatWhen(standing === "now" ? ends_at : begins_at), language = languageName(code);
  if (standing === "now") {
    if (is_spoken) return _("Somebody who speaks {language} should be here until {when}, but nobody is at the desk this minute.", { language, when });
    return _("The stand is open until {when}, but nobody is at the desk this minute.", { when });
  }
  if (is_spoken) return _("Next person who speaks {language}: {when}.", { language, when });
  return _("The stand opens again {when}.", { when });
}

/** The seconds run down for the eye alone: nobody wants to hear each of them.  @param {Problem} problem @param {number} seconds */
function tooSoon({ message }, seconds) {
  return html`<span class="call-again" aria-hidden="true">${_("You asked here a moment ago. Ask again in {seconds} s.", { seconds })}</span><span class="visually-hidden">${message}</span>`;
}

/** @param {Problem} problem @returns {string} */
function refusal({ code, message }) {
  if (code === "nobody_on_duty") return _("Everybody has just left the desk. Nothing was sent; try again in a while.");
  if (code === "too_many_requests") return _("You have three requests open already. Cancel one, or wait for an answer.");
  if (code === "blocked") return _("This exhibitor takes nothing from you. You can go on watching and reading.");
  if (code === "offline") return _("There is no connection right now. Your request goes out when you press again.");
  return message || _("That did not work. Try again in a moment.");
}

customElements.define("fair-call", FairCall);

/** `<fair-call>`: the button that asks for a private call, and everything it turns into. */

import { LitElement, html, nothing } from "../../vendor/lit.js";
import { _, formatDuration, plural } from "../i18n.js";
import { icon } from "../lib/icons.js";

/** @typedef {import("../transport/protocol.js").Call} Call */

/** Shows what it is given and says what was pressed: `onAsk`, `onCancel`. It decides nothing. */
export class FairCall extends LitElement {
  static properties = {
    call: { attribute: false },
    asking: { attribute: false },
    problem: { attribute: false },
    lostSight: { attribute: false },
    onDuty: { attribute: false },
    isOnline: { attribute: false },
    _left: { state: true },
  };

  constructor() {
    super();
    /** @type {Call | null} */
    this.call = null;
    this.asking = false;
    /** @type {{code: string, message: string} | null} */
    this.problem = null;
    this.lostSight = false;
    this.onDuty = 0;
    this.isOnline = false;
    this._left = 0;
    this.absentText = _("Nobody is on duty right now. Write in the chat; this button wakes up when somebody is back.");
    this.onAsk = () => {};
    this.onCancel = () => {};
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

  willUpdate() {
    this._tick();
  }

  render() {
    const state = this.call?.state ?? "none";
    const body = { ringing: () => this._ringing(), talking: () => this._ready() }[/** @type {string} */ (state)];
    return html`<div class="call call-${state}">${body ? body() : this._asking()}</div>`;
  }

  _tick() {
    this._left = this.call ? Math.max(0, Math.ceil(this.call.rings_until - this.now())) : 0;
  }

  _asking() {
    const again = this.call || this.lostSight;
    return html`
      <button type="button" id="call-button" class="button button-primary call-button"
        ?disabled=${this.asking || !this.onDuty || !this.isOnline} @click=${() => this.onAsk()}>
        ${icon("phone-call")}
        <span>${this.asking ? _("Asking…") : again ? _("Ask again for a private call") : _("Ask for a private call")}</span>
      </button>
      <p id="call-state" class="call-state" role="status">${this._sentence()}</p>`;
  }

  _sentence() {
    if (this.problem) return refusal(this.problem);
    if (this.lostSight) return _("Your request ended while you were away. Ask again when it suits you.");
    if (this.call) return outcome(this.call);
    if (!this.onDuty) return this.absentText;
    return plural("{n} person is on duty and can answer now.", "{n} people are on duty and can answer now.", this.onDuty);
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
    const name = this.call?.answered_by ?? "";
    const meeting = this.call?.meeting;
    return html`
      <div class="call-card">
        <span class="call-bell" aria-hidden="true">${icon("check")}</span>
        <p id="call-state" class="call-state call-words" role="status"><b>${_("{name} is ready", { name })}</b> <span>${_("Your meeting is open.")}</span></p>
        ${meeting ? html`<a id="go-meeting" class="button button-primary" href=${meeting}>${_("Go to the meeting")}</a>` : nothing}
      </div>`;
  }
}

/** @param {Call} call @returns {string} */
function outcome({ state, answered_by }) {
  const sentences = {
    declined: () => _("Nobody could take your call just now. Write in the chat, or ask again in a while."),
    missed: () => _("Nobody answered in time. Ask again, or write in the chat so that they can come back to you."),
    cancelled: () => _("Your request was cancelled."),
    ended: () => (answered_by ? _("Your call with {name} has ended.", { name: answered_by }) : _("Your call has ended.")),
    ringing: () => "",
    talking: () => "",
  };
  return sentences[state]();
}

/** @param {{code: string, message: string}} problem @returns {string} */
function refusal({ code, message }) {
  if (code === "nobody_on_duty") return _("Everybody has just left the desk. Nothing was sent; try again in a while.");
  if (code === "too_many_requests") return _("You have three requests open already. Cancel one, or wait for an answer.");
  if (code === "offline") return _("There is no connection right now. Your request goes out when you press again.");
  return message || _("That did not work. Try again in a moment.");
}

customElements.define("fair-call", FairCall);

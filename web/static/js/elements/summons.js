/** `<fair-summons>`: over any page, somebody of the staff is there for the buyer: go, accept, or not now. */

import { LitElement, html, nothing } from "../../vendor/lit.js";
import { _, formatDuration } from "../i18n.js";
import { keepOverFullScreen } from "../lib/full_screen.js";
import { icon } from "../lib/icons.js";
import { callerProduct } from "./caller.js";
import { Chime } from "./chime.js";

/** @typedef {import("../transport/protocol.js").Call} Call */

export class Summons extends LitElement {
  static properties = { call: { attribute: false }, isBusy: { attribute: false }, problem: { attribute: false }, _left: { state: true } };

  constructor() {
    super();
    /** @type {Call | null} */
    this.call = null;
    this.isBusy = false;
    this.problem = "";
    this._left = 0;
    /** @type {(call: Call) => void} */
    this.onAnswer = () => {};
    /** @type {(call: Call) => void} */
    this.onRefuse = () => {};
    /** @type {(call: Call) => void} */
    this.onEnter = () => {};
    /** @type {(call: Call) => void} */
    this.onHide = () => {};
    this._chime = new Chime();
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this._ticking = undefined;
    /** By how much the clock of this device is slow. */
    this._slow = 0;
    this._leaveScreen = () => {};
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this._leaveScreen = keepOverFullScreen(this);
    if (this.call) this._ring();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this._leaveScreen();
    this._rest();
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (!changed.has("call")) return;
    this.problem = "";
    if (!this.call) {
      this._rest();
      return;
    }
    this._slow = this.call.now - Date.now() / 1000;
    this._ring();
  }

  _ring() {
    clearInterval(this._ticking);
    this._ticking = setInterval(() => this._tick(), 500);
    this._tick();
    this._chime.start();
  }

  _rest() {
    clearInterval(this._ticking);
    this._chime.stop();
  }

  render() {
    const call = this.call;
    if (!call) return nothing;
    const isOwn = call.kind === "request";
    return html`
      <section class="summons" role="alertdialog" aria-labelledby="summons-title" aria-describedby="summons-text" data-kind=${call.kind}>
        <span class="summons-bell" aria-hidden="true">${icon(isOwn ? "phone-call" : "phone-incoming")}</span>
        <div class="summons-words">
          <h2 id="summons-title">${title(call)}</h2>
          <p id="summons-text" class="small soft">${isOwn ? _("Your meeting is open. The show goes on without you.") : explanation(call)}</p>
          ${isOwn ? nothing : callerProduct(call.product)}
          ${this.problem ? html`<p class="field-error" role="alert">${this.problem}</p>` : nothing}
        </div>
        ${isOwn ? nothing : html`<span class="summons-left" role="timer" aria-label=${_("Time left")} dir="ltr">${formatDuration(this._left)}</span>`}
        <div class="summons-actions">${isOwn ? this._enter(call) : this._choose(call)}</div>
      </section>`;
  }

  /** @param {Call} call */
  _enter(call) {
    return html`
      <a class="button button-primary" href=${call.meeting ?? ""} @click=${() => this.onEnter(call)}>${icon("phone-call")}${_("Go to the meeting")}</a>
      <button type="button" class="button" @click=${() => this.onHide(call)}>${_("Hide")}</button>`;
  }

  /** @param {Call} call */
  _choose(call) {
    return html`
      <button type="button" class="button button-primary" ?disabled=${this.isBusy} @click=${() => this.onAnswer(call)}>${icon("phone")}${_("Accept")}</button>
      <button type="button" class="button" ?disabled=${this.isBusy} @click=${() => this.onRefuse(call)}>${call.kind === "invitation" ? _("No, thank you") : _("Not now")}</button>`;
  }

  _tick() {
    this._left = this.call ? Math.max(0, Math.ceil(this.call.rings_until - Date.now() / 1000 - this._slow)) : 0;
  }
}

/** @param {Call} call */
function title({ kind, answered_by, called_by, company }) {
  const names = { name: answered_by ?? called_by ?? "", company };
  if (kind === "request") return _("{name} of {company} is ready", names);
  return kind === "call_back" ? _("{name} of {company} calls you back", names) : _("{name} of {company} invites you to a private call", names);
}

/** @param {Call} call */
function explanation({ kind }) {
  return kind === "call_back"
    ? _("You asked while nobody could answer.")
    : _("You let this exhibitor see you. If you say no, you get no other invitation from it.");
}

customElements.define("fair-summons", Summons);

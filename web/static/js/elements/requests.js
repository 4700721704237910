/** `<fair-requests>`: who asks for a call, who is being talked to, and who could not be helped today. */

import { LitElement, html, nothing } from "../../vendor/lit.js";
import { _, countryName, formatDuration, formatTime } from "../i18n.js";
import { icon } from "../lib/icons.js";
import { callStills, callerAway, callerFacts, callerProduct } from "./caller.js";

/** @typedef {import("../transport/protocol.js").Call} Call */

export class FairRequests extends LitElement {
  static properties = { calls: { attribute: false }, mayAnswer: { attribute: false }, isBusy: { attribute: false }, _now: { state: true } };

  constructor() {
    super();
    /** @type {Call[]} ringing first, then talking, then what is over, newest first */
    this.calls = [];
    this.mayAnswer = true;
    this.isBusy = false;
    /** @type {(call: Call) => void} */
    this.onAccept = () => {};
    /** @type {(call: Call) => void} */
    this.onTakeBack = () => {};
    /** @type {(account: string) => void} */
    this.onBlock = () => {};
    /** @type {() => number} */
    this.now = () => Date.now() / 1000;
    this._now = 0;
  }

  createRenderRoot() {
    this.replaceChildren();
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this._ticking = setInterval(() => (this._now = this.now()), 1000);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this._ticking);
  }

  render() {
    if (!this.calls.length) return html`<p class="desk-empty">${_("Nobody waits. When a buyer asks for a call it rings here.")}</p>`;
    return html`<ul class="requests">${this.calls.map((call) => this._request(call))}</ul>`;
  }

  /** @param {Call} call */
  _request(call) {
    if (call.kind !== "request" && call.state === "ringing") return this._outgoing(call);
    if (call.state === "ringing" || call.state === "waiting") return this._ringing(call);
    return call.state === "talking" ? talking(call) : over(call);
  }

  /** A call to a buyer.  @param {Call} call */
  _outgoing(call) {
    return html`
      <li class="request request-ringing" data-call=${call.id}>
        ${who(call)} <span class="badge badge-wait">${call.kind === "invitation" ? _("Invited") : _("Calling back")}</span>
        <p class="small soft request-note">${_("By {name}", { name: call.called_by ?? "" })}</p>
        ${this.mayAnswer ? html`<button type="button" class="button" @click=${() => this.onTakeBack(call)}>${icon("phone-off")}${_("Stop ringing")}</button>` : nothing}
      </li>`;
  }

  /** @param {Call} call */
  _ringing(call) {
    const left = Math.max(0, Math.ceil(call.rings_until - this.now()));
    return html`
      <li class="request request-ringing" data-call=${call.id}>
        ${who(call)}
        ${call.state === "waiting"
          ? html`<span class="badge">${_("In line")}</span>`
          : html`<span class="badge badge-wait" role="timer" aria-label=${_("Time left to answer")}><span dir="ltr">${formatDuration(left)}</span></span>`}
        ${callerFacts(call)} ${callerProduct(call.product)} ${callerAway(call)} ${callStills(call.stills)}
        ${this.mayAnswer ? this._actions(call) : nothing}
      </li>`;
  }

  /** @param {Call} call */
  _actions(call) {
    return html`
      <div class="request-actions">
        <button type="button" class="button button-primary request-accept" ?disabled=${this.isBusy} @click=${() => this.onAccept(call)}>${icon("phone")}${_("Accept")}</button>
        <button type="button" class="button button-quiet block" @click=${() => this.onBlock(call.buyer.id)}>${_("Block")}</button>
      </div>`;
  }
}

/** @param {Call} call */
function who({ buyer }) {
  const from = [buyer.company, buyer.country && countryName(buyer.country)].filter(Boolean).join(", ");
  return html`<p class="request-who"><b><bdi>${buyer.name || _("A buyer")}</bdi></b><span class="small soft"><bdi>${from}</bdi></span></p>`;
}

/** @param {Call} call */
function talking(call) {
  return html`
    <li class="request" data-call=${call.id}>
      ${who(call)} <span class="badge badge-ok">${_("Talking")}</span>
      <p class="small soft request-note">${_("With {name}", { name: call.answered_by ?? "" })}
        ${call.meeting ? html`<a href=${call.meeting} target="_blank" rel="noopener">${_("Go to the meeting")}</a>` : nothing}</p>
      ${callStills(call.stills)}
    </li>`;
}

/** @param {Call} call */
function over(call) {
  const words = {
    missed: () => html`<span class="badge badge-danger">${_("Missed")}</span>`,
    declined: () => html`<span class="badge">${_("Declined")}</span>`,
    cancelled: () => html`<span class="badge">${_("Caller left")}</span>`,
    ended: () => html`<span class="badge">${_("Ended")}</span>`,
  };
  const word = words[/** @type {"missed"} */ (call.state)] ?? words.ended;
  return html`
    <li class="request request-over" data-call=${call.id}>
      ${who(call)} ${word()}
      <p class="small soft request-note">${_("Asked at {time}", { time: formatTime(call.requested_at) })}${call.answered_by ? html` · ${_("With {name}", { name: call.answered_by })}` : nothing}</p>
      ${callStills(call.stills)}
    </li>`;
}

customElements.define("fair-requests", FairRequests);

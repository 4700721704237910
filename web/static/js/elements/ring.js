/** `<fair-ring>`: the dialog over everything when somebody calls; the one who waits longest comes first. */

import { LitElement, html, nothing } from "../../vendor/lit.js";
import { _, formatDuration, plural } from "../i18n.js";
import { icon } from "../lib/icons.js";
import { callerAway, callerFacts, callerProduct } from "./caller.js";
import { Chime } from "./chime.js";

/** @typedef {import("../transport/protocol.js").Call} Call */
/** @typedef {"accept" | "pass" | "decline"} Answer */

/** A key pressed so soon after typing was meant for the text. */
const TYPING_MS = 2000;
const FIELDS = "input, textarea, select, [contenteditable]";
/** @type {Record<string, Answer>} */
const KEYS = { a: "accept", p: "pass", n: "decline" };

export class FairRing extends LitElement {
  static properties = { calls: { attribute: false }, isBusy: { attribute: false }, isOnCamera: { attribute: false }, colleagues: { attribute: false }, _left: { state: true } };

  constructor() {
    super();
    /** @type {Call[]} ringing, longest waiting first */
    this.calls = [];
    this.isBusy = false;
    this.isOnCamera = false;
    /** @type {import("../transport/protocol.js").Attendant[]} others on duty */
    this.colleagues = [];
    /** @type {(call: Call, to: string) => void} */
    this.onPassTo = () => {};
    this._left = 0;
    /** @type {(answer: Answer, call: Call) => void} */
    this.onAnswer = () => {};
    this.onHide = () => {};
    /** @type {() => number} */
    this.now = () => Date.now() / 1000;
    this._chime = new Chime();
    this._typedAt = -TYPING_MS;
    this._title = document.title;
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this._ticking = setInterval(() => this._tick(), 500);
    document.addEventListener("keydown", (event) => this._key(event));
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this._ticking);
    this._chime.stop();
  }

  render() {
    const [call, ...others] = this.calls;
    return html`
      <dialog id="ring" class="dialog dialog-full ring" aria-labelledby="ring-name" @cancel=${this._cancel}>
        ${call ? this._caller(call, others) : nothing}
      </dialog>`;
  }

  updated() {
    const dialog = this._dialog();
    if (!dialog) return;
    const rings = this.calls.length > 0;
    if (rings && !dialog.open) {
      dialog.showModal();
      this._chime.start();
    } else if (!rings && dialog.open) {
      dialog.close();
    }
    if (!rings) this._chime.stop();
    document.title = rings ? `(${this.calls.length}) ${_("{name} is calling", { name: this.calls[0]?.buyer.name || _("A buyer") })}` : this._title;
  }

  willUpdate() {
    this._tick();
  }

  /** @param {Call} call @param {Call[]} others */
  _caller(call, others) {
    const { buyer } = call;
    return html`
      <div class="ring-head">
        <span class="ring-bell" aria-hidden="true">${icon("phone-incoming")}</span>
        <p class="ring-call">${_("Asks for a private call")}</p>
        <p class="ring-left" role="timer" aria-label=${_("Time left to answer")} dir="ltr">${formatDuration(this._left)}</p>
      </div>
      <h2 id="ring-name" class="ring-name" tabindex="-1" autofocus><bdi>${buyer.name || _("A buyer")}</bdi></h2>
      <p class="ring-company"><bdi>${buyer.company}</bdi></p>
      ${callerFacts(call)} ${callerProduct(call.product)} ${callerAway(call)}
      ${this.isOnCamera ? html`<p class="ring-note">${icon("info", "icon-small")}<span>${_("You are on camera: the meeting opens in a new tab, the show goes on and does not hear you.")}</span></p>` : nothing}
      <div class="ring-actions">
        ${this._button(call, "accept", "accept", "button-primary button-large", "phone", _("Accept"), "A")}
        ${this._button(call, "pass", "pass", "", "phone-forwarded", _("Pass on"), "P")}
        ${this._button(call, "not-now", "decline", "", "phone-off", _("Not now"), "N")}
      </div>
      ${this._passTo(call)}
      <p class="ring-help small soft">${_("Pass on lets your colleagues answer. Not now tells the caller that nobody can talk.")}</p>
      ${others.length ? html`<p class="ring-others" role="status">${icon("users", "icon-small")}${plural("{n} more is waiting: {names}", "{n} more are waiting: {names}", others.length, { names: others.map((other) => other.buyer.name).join(", ") })}</p>` : nothing}`;
  }

  /** @param {Call} call @param {string} id @param {Answer} answer @param {string} look @param {string} picture @param {string} text @param {string} key */
  _button(call, id, answer, look, picture, text, key) {
    return html`<button type="button" id=${id} class="button ${look}" aria-keyshortcuts=${key} ?disabled=${this.isBusy}
      @click=${() => this.onAnswer(answer, call)}>${icon(picture)}<span>${text}</span><kbd aria-hidden="true">${key}</kbd></button>`;
  }

  /** @param {Call} call */
  _passTo(call) {
    if (!this.colleagues.length) return nothing;
    return html`
      <label class="ring-pass">${_("Pass to")}
        <select class="input" ?disabled=${this.isBusy} @change=${(/** @type {Event} */ event) => this._choose(event, call)}>
          <option value="">${_("Choose a colleague")}</option>
          ${this.colleagues.map(({ id, name }) => html`<option value=${id}>${name}</option>`)}
        </select></label>`;
  }

  /** @param {Event} event @param {Call} call */
  _choose(event, call) {
    const select = /** @type {HTMLSelectElement} */ (event.target);
    if (select.value) this.onPassTo(call, select.value);
    select.value = "";
  }

  /** Escape puts the ringing aside without an answer.  @param {Event} event */
  _cancel(event) {
    event.preventDefault();
    this.onHide();
  }

  /** @param {KeyboardEvent} event */
  _key(event) {
    const inField = /** @type {Element} */ (event.target).matches(FIELDS);
    const now = performance.now();
    if (inField || now - this._typedAt < TYPING_MS) {
      this._typedAt = now;
      return;
    }
    const answer = KEYS[event.key.toLowerCase()];
    const call = this.calls[0];
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat;
    if (!answer || !call || !isPlain || this.isBusy) return;
    event.preventDefault();
    this.onAnswer(answer, call);
  }

  _tick() {
    this._left = this.calls[0] ? Math.max(0, Math.ceil(this.calls[0].rings_until - this.now())) : 0;
  }

  /** @returns {HTMLDialogElement | null} */
  _dialog() {
    return this.querySelector("#ring");
  }
}

customElements.define("fair-ring", FairRing);

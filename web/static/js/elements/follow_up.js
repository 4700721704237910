/** `<fair-follow-up>`: requests that led to no talk and messages, until somebody has dealt with them. */

import { LitElement, html, nothing } from "../../vendor/lit.js";
import { _, countryName, formatDate, formatNumber, formatTime, languageName, plural } from "../i18n.js";
import { icon } from "../lib/icons.js";

/**
 * @typedef {{id: string, at: number, product: string | null, state?: string, subject?: string, quantity?: number | null,
 *   text?: string, buyer: {id: string, name: string, company: string, country: string, language: string},
 *   is_done: boolean, done_by: string | null, tries: number, is_reached: boolean}} Left
 */

export class FairFollowUp extends LitElement {
  static properties = { list: { attribute: false }, mayAnswer: { attribute: false }, appointmentUrl: { attribute: false }, _all: { state: true } };

  constructor() {
    super();
    /** @type {Left[]} the newest first */
    this.list = [];
    this.mayAnswer = false;
    this.appointmentUrl = "";
    this._all = false;
    /** @type {(subject: string) => void} */
    this.onCallBack = () => {};
    /** @type {(subject: string, isDone: boolean) => void} */
    this.onDone = () => {};
    /** @type {(account: string) => void} */
    this.onBlock = () => {};
  }

  createRenderRoot() {
    this.replaceChildren();
    return this;
  }

  render() {
    const open = this.list.filter((one) => !one.is_done);
    const shown = this._all ? this.list : open;
    const done = this.list.length - open.length;
    return html`
      ${shown.length ? html`<ul class="left-list">${shown.map((one) => this._one(one))}</ul>` : html`<p class="desk-empty">${_("Nothing is left to follow up.")}</p>`}
      ${done ? html`<button type="button" class="button button-quiet left-all" aria-pressed=${String(this._all)} @click=${() => (this._all = !this._all)}>${this._all ? _("Hide what is done") : plural("Show {n} that is done", "Show {n} that are done", done)}</button>` : nothing}`;
  }

  /** @param {Left} one */
  _one(one) {
    const { buyer } = one;
    const from = [buyer.company, buyer.country && countryName(buyer.country), buyer.language && languageName(buyer.language)].filter(Boolean).join(", ");
    return html`
      <li class="left-one ${one.is_done ? "is-done" : ""}" data-subject=${one.id}>
        <p class="request-who"><b><bdi>${buyer.name || _("A buyer")}</bdi></b><span class="small soft"><bdi>${from}</bdi></span></p>
        <span class="badge ${one.subject ? "" : "badge-danger"}">${kind(one)}</span>
        ${one.subject ? html`<p class="left-subject"><b dir="auto">${one.subject}</b></p><p class="left-text" dir="auto">${one.text}</p>` : nothing}
        <p class="small soft left-facts">${facts(one)}</p>
        ${this.mayAnswer ? this._actions(one) : nothing}
      </li>`;
  }

  /** @param {Left} one */
  _actions(one) {
    return html`
      <div class="left-actions">
        ${one.is_done ? nothing : html`<button type="button" class="button button-primary call-back" @click=${() => this.onCallBack(one.id)}>${icon("phone")}${_("Call back")}</button>`}
        ${this.appointmentUrl && !one.is_done ? html`<a class="button propose" href=${this.appointmentUrl.replace("{about}", encodeURIComponent(one.id))}>${icon("calendar")}${_("Propose a time")}</a>` : nothing}
        ${one.is_reached ? nothing : html`<button type="button" class="button mark-done" @click=${() => this.onDone(one.id, !one.is_done)}>${icon(one.is_done ? "rotate-ccw" : "check")}${one.is_done ? _("Not done") : _("Done")}</button>`}
        <button type="button" class="button button-quiet block" @click=${() => this.onBlock(one.buyer.id)}>${_("Block")}</button>
      </div>`;
  }
}

/** @param {Left} one */
function kind({ subject, state }) {
  if (subject) return _("Message");
  if (state === "ended") return _("Answered, but you did not meet");
  return state === "declined" ? _("Declined") : _("Missed");
}

/** @param {Left} one */
function facts({ at, product, quantity, tries, is_reached, done_by }) {
  const said = [_("{date}, {time}", { date: formatDate(at), time: formatTime(at) })];
  if (product) said.push(product);
  if (quantity) said.push(_("Quantity: {n}", { n: formatNumber(quantity) }));
  if (tries) said.push(plural("Called back {n} time without an answer", "Called back {n} times without an answer", tries));
  if (is_reached) said.push(_("Reached"));
  if (done_by) said.push(_("Done by {name}", { name: done_by }));
  return said.join(" · ");
}

customElements.define("fair-follow-up", FairFollowUp);

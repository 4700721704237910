/** `<fair-visitors>`: buyers in the room who let its staff see them, the one invitation each may get, and the way to block them. */

import { LitElement, html, nothing } from "../../vendor/lit.js";
import { _, countryName, formatTime, languageName } from "../i18n.js";
import { icon } from "../lib/icons.js";

/** @typedef {import("../transport/protocol.js").Visitor} Visitor */

export class FairVisitors extends LitElement {
  static properties = { visitors: { attribute: false }, mayInvite: { attribute: false } };

  constructor() {
    super();
    /** @type {Visitor[]} who came first comes first */
    this.visitors = [];
    this.mayInvite = false;
    /** @type {(visitor: Visitor) => void} */
    this.onInvite = () => {};
    /** @type {(account: string) => void} */
    this.onBlock = () => {};
  }

  createRenderRoot() {
    this.replaceChildren();
    return this;
  }

  render() {
    if (!this.visitors.length) return html`<p class="desk-empty">${_("Nobody who is here lets you see them. Buyers are hidden unless they say otherwise.")}</p>`;
    return html`<ul class="visitors">${this.visitors.map((visitor) => this._visitor(visitor))}</ul>`;
  }

  /** @param {Visitor} visitor */
  _visitor(visitor) {
    const { id, name, company, country, language, since } = visitor;
    const from = [company, country && countryName(country), language && languageName(language)].filter(Boolean).join(", ");
    return html`
      <li class="visitor" data-visitor=${id}>
        <p class="request-who"><b><bdi>${name}</bdi></b><span class="small soft"><bdi>${from}</bdi></span></p>
        <span class="small soft">${_("Here since {time}", { time: formatTime(since) })}</span>
        ${standing(visitor)} ${this.mayInvite ? this._actions(visitor) : nothing}
      </li>`;
  }

  /** @param {Visitor} visitor */
  _actions(visitor) {
    const mayBeInvited = !visitor.has_refused && !visitor.is_invited;
    return html`
      <div class="left-actions">
        ${mayBeInvited ? html`<button type="button" class="button invite" @click=${() => this.onInvite(visitor)}>${icon("user-plus")}${_("Invite")}</button>` : nothing}
        <button type="button" class="button button-quiet block" @click=${() => this.onBlock(visitor.id)}>${_("Block")}</button>
      </div>`;
  }
}

/** @param {Visitor} visitor */
function standing({ has_refused, is_invited }) {
  if (has_refused) return html`<span class="badge">${_("Wants no invitations")}</span>`;
  return is_invited ? html`<span class="badge">${_("Invited")}</span>` : nothing;
}

customElements.define("fair-visitors", FairVisitors);

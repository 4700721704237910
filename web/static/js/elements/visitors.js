/** `<fair-visitors>`: buyers in the room who let its staff see them, and the one invitation each may get. */

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
        ${this._invitation(visitor)}
      </li>`;
  }

  /** @param {Visitor} visitor */
  _invitation(visitor) {
    if (visitor.has_refused) return html`<span class="badge">${_("Wants no invitations")}</span>`;
    if (visitor.is_invited) return html`<span class="badge">${_("Invited")}</span>`;
    if (!this.mayInvite) return nothing;
    return html`<button type="button" class="button invite" @click=${() => this.onInvite(visitor)}>${icon("user-plus")}${_("Invite")}</button>`;
  }
}

customElements.define("fair-visitors", FairVisitors);

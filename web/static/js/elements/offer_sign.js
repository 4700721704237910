/** `<fair-offer-sign>`: the words one consents to, the password once more, and the signature. */

import { LitElement, html, nothing } from "../../vendor/lit.js";
import { _ } from "../i18n.js";
import { exactMoney } from "../lib/decimal.js";
import { icon } from "../lib/icons.js";
import { newKey } from "../lib/new_key.js";
import { signOffer } from "../transport/offers.js";

/** @typedef {import("../transport/offers.js").Offer} Offer */

export class FairOfferSign extends LitElement {
  static properties = { offer: { attribute: false }, _fault: { state: true }, _isBusy: { state: true } };

  constructor() {
    super();
    /** @type {Offer | null} whose newest version is to be signed */
    this.offer = null;
    /** @type {(fault: import("../lib/refusal.js").Refusal | null) => void} null when it is signed */
    this.onDone = () => {};
    this._fault = "";
    this._isBusy = false;
    this._key = "";
  }

  createRenderRoot() {
    return this;
  }

  /** @param {Offer} offer */
  async ask(offer) {
    this.offer = offer;
    this._fault = "";
    this._key = newKey();
    await this.updateComplete;
    this._dialog?.showModal();
  }

  render() {
    const version = this.offer?.versions.at(-1);
    if (!this.offer || !version) return nothing;
    return html`
      <dialog class="dialog" aria-labelledby="sign-title">
        <form @submit=${(/** @type {SubmitEvent} */ event) => this._sign(event)}>
          <h2 id="sign-title">${_("Sign version {number}", { number: version.number })}</h2>
          <p class="sign-total"><bdi>${exactMoney(version.document.total, version.document.currency)}</bdi></p>
          <p class="sign-consent" id="sign-consent" dir="auto">${this.offer.consent}</p>
          <p class="small soft">${_("Fingerprint of the document")}: <span class="code">${version.sha256.slice(0, 16)}…</span></p>
          <div class="field">
            <label for="sign-password">${_("Your password, once more")}</label>
            <input id="sign-password" type="password" autocomplete="current-password" required aria-describedby="sign-consent" aria-invalid=${this._fault ? "true" : nothing}>
          </div>
          ${this._fault ? html`<p class="field-error" role="alert">${icon("circle-alert")}${this._fault}</p>` : nothing}
          <div class="dialog-actions">
            <button type="button" class="button button-quiet" @click=${() => this._dialog?.close()}>${_("Cancel")}</button>
            <button class="button button-primary" ?disabled=${this._isBusy}>${icon("badge-check")}${_("Sign")}</button>
          </div>
        </form>
      </dialog>`;
  }

  get _dialog() {
    return this.querySelector("dialog");
  }

  /** @param {SubmitEvent} event */
  async _sign(event) {
    event.preventDefault();
    const version = this.offer?.versions.at(-1);
    const field = /** @type {HTMLInputElement} */ (this.querySelector("#sign-password"));
    if (!this.offer || !version || this._isBusy) return;
    this._isBusy = true;
    this._fault = "";
    try {
      await signOffer(this.offer.id, {
        key: this._key, version: version.number, sha256: version.sha256, consent: this.offer.consent, password: field.value,
      });
      this._close(null);
    } catch (error) {
      this._refused(/** @type {import("../lib/refusal.js").Refusal} */ (error));
    } finally {
      this._isBusy = false;
      field.value = "";
    }
  }

  /** @param {import("../lib/refusal.js").Refusal} refusal */
  _refused(refusal) {
    if (["superseded", "withdrawn", "expired", "agreed", "other_consent"].includes(refusal.code)) this._close(refusal);
    else this._fault = refusal.message;
  }

  /** @param {import("../lib/refusal.js").Refusal | null} refusal */
  _close(refusal) {
    this._dialog?.close();
    this.onDone(refusal);
  }
}

customElements.define("fair-offer-sign", FairOfferSign);

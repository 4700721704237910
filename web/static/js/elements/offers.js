/** `<fair-offers>`: the offers of one thread: read, compared, typed, sent, countered, withdrawn and signed. */

import { LitElement, html, nothing } from "../../vendor/lit.js";
import { _ } from "../i18n.js";
import { learnPlaces } from "../lib/decimal.js";
import { icon } from "../lib/icons.js";
import { newKey } from "../lib/new_key.js";
import { isEmpty, newWish, wishOf } from "../lib/offer_wish.js";
import { Refusal } from "../lib/refusal.js";
import { DraftKeeper } from "../transport/offer_draft.js";
import { counterOffer, fetchThread, sendOffer, withdrawOffer } from "../transport/offers.js";
import "./offer_form.js";
import { draftNotes, offerBar, offerChoice, versionChoice } from "./offer_parts.js";
import { offerSheet, signatures, takeAlong } from "./offer_sheet.js";
import "./offer_sign.js";

/** @typedef {import("../transport/offers.js").Thread} Thread */
/** @typedef {import("../transport/offers.js").Offer} Offer */
/** @typedef {import("../transport/offers.js").Wish} Wish */
/** @typedef {import("./offer_form.js").Fault} Fault */

export class FairOffers extends LitElement {
  static properties = {
    thread: { attribute: false }, call: { attribute: false }, product: { attribute: false },
    _chosen: { state: true }, _shown: { state: true }, _keeper: { state: true }, _seen: { state: true },
    _fault: { state: true }, _problem: { state: true }, _news: { state: true }, _isBusy: { state: true },
  };

  constructor() {
    super();
    /** @type {Thread | null} */
    this.thread = null;
    /** @type {string} the call that goes on, which a new offer begins in */
    this.call = "";
    /** @type {import("../transport/protocol.js").Product | null} what lies on the table */
    this.product = null;
    /** @type {() => void} called after each change that this page made or heard of */
    this.onNews = () => {};
    this._chosen = "";
    this._shown = 0;
    /** @type {DraftKeeper | null} while one types */
    this._keeper = null;
    /** The newest version that whoever types has seen. */
    this._seen = 0;
    /** @type {Fault | null} */
    this._fault = null;
    this._problem = "";
    this._news = "";
    this._isBusy = false;
    this._key = "";
  }

  createRenderRoot() {
    return this;
  }

  /** Fetch the thread anew: something has happened in it. */
  async refresh() {
    if (!this.thread) return;
    try {
      this.thread = await fetchThread(this.thread.room, this.thread.buyer);
      this.onNews();
    } catch (error) {
      this._say(error);
    }
  }

  /** @returns {Offer | null} the one that is looked at, else the newest */
  get offer() {
    const offers = this.thread?.offers ?? [];
    return offers.find(({ id }) => id === this._chosen) ?? offers[0] ?? null;
  }

  connectedCallback() {
    super.connectedCallback();
    document.addEventListener("visibilitychange", this._flush);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    document.removeEventListener("visibilitychange", this._flush);
  }

  _flush = () => {
    if (document.hidden) this._keeper?.flush();
  };

  willUpdate() {
    if (this.thread) learnPlaces(this.thread.places);
  }

  render() {
    if (!this.thread) return html`<p class="empty">${_("Loading the offers")}</p>`;
    return html`
      <div class="offers">
        ${this._keeper ? this._typing(this._keeper) : this._reading()}
        ${this._problem ? html`<p class="field-error" role="alert">${icon("circle-alert")}${this._problem}</p>` : nothing}
        <p class="visually-hidden" role="status">${this._news}</p>
      </div>
      <fair-offer-sign .onDone=${(/** @type {Refusal | null} */ refusal) => this._signed(refusal)}></fair-offer-sign>`;
  }

  _reading() {
    const offer = this.offer;
    if (!offer || !this.thread) return this._none();
    const version = offer.versions.find(({ number }) => number === this._shown) ?? offer.versions.at(-1);
    if (!version) return nothing;
    return html`
      ${offerChoice(this.thread, offer, (id) => this._choose(id))}
      ${versionChoice(offer, version, this.thread.side, (number) => { this._shown = number; })}
      ${offerSheet(version, offer.versions.find(({ number }) => number === version.number - 1))}
      ${signatures(version)}
      ${offer.state === "agreed" ? takeAlong(offer.id) : nothing}
      ${version !== offer.versions.at(-1) ? this._toNewest(offer) : offerBar(offer, {
        isBusy: this._isBusy, hasDraft: this._draftOf(offer.id) !== null,
        onCounter: () => this._begin(offer), onWithdraw: () => this._withdraw(offer),
        onSign: () => /** @type {import("./offer_sign.js").FairOfferSign} */ (this.querySelector("fair-offer-sign")).ask(offer),
        onNew: this.thread.has_left ? null : () => this._begin(null),
      })}`;
  }

  /** What is done is done to the newest version, and only by who has it before their eyes. @param {Offer} offer */
  _toNewest(offer) {
    const number = offer.versions.at(-1)?.number ?? 0;
    return html`<div class="offer-bar toolbar"><button type="button" class="button button-primary" id="newest-version" @click=${() => { this._shown = 0; }}>${_("Look at version {number}", { number })}</button></div>`;
  }

  _none() {
    if (this.thread?.has_left) return html`<div class="empty">${icon("file-text")}<strong>${_("No offer yet")}</strong></div>`;
    const hasDraft = this._draftOf(null) !== null;
    return html`
      <div class="empty">
        ${icon("file-text")}<strong>${_("No offer yet")}</strong>
        <p>${_("Write down what you talk about: lines, prices, delivery. The other side sees it when you send it.")}</p>
        <button type="button" class="button button-primary" id="new-offer" @click=${() => this._begin(null)}>${icon("pencil")}${hasDraft ? _("Go on with your draft") : _("Write an offer")}</button>
      </div>`;
  }

  /** @param {DraftKeeper} keeper */
  _typing(keeper) {
    const thread = /** @type {Thread} */ (this.thread);
    const offer = keeper.offer === null ? null : this.offer;
    const newest = offer?.versions.at(-1);
    const base = offer?.versions.find(({ number }) => number === this._seen);
    return html`
      <div class="offer-title">
        <h3>${offer && newest ? _("Version {number}", { number: newest.number + 1 }) : _("New offer")}</h3>
        ${draftNotes(keeper)}
      </div>
      ${newest && newest.number > this._seen ? html`
        <div class="banner banner-wait" role="alert">${icon("triangle-alert")}
          <div><p><b>${_("Version {number} has come meanwhile.", { number: newest.number })}</b></p><p>${_("What you type is kept; the marks below compare it with the version you know.")}</p>
          <button type="button" class="button" @click=${() => { this._seen = newest.number; }}>${_("Compare with version {number}", { number: newest.number })}</button></div>
        </div>` : nothing}
      <fair-offer-form .wish=${keeper.wish} .base=${base ? wishOf(base.document) : null} .products=${thread.products}
        .currencies=${thread.currencies} .incoterms=${thread.incoterms} .fault=${this._fault}
        .onChange=${(/** @type {Wish} */ wish) => this._type(wish)}></fair-offer-form>
      <div class="offer-bar toolbar">
        <button type="button" class="button button-quiet" @click=${() => this._leave()}>${_("Back")}</button>
        <button type="button" class="button button-primary" id="send-offer" ?disabled=${this._isBusy || keeper.state === "stale"} @click=${() => this._send(keeper)}>${icon("send")}${offer ? _("Send counter-offer") : _("Send offer")}</button>
      </div>`;
  }

  /** @param {string | null} offer */
  _draftOf(offer) {
    const draft = this.thread?.drafts.find((it) => it.offer === offer);
    return draft && !isEmpty(draft.wish) ? draft : null;
  }

  /** @param {string} id */
  _choose(id) {
    this._chosen = id;
    this._shown = 0;
  }

  /** Begin to type, or go on. @param {Offer | null} offer */
  _begin(offer) {
    const thread = /** @type {Thread} */ (this.thread);
    const newest = offer?.versions.at(-1);
    const there = thread.drafts.find((it) => it.offer === (offer?.id ?? null));
    const fresh = newest ? wishOf(newest.document) : newWish(thread.products[0]?.currency ?? "", this.product);
    const wish = this._draftOf(offer?.id ?? null)?.wish ?? unexpired(fresh);
    if (offer) this._chosen = offer.id;
    this._seen = newest?.number ?? 0;
    this._fault = null;
    this._problem = "";
    this._key = newKey();
    this._keeper = new DraftKeeper(thread, offer?.id ?? null, wish, there?.revision ?? 0, () => this.requestUpdate());
  }

  /** @param {Wish} wish */
  _type(wish) {
    this._keeper?.change(wish);
    this._fault = null;
    this._key = newKey(); // what is sent from now on is another request
    this.requestUpdate();
  }

  async _leave() {
    await this._keeper?.flush();
    if (this._keeper?.state === "failed") {
      this._problem = _("Not saved yet; it is tried again.");
      return;
    }
    this._problem = "";
    this._keeper?.close();
    this._keeper = null;
    await this.refresh();
  }

  /** @param {DraftKeeper} keeper */
  async _send(keeper) {
    const { wish, offer } = keeper;
    const thread = /** @type {Thread} */ (this.thread);
    await this._do(async () => {
      await keeper.flush(); // what is on its way would count as somebody else's
      if (keeper.state === "stale") return;
      const draft = keeper.revision;
      const done = offer
        ? await counterOffer(offer, { key: this._key, wish, version: this._seen, draft })
        : await sendOffer(thread, { key: this._key, wish, call: this.call, draft });
      keeper.close();
      this._keeper = null;
      this._choose(done.offer);
      this._news = _("The offer was sent.");
    });
  }

  /** @param {Offer} offer */
  async _withdraw(offer) {
    await this._do(async () => {
      await withdrawOffer(offer.id, { key: newKey(), version: offer.versions.at(-1)?.number ?? 0 });
      this._news = _("The version was withdrawn.");
    });
  }

  /** @param {Refusal | null} refusal */
  async _signed(refusal) {
    this._problem = refusal?.message ?? "";
    if (!refusal) this._news = _("You have signed.");
    await this.refresh();
  }

  /** @param {() => Promise<void>} work */
  async _do(work) {
    this._isBusy = true;
    this._problem = "";
    try {
      await work();
      await this.refresh();
    } catch (error) {
      this._say(error);
    } finally {
      this._isBusy = false;
    }
  }

  /** @param {unknown} error */
  _say(error) {
    const refusal = error instanceof Refusal ? error : new Refusal("refused", String(error));
    if (refusal.code === "bad_terms") this._fault = { field: refusal.facts.field, line: refusal.facts.line, words: refusal.message };
    else if (refusal.code === "stale_draft") this._keeper?.meet(refusal.facts.draft);
    else this._problem = refusal.message;
    if (refusal.code === "superseded") this.refresh();
  }
}

/** A version whose time is over is no example for the next. @param {Wish} wish @returns {Wish} */
function unexpired(wish) {
  return wish.valid_until_ms !== null && wish.valid_until_ms < Date.now() ? { ...wish, valid_until_ms: null } : wish;
}

customElements.define("fair-offers", FairOffers);

/** `<fair-offer-form>`: the sheet of an offer to type in; what differs from the version before is marked. */

import { LitElement, html, nothing } from "../../vendor/lit.js";
import { _ } from "../i18n.js";
import { asTyped, currencyName, exactMoney } from "../lib/decimal.js";
import { icon } from "../lib/icons.js";
import { MOST_LINES, emptyLine, lineOf, pasted, totalOf } from "../lib/offer_wish.js";
import { formatDeadline } from "../lib/when.js";
import { offerLines } from "./offer_lines.js";

/** @typedef {import("../transport/offers.js").Wish} Wish */
/** @typedef {{field: string, line: number | null, words: string}} Fault */
/** @typedef {"currency" | "incoterm" | "place" | "lead_days" | "payment" | "notes"} TextField */

export class FairOfferForm extends LitElement {
  static properties = {
    wish: { attribute: false }, base: { attribute: false }, products: { attribute: false }, currencies: { attribute: false },
    incoterms: { attribute: false }, fault: { attribute: false }, _open: { state: true },
  };

  constructor() {
    super();
    /** @type {Wish} */
    this.wish = { lines: [], currency: "", incoterm: "", place: "", lead_days: "", payment: "", valid_until_ms: null, notes: "" };
    /** @type {Wish | null} the version it goes on from */
    this.base = null;
    /** @type {import("../transport/protocol.js").Product[]} */
    this.products = [];
    /** @type {string[]} */
    this.currencies = [];
    /** @type {string[]} */
    this.incoterms = [];
    /** @type {Fault | null} */
    this.fault = null;
    /** @type {(wish: Wish) => void} */
    this.onChange = () => {};
    /** @type {Set<number>} lines whose price breaks are shown */
    this._open = new Set();
  }

  createRenderRoot() {
    return this;
  }

  render() {
    const wish = this.wish;
    return html`
      <div class="offer-form">
        ${this._select("currency", _("Currency"), [["", _("Choose")], ...this.currencies.map((code) => /** @type {[string, string]} */ ([code, `${code} · ${currencyName(code)}`]))])}
        <datalist id="offer-products">${this.products.map(({ title }) => html`<option value=${title}></option>`)}</datalist>
        ${offerLines(wish, {
          base: this.base, fault: this.fault, openBreaks: this._open,
          onLine: (place, changes) => this._line(place, changes),
          onRemove: (place) => this._set({ lines: wish.lines.filter((_line, at) => at !== place) }),
          onBreaks: (place) => this._toggle(place),
          onPaste: (text, place, column) => this.onChange(pasted(wish, text, place, column)),
          onWalk: (place, column) => this._walk(place, column),
        })}
        <div class="offer-sum">
          <button type="button" class="button" ?disabled=${wish.lines.length >= MOST_LINES} @click=${() => this._walk(wish.lines.length, 0)}>${icon("plus")}${_("Add a line")}</button>
          <p class="offer-total"><span>${_("Total")}</span> <output><bdi>${wish.currency ? exactMoney(totalOf(wish), wish.currency) : "–"}</bdi></output></p>
        </div>
        <div class="offer-terms">
          ${this._select("incoterm", _("Incoterm 2020"), [["", _("None")], ...this.incoterms.map((code) => /** @type {[string, string]} */ ([code, code]))])}
          ${this._text("place", _("Place"), 120)}
          ${this._text("lead_days", _("Lead time in days"), 5, "numeric")}
          ${this._validity()}
          ${this._text("payment", _("Payment terms"), 500)}
          ${this._notes()}
        </div>
        ${this.fault && this.fault.line === null ? html`<p class="field-error" role="alert" id="fault-terms">${icon("circle-alert")}${this.fault.words}</p>` : nothing}
      </div>`;
  }

  /** @param {TextField} name @param {string} label @param {Array<[string, string]>} options */
  _select(name, label, options) {
    const value = this.wish[name];
    return html`
      <div class=${`field field-${name} ${this._mark(name)}`}>
        <label for=${`offer-${name}`}>${label}</label>
        <select id=${`offer-${name}`} .value=${value} aria-invalid=${this._invalid(name)} @change=${(/** @type {Event} */ event) => this._set({ [name]: valueOf(event) })}>
          ${options.map(([code, words]) => html`<option value=${code} ?selected=${code === value}>${words}</option>`)}
        </select>
        ${this._was(name)}
      </div>`;
  }

  /** @param {TextField} name @param {string} label @param {number} limit @param {"text" | "numeric"} [mode] */
  _text(name, label, limit, mode = "text") {
    const read = (/** @type {Event} */ event) => (mode === "numeric" ? asTyped(valueOf(event)) : valueOf(event));
    return html`
      <div class=${`field field-${name} ${this._mark(name)}`}>
        <label for=${`offer-${name}`}>${label}</label>
        <input id=${`offer-${name}`} .value=${this.wish[name]} maxlength=${limit} inputmode=${mode} dir="auto" autocomplete="off" aria-invalid=${this._invalid(name)} @input=${(/** @type {Event} */ event) => this._set({ [name]: read(event) })}>
        ${this._was(name)}
      </div>`;
  }

  _notes() {
    return html`
      <div class=${`field field-notes ${this._mark("notes")}`}>
        <label for="offer-notes">${_("Notes")}</label>
        <textarea id="offer-notes" rows="3" maxlength="4000" dir="auto" .value=${this.wish.notes} @input=${(/** @type {Event} */ event) => this._set({ notes: valueOf(event) })}></textarea>
      </div>`;
  }

  _validity() {
    const was = this._mark("valid_until_ms") && this.base?.valid_until_ms;
    return html`
      <div class=${`field field-valid ${this._mark("valid_until_ms")}`}>
        <label for="offer-valid">${_("Valid until")}</label>
        <input id="offer-valid" type="datetime-local" .value=${localText(this.wish.valid_until_ms)} aria-invalid=${this._invalid("valid_until_ms")}
          @change=${(/** @type {Event} */ event) => this._set({ valid_until_ms: valueOf(event) ? new Date(valueOf(event)).getTime() : null })}>
        ${this.wish.valid_until_ms === null ? nothing : html`<p class="field-hint" id="offer-valid-zone">${formatDeadline(this.wish.valid_until_ms / 1000)}</p>`}
        ${was ? html`<del class="cell-was">${formatDeadline(was / 1000)}</del>` : nothing}
      </div>`;
  }

  /** @param {TextField | "valid_until_ms"} name */
  _mark(name) {
    return this.base && this.base[name] !== this.wish[name] ? "is-changed" : "";
  }

  /** @param {TextField} name */
  _was(name) {
    const was = this.base?.[name];
    return this._mark(name) && was ? html`<del class="cell-was" dir="auto">${was}</del>` : nothing;
  }

  /** @param {string} name */
  _invalid(name) {
    return this.fault?.line === null && this.fault.field === name ? "true" : nothing;
  }

  /** @param {Partial<Wish>} changes */
  _set(changes) {
    this.onChange({ ...this.wish, ...changes });
  }

  /** @param {number} place @param {Partial<import("../transport/offers.js").WishedLine>} changes */
  _line(place, changes) {
    const lines = this.wish.lines.map((line, at) => (at === place ? { ...line, ...changes } : line));
    const line = lines[place];
    if (changes.title !== undefined && line) lines[place] = this._named(line);
    this._set({ lines });
  }

  /** A line that is called like a product is that product, with what it costs as far as nothing else was typed. @param {import("../transport/offers.js").WishedLine} line */
  _named(line) {
    const product = this.products.find(({ title }) => title === line.title.trim());
    if (!product) return { ...line, product: "" };
    const known = lineOf(product);
    const price = product.currency === this.wish.currency ? known.price : "";
    return { ...line, product: product.id, quantity: line.quantity || known.quantity, unit: line.unit || known.unit, price: line.price || price };
  }

  /** @param {number} place */
  _toggle(place) {
    const open = new Set(this._open);
    if (!open.delete(place)) open.add(place);
    this._open = open;
    const line = this.wish.lines[place];
    if (open.has(place) && line && line.breaks.length === 0) this._line(place, { breaks: [{ start: "", price: "" }] });
  }

  /** Go to a cell; below the last line a new one begins. @param {number} place @param {number} column */
  async _walk(place, column) {
    if (place < 0 || place >= MOST_LINES) return;
    if (place >= this.wish.lines.length) this._set({ lines: [...this.wish.lines, emptyLine()] });
    await new Promise((resolve) => requestAnimationFrame(resolve)); // the new wish comes back from who owns it
    await this.updateComplete;
    /** @type {HTMLElement | null} */ (this.querySelector(`[data-place="${place}"][data-column="${column}"]`))?.focus();
  }
}

/** @param {Event} event */
function valueOf(event) {
  return /** @type {HTMLInputElement} */ (event.target).value;
}

/** @param {number | null} moment @returns {string} as `datetime-local` has it, on the reader's clock */
function localText(moment) {
  if (moment === null) return "";
  const date = new Date(moment);
  return new Date(moment - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

customElements.define("fair-offer-form", FairOfferForm);

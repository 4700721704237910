/** `<fair-cues>`: the captions of one language as a list one can type in, a page of them at a time. */

import { LitElement, html, nothing, repeat } from "../../vendor/lit.js";
import { _, plural } from "../i18n.js";
import { clockText, parseClock } from "../lib/clock_text.js";
import { icon } from "../lib/icons.js";

/** @typedef {{start: number, end: number, text: string}} Cue */
/** @typedef {{key: number, start: string, end: string, text: string}} Row */

const ON_A_PAGE = 50;
const USUAL_SECONDS = 4;

export class FairCues extends LitElement {
  static properties = { title_: { attribute: false }, isDirty: { attribute: false }, isBusy: { attribute: false }, words: { attribute: false }, _page: { state: true } };

  constructor() {
    super();
    this.title_ = "";
    this.isDirty = false;
    this.isBusy = false;
    this.words = "";
    this._page = 0;
    /** @type {Row[]} */
    this._rows = [];
    this._keys = 0;
    this.onSave = () => {};
    this.onDelete = () => {};
  }

  createRenderRoot() {
    this.replaceChildren();
    return this;
  }

  /** @param {Cue[]} cues */
  set cues(cues) {
    this._rows = cues.map(({ start, end, text }) => this._row(clockText(start), clockText(end), text));
    this.requestUpdate();
  }

  /** @returns {Cue[] | null} what is typed; null, with the first bad time in focus, when it cannot be kept */
  read() {
    const bad = this._rows.findIndex((row) => !isGood(row));
    if (bad >= 0) {
      this._focus(bad, ".cue-start");
      return null;
    }
    const cues = this._rows.map(({ start, end, text }) => ({ start: parseClock(start) ?? 0, end: parseClock(end) ?? 0, text }));
    return cues.filter(({ text }) => text.trim());
  }

  render() {
    const first = this._page * ON_A_PAGE;
    const shown = this._rows.slice(first, first + ON_A_PAGE);
    return html`
      <div class="cues-head">
        <div class="field"><label for="track-title">${_("Name people see")}</label>
          <input id="track-title" class="input" maxlength="80" dir="auto" .value=${this.title_} @input=${(/** @type {InputEvent} */ event) => this._retitle(event)}></div>
        <button type="button" class="button button-primary" id="save" ?disabled=${this.isBusy || !this.isDirty} @click=${() => this.onSave()}>${icon("check")}${_("Save")}</button>
        <button type="button" class="button button-danger" id="delete" ?disabled=${this.isBusy} @click=${() => this.onDelete()}>${icon("trash-2")}${_("Delete this language")}</button>
        <p class="cues-state small" role="status">${this.words || (this.isDirty ? _("Not saved yet.") : plural("{n} caption", "{n} captions", this._rows.length))}</p>
      </div>
      <div role="list" aria-label=${_("Captions")} @keydown=${(/** @type {KeyboardEvent} */ event) => this._keydown(event)}>
        ${repeat(shown, (row) => row.key, (row, index) => this._cue(row, first + index))}
      </div>
      ${this._rows.length ? nothing : html`<p class="cues-empty">${_("No captions yet.")}</p>`}
      <div class="cues-pages">
        ${this._pages > 1 ? this._turner() : nothing}
        <button type="button" class="button" id="add" @click=${() => this._add(this._rows.length)}>${icon("plus")}${_("Add a caption")}</button>
      </div>
      <p class="cues-empty small">${_("Enter goes to the next caption, Shift and Enter begins a line, Ctrl and Enter adds a caption, Ctrl and S saves.")}</p>`;
  }

  /** @param {Row} row @param {number} index */
  _cue(row, index) {
    const isBad = !isGood(row);
    const time = (/** @type {"start" | "end"} */ name, /** @type {string} */ label) => html`
      <input class="input cue-${name}" dir="ltr" inputmode="decimal" aria-label=${label} aria-invalid=${String(isBad)} .value=${row[name]}
        @input=${(/** @type {InputEvent} */ event) => this._type(row, name, event)}>`;
    return html`
      <div class="cue" role="listitem" data-index=${index}>
        ${time("start", _("From"))} ${time("end", _("Until"))}
        <textarea class="input cue-text" rows="2" maxlength="2000" dir="auto" aria-label=${_("Text of caption {n}", { n: index + 1 })} .value=${row.text}
          @input=${(/** @type {InputEvent} */ event) => this._type(row, "text", event)}></textarea>
        <div class="cue-buttons">
          <button type="button" class="button button-quiet button-icon" aria-label=${_("Add a caption after caption {n}", { n: index + 1 })} @click=${() => this._add(index + 1)}>${icon("plus")}</button>
          <button type="button" class="button button-quiet button-icon" aria-label=${_("Delete caption {n}", { n: index + 1 })} @click=${() => this._remove(index)}>${icon("x")}</button>
        </div>
      </div>`;
  }

  _turner() {
    return html`
      <button type="button" class="button button-icon" aria-label=${_("Earlier captions")} ?disabled=${this._page === 0} @click=${() => (this._page -= 1)}>${icon("chevron-left")}</button>
      <span>${_("Page {page} of {pages}", { page: this._page + 1, pages: this._pages })}</span>
      <button type="button" class="button button-icon" aria-label=${_("Later captions")} ?disabled=${this._page + 1 >= this._pages} @click=${() => (this._page += 1)}>${icon("chevron-right")}</button>`;
  }

  get _pages() {
    return Math.max(1, Math.ceil(this._rows.length / ON_A_PAGE));
  }

  /** @param {string} start @param {string} end @param {string} text @returns {Row} */
  _row(start, end, text) {
    return { key: (this._keys += 1), start, end, text };
  }

  /** @param {InputEvent} event */
  _retitle(event) {
    this.title_ = /** @type {HTMLInputElement} */ (event.target).value;
    this._dirty();
  }

  /** @param {Row} row @param {"start" | "end" | "text"} name @param {InputEvent} event */
  _type(row, name, event) {
    row[name] = /** @type {HTMLInputElement} */ (event.target).value;
    this._dirty();
  }

  /** @param {number} index where the new caption stands */
  _add(index) {
    const start = parseClock(this._rows[index - 1]?.end ?? "0") ?? 0;
    const next = parseClock(this._rows[index]?.start ?? "");
    const end = Math.max(start + 0.5, Math.min(start + USUAL_SECONDS, next ?? Infinity));
    this._rows.splice(index, 0, this._row(clockText(start), clockText(end), ""));
    this._dirty();
    this._focus(index, ".cue-text");
  }

  /** @param {number} index */
  _remove(index) {
    this._rows.splice(index, 1);
    this._page = Math.min(this._page, this._pages - 1);
    this._dirty();
    if (this._rows.length) this._focus(Math.min(index, this._rows.length - 1), ".cue-text");
  }

  /** @param {KeyboardEvent} event */
  _keydown(event) {
    const place = /** @type {HTMLElement} */ (event.target).closest(".cue");
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !(place instanceof HTMLElement)) return;
    if (/** @type {HTMLElement} */ (event.target).tagName === "BUTTON") return;
    event.preventDefault();
    const next = Number(place.dataset.index) + 1;
    if (event.ctrlKey || event.metaKey || next === this._rows.length) this._add(next);
    else this._focus(next, ".cue-text");
  }

  _dirty() {
    this.isDirty = true;
    this.words = "";
    this.requestUpdate();
  }

  /** @param {number} index @param {string} part */
  async _focus(index, part) {
    this._page = Math.floor(index / ON_A_PAGE);
    this.requestUpdate();
    await this.updateComplete;
    const field = /** @type {HTMLElement | null} */ (this.querySelector(`[data-index="${index}"] ${part}`));
    field?.focus();
  }
}

/** @param {Row} row */
function isGood({ start, end }) {
  const [from, until] = [parseClock(start), parseClock(end)];
  return from !== null && until !== null && from < until && until - from <= 600;
}

customElements.define("fair-cues", FairCues);

/** The lines of an offer sheet as cells to type in: keys walk as in a spreadsheet, a copied block can be pasted. */

import { html, nothing } from "../../vendor/lit.js";
import { _ } from "../i18n.js";
import { asTyped, exactMoney } from "../lib/decimal.js";
import { icon } from "../lib/icons.js";
import { COLUMNS, MOST_BREAKS, lineBefore, lineTotal } from "../lib/offer_wish.js";

/** @typedef {import("../transport/offers.js").Wish} Wish */
/** @typedef {import("../transport/offers.js").WishedLine} WishedLine */
/**
 * @typedef {{
 *   base: Wish | null, fault: {field: string, line: number | null, words: string} | null, openBreaks: Set<number>,
 *   onLine: (place: number, changes: Partial<WishedLine>) => void, onRemove: (place: number) => void,
 *   onBreaks: (place: number) => void, onPaste: (text: string, place: number, column: number) => void,
 *   onWalk: (place: number, column: number) => void,
 * }} LineParts
 */

const NAMES = { title: () => _("Product or service"), quantity: () => _("Quantity"), unit: () => _("Unit"), price: () => _("Unit price") };

/** @param {Wish} wish @param {LineParts} parts */
export function offerLines(wish, parts) {
  return html`
    <div class="offer-lines">
      <div class="offer-row offer-head" aria-hidden="true">
        ${COLUMNS.map((name) => html`<span class=${`cell-${name}`}>${NAMES[name]()}</span>`)}
        <span class="cell-amount">${_("Amount")}</span><span></span>
      </div>
      ${wish.lines.map((line, place) => row(wish, line, place, parts))}
    </div>`;
}

/** @param {Wish} wish @param {WishedLine} line @param {number} place @param {LineParts} parts */
function row(wish, line, place, parts) {
  const before = lineBefore(line, parts.base, place);
  const amount = lineTotal(line, wish.currency);
  const isOpen = parts.openBreaks.has(place) || line.breaks.length > 0;
  const fault = parts.fault?.line === place ? parts.fault : null;
  const number = String(place + 1);
  return html`
    <div class=${`offer-row ${parts.base && !before ? "is-new" : ""}`} role="group" aria-label=${_("Line {number}", { number })}>
      ${COLUMNS.map((name, column) => cell(line, before, place, column, fault?.field === name, parts))}
      <output class="cell-amount"><span class="cell-label">${_("Amount")}</span><bdi>${amount === null || !wish.currency ? "–" : exactMoney(amount, wish.currency)}</bdi></output>
      <span class="cell-tools">
        <button type="button" class="button button-quiet button-icon" aria-expanded=${isOpen} aria-label=${_("Price breaks of line {number}", { number })} title=${_("Price breaks")} @click=${() => parts.onBreaks(place)}>${icon("sliders-horizontal")}</button>
        <button type="button" class="button button-quiet button-icon" aria-label=${_("Take out line {number}", { number })} title=${_("Take out")} @click=${() => parts.onRemove(place)}>${icon("trash-2")}</button>
      </span>
      ${isOpen ? breaks(line, before, place, parts) : nothing}
      ${fault ? html`<p class="field-error offer-fault" role="alert" id=${`fault-${place}`}>${icon("circle-alert")}${fault.words}</p>` : nothing}
    </div>`;
}

/** @param {WishedLine} line @param {WishedLine | null} before @param {number} place @param {number} column @param {boolean} isWrong @param {LineParts} parts */
function cell(line, before, place, column, isWrong, parts) {
  const name = /** @type {typeof COLUMNS[number]} */ (COLUMNS[column]);
  const isNumber = name === "quantity" || name === "price";
  const was = before && before[name] !== line[name] ? before[name] : "";
  const typed = (/** @type {InputEvent} */ event) => /** @type {HTMLInputElement} */ (event.target).value;
  return html`
    <label class=${`cell cell-${name} ${was ? "is-changed" : ""}`}>
      <span class="cell-label">${NAMES[name]()}</span>
      <input class="input" .value=${line[name]} data-place=${place} data-column=${column} autocomplete="off"
        list=${name === "title" ? "offer-products" : nothing} maxlength=${name === "title" ? 200 : 40}
        inputmode=${isNumber ? "decimal" : "text"} dir=${isNumber ? "ltr" : "auto"} aria-invalid=${isWrong ? "true" : nothing}
        aria-describedby=${isWrong ? `fault-${place}` : nothing}
        @input=${(/** @type {InputEvent} */ event) => parts.onLine(place, { [name]: isNumber ? asTyped(typed(event)) : typed(event) })}
        @keydown=${(/** @type {KeyboardEvent} */ event) => walk(event, place, column, parts)}
        @paste=${(/** @type {ClipboardEvent} */ event) => paste(event, place, column, parts)}>
      ${was ? html`<del class="cell-was" dir="auto">${was}</del>` : nothing}
    </label>`;
}

/** @param {WishedLine} line @param {WishedLine | null} before @param {number} place @param {LineParts} parts */
function breaks(line, before, place, parts) {
  const set = (/** @type {number} */ at, /** @type {object} */ changes) =>
    parts.onLine(place, { breaks: line.breaks.map((step, one) => (one === at ? { ...step, ...changes } : step)) });
  const typed = (/** @type {InputEvent} */ event) => asTyped(/** @type {HTMLInputElement} */ (event.target).value);
  return html`
    <div class="offer-breaks">
      ${line.breaks.map((step, at) => html`
        <div class="offer-break">
          ${amount(_("From quantity"), step.start, before?.breaks[at]?.start, (event) => set(at, { start: typed(event) }))}
          ${amount(_("Unit price"), step.price, before?.breaks[at]?.price, (event) => set(at, { price: typed(event) }))}
          <button type="button" class="button button-quiet button-icon" aria-label=${_("Take out this price break")} @click=${() => parts.onLine(place, { breaks: line.breaks.filter((_step, one) => one !== at) })}>${icon("x")}</button>
        </div>`)}
      ${line.breaks.length < MOST_BREAKS ? html`<button type="button" class="button button-quiet" @click=${() => parts.onLine(place, { breaks: [...line.breaks, { start: "", price: "" }] })}>${icon("plus")}${_("Add a price break")}</button>` : nothing}
    </div>`;
}

/** A number of a price break, with the one before it. @param {string} name @param {string} now @param {string | undefined} before @param {(event: InputEvent) => void} onInput */
function amount(name, now, before, onInput) {
  const was = before !== now && before ? before : "";
  return html`
    <label class=${was ? "is-changed" : ""}><span>${name}</span>
      <input class="input" inputmode="decimal" dir="ltr" .value=${now} @input=${onInput}>
      ${was ? html`<del class="cell-was" dir="ltr">${was}</del>` : nothing}
    </label>`;
}

/** @param {KeyboardEvent} event @param {number} place @param {number} column @param {LineParts} parts */
function walk(event, place, column, parts) {
  const down = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (down === undefined || event.isComposing || event.altKey) return;
  if (event.key !== "Enter" && column === 0) return; // the list of products has the arrows there
  event.preventDefault();
  parts.onWalk(place + (event.shiftKey && event.key === "Enter" ? -1 : down), column);
}

/** @param {ClipboardEvent} event @param {number} place @param {number} column @param {LineParts} parts */
function paste(event, place, column, parts) {
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!/[\t\n]/.test(text.trim())) return;
  event.preventDefault();
  parts.onPaste(text, place, column);
}

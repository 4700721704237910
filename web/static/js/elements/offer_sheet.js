/** A version of an offer to read: lines, terms and signatures, with what it changed of the one before it. */

import { html, nothing } from "../../vendor/lit.js";
import { _, countryName, formatMoment, plural } from "../i18n.js";
import { exactMoney, exactNumber } from "../lib/decimal.js";
import { icon } from "../lib/icons.js";
import { formatDeadline } from "../lib/when.js";

/** @typedef {import("../transport/offers.js").Version} Version */
/** @typedef {import("../transport/offers.js").Terms} Terms */
/** @typedef {import("../transport/offers.js").Line} Line */
/** @typedef {import("../transport/offers.js").FieldChange} FieldChange */

/** @param {Version} version @param {Version | undefined} [older] the one before it */
export function offerSheet(version, older) {
  const { document: terms, differences } = version;
  const changes = new Map((differences?.lines ?? []).filter((it) => it.after !== null).map((it) => [it.after, it]));
  const gone = (differences?.lines ?? []).filter((it) => it.after === null);
  return html`
    <div class="sheet">
      <dl class="sheet-terms sheet-parties">
        <div><dt>${_("Exhibitor")}</dt><dd>${changed(differences?.fields.find((it) => it.name === "seller"), seller, terms.seller)}</dd></div>
        <div><dt>${_("Buyer")}</dt><dd>${changed(differences?.fields.find((it) => it.name === "buyer"), buyer, terms.buyer)}</dd></div>
      </dl>
      <div class="sheet-lines">
        <div class="sheet-row sheet-head" aria-hidden="true">
          <span>${_("Product or service")}</span><span class="number">${_("Quantity")}</span><span class="number">${_("Unit price")}</span><span class="number">${_("Amount")}</span>
        </div>
        <ol class="sheet-list">
          ${terms.lines.map((line, place) => lineRow(line, terms, changes.get(place)))}
        </ol>
      </div>
      ${gone.length ? html`<div class="sheet-gone">${icon("minus", "icon-small")}${plural("{n} line was taken out.", "{n} lines were taken out.", gone.length)}
        <ul>${gone.map((it) => goneLine(older?.document, it.before))}</ul></div>` : nothing}
      ${differences?.fields.some((it) => it.name === "order") ? html`<p class="sheet-gone">${_("The lines stand in another order.")}</p>` : nothing}
      <p class="offer-total"><span>${_("Total")}</span> ${value("total", terms, differences?.fields)}</p>
      <dl class="sheet-terms">
        ${TERMS.map(([name, label]) => (isSaid(terms, name, differences?.fields) ? html`<div class=${`term term-${name}`}><dt>${label()}</dt><dd>${value(name, terms, differences?.fields)}</dd></div>` : nothing))}
      </dl>
    </div>`;
}

/** @type {Array<["currency" | "incoterm" | "place" | "lead_days" | "valid_until_ms" | "payment" | "notes", () => string]>} */
const TERMS = [
  ["currency", () => _("Currency")],
  ["incoterm", () => _("Incoterm 2020")],
  ["place", () => _("Place")],
  ["lead_days", () => _("Lead time in days")],
  ["valid_until_ms", () => _("Valid until")],
  ["payment", () => _("Payment terms")],
  ["notes", () => _("Notes")],
];

/** Who would be bound. @param {Terms["seller"]} it */
const seller = (it) => html`<b><bdi>${it.company}</bdi></b>${rest([it.city, countryName(it.country)])}`;

/** The name is gone once the person has been forgotten. @param {Terms["buyer"]} it */
const buyer = (it) => html`<b><bdi>${it.name || _("Name removed")}</bdi></b>${rest([it.company, countryName(it.country)])}`;

/** @param {string[]} parts */
const rest = (parts) => parts.filter(Boolean).map((part) => html` · <bdi>${part}</bdi>`);

/** @param {Terms | undefined} terms of the version it stood in @param {number | null} place */
function goneLine(terms, place) {
  const line = terms?.lines[place ?? -1];
  if (!terms || !line) return nothing;
  return html`<li><del><bdi>${line.title}</bdi> · ${exactNumber(line.quantity)} <bdi>${line.unit}</bdi> · ${exactMoney(line.amount, terms.currency)}</del></li>`;
}

/** @param {Line} line @param {Terms} terms @param {import("../transport/offers.js").LineChange | undefined} change */
function lineRow(line, terms, change) {
  const was = (/** @type {string} */ name) => change?.fields.find((it) => it.name === name);
  const isNew = change !== undefined && change.before === null;
  const money = (/** @type {string} */ amount) => exactMoney(amount, terms.currency);
  return html`
    <li class=${`sheet-row ${isNew ? "is-new" : ""} ${change && !isNew ? "is-changed" : ""}`}>
      <span class="sheet-title">${changed(was("title"), (it) => html`<bdi>${it}</bdi>`, line.title)}${isNew ? html` <ins class="badge badge-ok">${_("New")}</ins>` : nothing}</span>
      <span class="number"><span class="cell-label">${_("Quantity")}</span>${changed(was("quantity"), (it) => exactNumber(it), line.quantity)} <bdi class="soft">${changed(was("unit"), (it) => it, line.unit)}</bdi></span>
      <span class="number"><span class="cell-label">${_("Unit price")}</span>${changed(was("price"), plain, line.price, money)}</span>
      <span class="number"><span class="cell-label">${_("Amount")}</span>${changed(was("amount"), plain, line.amount, money)}</span>
      ${was("product") ? html`<ins class="badge">${_("Another product")}</ins>` : nothing}
      ${line.breaks.length || was("breaks") ? html`<div class="sheet-breaks small soft">${changed(was("breaks"), (it) => steps(it, plain), line.breaks, (it) => steps(it, money))}</div>` : nothing}
    </li>`;
}

/** @param {Line["breaks"]} breaks @param {(text: string) => string} write */
function steps(breaks, write) {
  if (!breaks.length) return _("None");
  return breaks.map((step) => html`<span class="sheet-break">${_("From {quantity}: {price}", { quantity: exactNumber(step.from), price: write(step.price) })}</span>`);
}

/** An amount of before, without its currency. @param {string} text */
const plain = (text) => exactNumber(text, (text.split(".")[1] ?? "").length);

/** @param {any} it @returns {boolean} whether nothing is said; none is a number of days too */
const isEmpty = (it) => it === null || it === "";

/** @param {FieldChange | undefined} change @param {(value: any) => unknown} write @param {any} now @param {(value: any) => unknown} [writeNow] */
function changed(change, write, now, writeNow = write) {
  if (!change) return html`<span>${writeNow(now)}</span>`;
  return html`${isEmpty(change.before) ? nothing : html`<del>${write(change.before)}</del> `}<ins>${writeNow(now)}</ins>`;
}

/** @param {"total" | typeof TERMS[number][0]} name @param {Terms} terms @param {FieldChange[] | undefined} changes */
function value(name, terms, changes) {
  const currency = changes?.find((it) => it.name === "currency");
  const write = (/** @type {any} */ it) => words(name, it, terms.currency);
  const before = (/** @type {any} */ it) => words(name, it, currency ? currency.before : terms.currency);
  return changed(changes?.find((it) => it.name === name), before, terms[name], write);
}

/** @param {string} name @param {any} it @param {string} currency */
function words(name, it, currency) {
  if (isEmpty(it)) return _("None");
  if (name === "total") return html`<bdi>${exactMoney(it, currency)}</bdi>`;
  if (name === "valid_until_ms") return formatDeadline(it / 1000);
  return html`<span class="term-words" dir="auto">${it}</span>`;
}

/** @param {Terms} terms @param {typeof TERMS[number][0]} name @param {FieldChange[] | undefined} changes */
function isSaid(terms, name, changes) {
  return !isEmpty(terms[name]) || Boolean(changes?.some((it) => it.name === name));
}

/** @param {Version} version */
export function signatures({ signatures: signed }) {
  if (!signed.length) return nothing;
  return html`
    <ul class="sheet-signatures">
      ${signed.map(({ side, name, company, signed_at_ms }) => html`
        <li>${icon("badge-check")}<span><b><bdi>${name}</bdi></b>${company ? html` · <bdi>${company}</bdi>` : nothing}<br>
          <span class="small soft">${side === "buyer" ? _("Signed for the buyer, {moment}", { moment: formatMoment(signed_at_ms / 1000) }) : _("Signed for the exhibitor, {moment}", { moment: formatMoment(signed_at_ms / 1000) })}</span></span></li>`)}
    </ul>`;
}

/** What both have signed, to keep: sealed by the fair. @param {string} offer */
export function takeAlong(offer) {
  return html`
    <p class="sheet-keep">
      <a class="button" href=${`/offers/${offer}.pdf`} download>${icon("download")}${_("Signed order as PDF")}</a>
      <a class="button button-quiet" href=${`/offers/${offer}.json`} download>${icon("download")}${_("As data (JSON)")}</a>
    </p>`;
}

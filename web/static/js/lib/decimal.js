/** Exact decimals, as whole numbers of the smallest part: what the server will compute is shown while one types. */

import { inOrder } from "../i18n.js";
import { pageData } from "../page_data.js";

const NUMBER = /^(\d{1,12})(?:\.(\d{1,6}))?$/;
const PLACES = 6;
const locale = pageData().locale ?? "en";
/** Digits that people type with other keyboards: Arabic, Persian, full width. */
const DIGITS = /[\u0660-\u0669\u06f0-\u06f9\uff10-\uff19]/g;

/** @typedef {bigint} Millionths a number times a million */

/**
 * Return what was typed in the digits and with the point that the server reads.
 * @param {string} text
 */
export function asTyped(text) {
  return text.replace(DIGITS, (digit) => String(digit.charCodeAt(0) & 0xf)).replace(/[\u066b\uff0e]/g, ".").trim();
}

/** @param {string} text @returns {Millionths | null} null for what is no number */
export function millionths(text) {
  const found = NUMBER.exec(text.trim());
  return found ? BigInt((found[1] ?? "0") + (found[2] ?? "").padEnd(PLACES, "0")) : null;
}

/**
 * Return what a quantity costs, rounded half up to `places` decimals, as text.
 * @param {Millionths} quantity @param {Millionths} price @param {number} places
 */
export function costs(quantity, price, places) {
  const part = 10n ** BigInt(2 * PLACES - places);
  return (quantity * price * 2n + part) / (part * 2n);
}

/** @param {bigint} value of the smallest parts @param {number} places @returns {string} a decimal */
export function decimalText(value, places) {
  const digits = String(value).padStart(places + 1, "0");
  return places ? `${digits.slice(0, -places)}.${digits.slice(-places)}` : digits;
}

/** @type {Map<string, number>} as the server rounds: browsers differ, and from each other too */
const known = new Map();

/** @param {Record<string, number>} places of each currency */
export function learnPlaces(places) {
  for (const [currency, count] of Object.entries(places)) known.set(currency, count);
}

/** @param {string} currency @returns {number} how many decimals its amounts have */
export function placesOf(currency) {
  const places = known.get(currency);
  if (places !== undefined) return places;
  try {
    return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    return 2; // no currency is chosen yet
  }
}

/** @param {string} text a decimal @param {string} currency @returns {string} as the reader's language writes money */
export function exactMoney(text, currency) {
  const places = (text.split(".")[1] ?? "").length;
  const format = new Intl.NumberFormat(locale, { style: "currency", currency, minimumFractionDigits: places, maximumFractionDigits: places });
  return inOrder(format.format(/** @type {any} */ (text))); // a text is formatted exactly, a number would be rounded
}

/** @param {string} text a decimal @param {number} [places] at least @returns {string} as the reader's language writes numbers */
export function exactNumber(text, places = 0) {
  return new Intl.NumberFormat(locale, { minimumFractionDigits: places, maximumFractionDigits: PLACES }).format(/** @type {any} */ (text));
}

/** @param {string} code @returns {string} the name of a currency in the reader's language */
export function currencyName(code) {
  return new Intl.DisplayNames(locale, { type: "currency" }).of(code) ?? code;
}

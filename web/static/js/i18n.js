// Words, numbers and times in the reader's language; the page brings the catalogue along.

import { pageData } from "./page_data.js";

/** @typedef {string | number} Value */

const { locale = "en", messages = {} } = pageData();
const categories = new Intl.PluralRules(locale);
const counts = new Intl.NumberFormat(locale);

/**
 * Return `text` in the reader's language, with `{name}` replaced by `values.name`.
 * @param {string} text
 * @param {Record<string, Value>} [values]
 */
export function _(text, values = {}) {
  const found = messages[text];
  return filled(typeof found === "string" ? found : text, values);
}

/**
 * Return the form for `n` things, with `{n}` replaced by the number as the language writes it.
 * @param {string} one
 * @param {string} many
 * @param {number} n
 * @param {Record<string, Value>} [values]
 */
export function plural(one, many, n, values = {}) {
  const found = messages[one];
  const forms = typeof found === "object" ? found : {};
  const text = forms[categories.select(n)] ?? forms.other ?? (n === 1 ? one : many);
  return filled(text, { n: counts.format(n), ...values });
}

/** @param {number} value */
export const formatNumber = (value) => counts.format(value);

/**
 * Return the time of day of a moment in Unix seconds, on the reader's clock.
 * @param {number} seconds
 */
export function formatTime(seconds) {
  return new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" }).format(seconds * 1000);
}

/**
 * Return a moment in Unix seconds as a date on the reader's clock.
 * @param {number} seconds
 */
export function formatDate(seconds) {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium" }).format(seconds * 1000);
}

/**
 * Return a length of time as 4:07 or 1:02:45.
 * @param {number} seconds
 */
export function formatDuration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 60) % 60, whole % 60];
  const hours = Math.floor(whole / 3600);
  const digits = new Intl.NumberFormat(locale, { minimumIntegerDigits: 2, useGrouping: false });
  const [minutes = 0, rest = 0] = parts;
  const head = hours ? `${counts.format(hours)}:${digits.format(minutes)}` : counts.format(minutes);
  return `${head}:${digits.format(rest)}`;
}

/**
 * Return a length of time as it is said: "1 hour 2 minutes 45 seconds".
 * @param {number} seconds
 */
export function spokenDuration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  /** @type {Array<[number, string]>} */
  const units = [[Math.floor(whole / 3600), "hour"], [Math.floor(whole / 60) % 60, "minute"], [whole % 60, "second"]];
  const said = units.filter(([value, unit]) => value > 0 || (whole === 0 && unit === "second"));
  const words = said.map(([value, unit]) => new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(value));
  return new Intl.ListFormat(locale, { type: "unit", style: "narrow" }).format(words);
}

/**
 * Return a moment in Unix seconds as date and time on the reader's clock.
 * @param {number} seconds
 */
export function formatMoment(seconds) {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(seconds * 1000);
}

/**
 * Return an amount of storage, counted in thousands as disks are.
 * @param {number} bytes
 */
export function formatBytes(bytes) {
  const unit = bytes >= 1e9 ? "gigabyte" : "megabyte";
  const value = bytes / (unit === "gigabyte" ? 1e9 : 1e6);
  return new Intl.NumberFormat(locale, { style: "unit", unit, maximumFractionDigits: value < 10 ? 1 : 0 }).format(value);
}

/**
 * Return an amount of money, given as the server sends it: a decimal text and a currency code.
 * @param {string | number | null} amount
 * @param {string} currency
 */
export function formatMoney(amount, currency) {
  if (amount === null || amount === "") return "";
  return inOrder(new Intl.NumberFormat(locale, { style: "currency", currency }).format(Number(amount)));
}

/**
 * Return an amount of money whose sign stays behind its letters, as in "US$", also among words from right to left.
 * @param {string} money
 */
export const inOrder = (money) => money.replace(/[A-Z]\p{Sc}$/u, "$&\u200e");

/**
 * Return a country's name by its two-letter code; anything else as it is.
 * @param {string} code
 */
export function countryName(code) {
  return /^[A-Z]{2}$/.test(code) ? new Intl.DisplayNames(locale, { type: "region" }).of(code) ?? code : code;
}

/**
 * Return a language's name by its code; anything else as it is.
 * @param {string} code
 */
export function languageName(code) {
  return /^[a-z]{2,3}$/.test(code) ? new Intl.DisplayNames(locale, { type: "language" }).of(code) ?? code : code;
}

/** @param {string} text @param {Record<string, Value>} values */
function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

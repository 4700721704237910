// Moments to come, on the reader's clock and in the reader's language.

import { _ } from "../i18n.js";
import { pageData } from "../page_data.js";

const DAY_MS = 24 * 3600 * 1000;
const locale = pageData().locale ?? "en";
const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
const day = new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", month: "short" });
const time = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" });
const deadline = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric", hour: "numeric", minute: "2-digit", timeZoneName: "short" });
const whole = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "long" });

/**
 * Return a moment in Unix seconds as "today, 15:00 your time", or with its day where that is further off.
 * @param {number} seconds
 * @param {number} [now] Unix seconds
 */
export function formatWhen(seconds, now = Date.now() / 1000) {
  const days = Math.round((midnight(seconds) - midnight(now)) / DAY_MS); // rounded: some days have 23 or 25 hours
  const name = Math.abs(days) <= 1 ? relative.format(days, "day") : day.format(seconds * 1000);
  return _("{day}, {time} your time", { day: name, time: time.format(seconds * 1000) });
}

/** @param {number} seconds @returns {string} the moment with its time zone, for those who read it on other clocks */
export function formatDeadline(seconds) {
  return deadline.format(seconds * 1000);
}

/** @param {number} seconds @returns {string} the moment at length, with the name of the time zone */
export function formatWholeWhen(seconds) {
  return whole.format(seconds * 1000);
}

/** @param {number} seconds @returns {number} the beginning of its day here, in milliseconds */
function midnight(seconds) {
  return new Date(seconds * 1000).setHours(0, 0, 0, 0);
}

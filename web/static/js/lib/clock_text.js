/** Times of captions as people type them: 4.5, 1:04.5 or 1:02:04.500. */

const TYPED = /^(?:(?:(\d{1,3}):)?([0-5]?\d):)?(\d{1,6})(?:[.,](\d{1,3}))?$/;

/**
 * Return the seconds of a time; null for what is none.
 * @param {string} text
 * @returns {number | null}
 */
export function parseClock(text) {
  const found = TYPED.exec(text.trim());
  if (!found) return null;
  const [, hours = "0", minutes = "0", seconds = "0", part = "0"] = found;
  if (found[2] !== undefined && Number(seconds) > 59) return null;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) + Number(`0.${part}`);
}

/**
 * Return a time as 1:02:04.500, without hours where there are none.
 * @param {number} seconds
 */
export function clockText(seconds) {
  const thousandths = Math.round(seconds * 1000);
  const two = (/** @type {number} */ value) => String(value).padStart(2, "0");
  const rest = `${two(Math.floor(thousandths / 1000) % 60)}.${String(thousandths % 1000).padStart(3, "0")}`;
  const [hours, minutes] = [Math.floor(thousandths / 3_600_000), Math.floor(thousandths / 60_000) % 60];
  return hours ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}

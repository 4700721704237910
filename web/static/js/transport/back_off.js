/** How long to wait before trying again. */

const FIRST_MS = 500;
const LONGEST_MS = 8000;

/**
 * Return milliseconds to wait before try number `attempt`: doubling, capped, and half of it by chance, so that a hall
 * full of browsers does not come back in the same instant.
 * @param {number} attempt counted from 0
 * @param {number} [first]
 * @param {number} [longest]
 */
export function backOff(attempt, first = FIRST_MS, longest = LONGEST_MS) {
  const full = Math.min(longest, first * 2 ** attempt);
  return full / 2 + Math.random() * (full / 2);
}

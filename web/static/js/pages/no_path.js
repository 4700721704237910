/** Remembers in one tab, for some minutes, that this network lets no media through: the next room need not find out again. */

const KEY = "no_path";
const KEPT_MS = 600_000;

/**
 * @param {string | null} kept what is remembered: when it was found out @param {number} now in milliseconds since 1970
 * @returns {boolean} whether it still counts
 */
export function isFresh(kept, now) {
  const age = now - Number(kept ?? NaN);
  return age >= 0 && age < KEPT_MS;
}

export const noPath = {
  get isKnown() {
    return isFresh(sessionStorage.getItem(KEY), Date.now());
  },

  keep() {
    sessionStorage.setItem(KEY, String(Date.now()));
  },

  /** A path was found, or the network is another one. */
  forget() {
    sessionStorage.removeItem(KEY);
  },
};

/**
 * When a viewer leaves the direct way (WHEP) for the one over HTTP (HLS), and when to try the direct one again. Before a path
 * is given up both are tried side by side, as RFC 8305 does with addresses: the direct one wins whenever it comes.
 */

/**
 * no_path: this network lets no media through. full: no seat. losses: it broke again and again. unsupported and refused:
 * this browser and the server cannot speak directly.
 * @typedef {"no_path" | "full" | "losses" | "unsupported" | "refused"} Reason
 * @typedef {import("../transport/whep.js").WhepState} WhepState
 * @typedef {import("../transport/whep.js").Search} Search
 */

/** A path that was not found by then is given up. */
export const NO_PATH_MS = 4000;
/** The search takes one round trip, the answer took one or two: so many times that, within bounds, the slower way may wait. */
const ANSWERS = 3;
const BESIDE_MS = { least: 700, most: 1500 };
/** So many losses within so long are a pattern. */
const LOSSES = 3;
const LOSSES_MS = 60_000;
/** The longest pause between two tries to come back. */
const LONGEST_MS = 300_000;

/** How long after leaving the direct way is tried again: at first, and doubling. @type {Record<Reason, number>} */
const AGAIN_MS = { no_path: 60_000, full: 30_000, losses: 45_000, unsupported: Infinity, refused: Infinity };

/**
 * Is the slower way to be begun beside the direct one, which goes on trying?
 * @param {WhepState} state
 * @param {Search | null} search
 * @param {boolean} isKnown whether this network let nothing through a moment ago
 */
export function isLate(state, search, isKnown) {
  if (isKnown && state === "connecting") return true;
  if (!search) return false;
  return search.ms > Math.min(BESIDE_MS.most, Math.max(BESIDE_MS.least, ANSWERS * search.answerMs));
}

/** Follows one show's direct way; all times are milliseconds of one clock, given by the caller. */
export class Fallback {
  constructor() {
    /** @type {number | null} since when a path has been looked for in vain */
    this._tryingSince = null;
    /** @type {number[]} */
    this._losses = [];
    this._tries = 0;
  }

  /** @param {WhepState} state the direct way's newest state @param {number} now */
  hear(state, now) {
    if (state === "connected" || state === "off" || state === "idle") this._tryingSince = null;
    else this._tryingSince ??= now;
    if (state === "lost") this._losses = [...this._losses, now].slice(-LOSSES);
  }

  /** There was a picture: the next return may be tried soon. */
  succeed() {
    this._tries = 0;
  }

  /**
   * Why the direct way should be left now; null while it may yet come.
   * @param {WhepState} state
   * @param {number} now
   * @returns {Reason | null}
   */
  reason(state, now) {
    if (state === "full" || state === "unsupported" || state === "refused") return state;
    if (this._losses.length === LOSSES && now - (this._losses[0] ?? 0) < LOSSES_MS) return "losses";
    const isVain = this._tryingSince !== null && now - this._tryingSince > NO_PATH_MS;
    return isVain ? "no_path" : null;
  }

  /**
   * The direct way was left, or tried in vain: how long until it is tried (again).
   * @param {Reason} reason
   * @param {number} chance 0 to 1, so that a full hall does not come back in the same instant
   */
  pauseMs(reason, chance) {
    const pause = Math.min(LONGEST_MS, AGAIN_MS[reason] * 2 ** this._tries++);
    this._losses = [];
    this._tryingSince = null;
    return Math.max(AGAIN_MS[reason], pause) * (0.75 + chance / 2);
  }
}

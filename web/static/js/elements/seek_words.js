/** Positions in a show as people say and as keys choose them. */

import { _, formatDuration, spokenDuration } from "../i18n.js";

/** @typedef {{second: number, title: string}} Mark */
/** @typedef {{from: number, to: number}} Gap */

/** How far each key goes, in seconds; the rest of the table goes to an end. @type {Record<string, number>} */
const STEPS = { ArrowLeft: -5, ArrowRight: 5, ArrowDown: -5, ArrowUp: 5, PageDown: -60, PageUp: 60 };

/**
 * Return where a key leads to, or null for keys that mean nothing here. Time runs from left to right in every language, as
 * on the buttons of a recorder, so arrows do too.
 * @param {string} key @param {number} at @param {number} end
 */
export function secondOfKey(key, at, end) {
  if (key === "Home") return 0;
  if (key === "End") return end;
  const step = STEPS[key];
  return step === undefined ? null : Math.min(end, Math.max(0, at + step));
}

/** @param {Mark[]} marks in order @param {number} second @returns {Mark | null} the one that holds at `second` */
export function markAt(marks, second) {
  return marks.findLast((mark) => mark.second <= second) ?? null;
}

/** @param {number} at @param {number} end @param {boolean} isLive @param {Mark[]} marks */
export function spokenPlace(at, end, isLive, marks) {
  if (isLive) return _("Live, {length} into the show", { length: spokenDuration(end) });
  const place = { at: spokenDuration(at), end: spokenDuration(end) };
  const chapter = markAt(marks, at)?.title;
  return chapter ? _("{at} of {end}, {chapter}", { ...place, chapter }) : _("{at} of {end}", place);
}

/** @param {Gap[]} gaps @param {number} second @returns {Gap | null} the pause that holds at `second` */
export function gapAt(gaps, second) {
  return gaps.find(({ from, to }) => second >= from && second < to) ?? null;
}

/** Sound and picture do not begin at the very same instant behind a gap; here both are there. */
const BEHIND_SECONDS = 0.1;

/** @param {Gap[]} gaps @param {number} second @returns {number} where playing is possible: behind the pause, if there is one */
export function playable(gaps, second) {
  const gap = gapAt(gaps, second);
  return gap ? gap.to + BEHIND_SECONDS : second;
}

/** @param {Gap} gap */
export function gapWords({ from, to }) {
  return _("The show paused here for {length}.", { length: spokenDuration(to - from) });
}

/** @param {number} at @param {number} end */
export function shownPlace(at, end) {
  return `${formatDuration(at)} / ${formatDuration(end)}`;
}

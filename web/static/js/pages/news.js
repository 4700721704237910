/** What all news share: notices on the page, and names that keep their own direction. */

import { FairNotices } from "../elements/notices.js";

/** @param {string} text @returns {string} that keeps its own direction inside a sentence of another */
export function isolated(text) {
  return `\u2068${text}\u2069`;
}

/** @returns {FairNotices} */
export function notices() {
  const found = document.querySelector("fair-notices");
  if (found instanceof FairNotices) return found;
  const made = /** @type {FairNotices} */ (document.createElement("fair-notices"));
  document.body.append(made);
  return made;
}

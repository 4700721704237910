/** What comes onto the table while nobody looks at it: a dot on its button, and words over the picture. */

import { element } from "./element.js";

/** @returns {boolean} whether the table is in sight; on a phone it lies under the picture */
export function isTableOpen() {
  return !document.body.classList.contains("table-closed");
}

/** Say what has come, unless it is seen anyway.  @param {string} words nothing for what needs no more than the dot */
export function tellOfTable(words = "") {
  if (isTableOpen()) return;
  element("unread").hidden = false;
  if (!words) return;
  element("table-news-words").textContent = words;
  element("table-news").hidden = false;
}

/** Show the table, or put it away; whoever sees it has seen what came.  @param {boolean} isOpen */
export function openTable(isOpen) {
  document.body.classList.toggle("table-closed", !isOpen);
  element("open-table").setAttribute("aria-expanded", String(isOpen));
  if (isOpen) element("unread").hidden = element("table-news").hidden = true;
}

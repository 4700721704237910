/** Sets the times that the server wrote in UTC to the reader's own clock. */

import { formatWhen, formatWholeWhen } from "../lib/when.js";

const AGAIN_MS = 60_000;

/** Keep all times of the page right, also over midnight. */
export function keepTimes() {
  showTimes();
  setInterval(() => document.hidden || showTimes(), AGAIN_MS);
}

/** @param {ParentNode} [root] where times were put in just now */
export function showTimes(root = document) {
  for (const element of root.querySelectorAll("time[data-when]")) {
    const seconds = Number(element.getAttribute("data-when"));
    const words = formatWhen(seconds);
    if (element.textContent !== words) element.textContent = words;
    element.setAttribute("title", formatWholeWhen(seconds));
  }
}

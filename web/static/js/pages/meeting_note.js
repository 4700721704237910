/** A note for the other, who is gone: kept with the call, and read by them when they come back. */

import { _ } from "../i18n.js";
import { newKey } from "../lib/new_key.js";
import { postJson } from "../lib/request.js";

/** Bind every form of a note on the page.  @param {string} call */
export function bindNotes(call) {
  for (const form of document.querySelectorAll("form.meeting-leave-note")) {
    form.addEventListener("submit", (event) => leave(event, call));
  }
}

/** @param {Event} event @param {string} call */
async function leave(event, call) {
  event.preventDefault();
  const form = /** @type {HTMLFormElement} */ (event.target);
  const text = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem("text"));
  const said = /** @type {HTMLElement} */ (form.querySelector("[role=status]"));
  try {
    await postJson(`/api/calls/${call}/notes`, { text: text.value, key: keyOf(form) });
    text.value = "";
    delete form.dataset.key; // what is written from now on is another note
    said.textContent = _("Your note is kept with this call.");
  } catch (error) {
    said.textContent = (error instanceof Error && error.message) || _("There is no connection right now. Try again in a moment.");
  }
}

/** @param {HTMLFormElement} form @returns {string} the key of the note that is being written there */
function keyOf(form) {
  form.dataset.key ??= newKey();
  return form.dataset.key;
}

// Sends the pictures that are chosen on a page, each to where its field says, and shows what was kept.

import { _ } from "../i18n.js";
import { askJson } from "../lib/request.js";
import { shrink } from "../lib/shrink.js";

for (const field of document.querySelectorAll("input[data-picture]")) {
  const input = /** @type {HTMLInputElement} */ (field);
  /** @type {HTMLElement} */ (input.closest("label")).hidden = false;
  input.addEventListener("change", () => void send(input));
}

/** @param {HTMLInputElement} input */
async function send(input) {
  const [file] = input.files ?? [];
  const picture = /** @type {HTMLImageElement} */ (document.getElementById(input.dataset.shows ?? ""));
  const said = /** @type {HTMLElement} */ (document.getElementById(`${picture.id}-said`));
  if (!file) return;
  input.disabled = true;
  said.textContent = _("Sending…");
  try {
    const small = await shrink(file);
    const kept = await askJson("PUT", input.dataset.picture ?? "", small, small.type || "application/octet-stream");
    picture.src = kept.picture;
    said.textContent = _("The picture is kept.");
  } catch (refusal) {
    said.textContent = /** @type {Error} */ (refusal).message;
  }
  input.disabled = false;
  input.value = "";
}

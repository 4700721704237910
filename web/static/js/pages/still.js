/** The page of a still: a file dropped on it is hashed here and compared with what is sealed. */

import { _ } from "../i18n.js";
import { postJson } from "../lib/request.js";
import { pageData } from "../page_data.js";
import { element } from "./element.js";

const page = pageData();
const place = element("check");
const field = /** @type {HTMLInputElement} */ (element("check-file"));

document.getElementById("attach")?.addEventListener("click", attach);
field.addEventListener("change", () => field.files?.[0] && check(field.files[0]));
for (const event of ["dragenter", "dragover"]) {
  document.addEventListener(event, (drag) => {
    drag.preventDefault();
    place.classList.add("is-over");
  });
}
document.addEventListener("dragleave", (drag) => drag.relatedTarget === null && place.classList.remove("is-over"));
document.addEventListener("drop", (drop) => {
  drop.preventDefault();
  place.classList.remove("is-over");
  const file = drop.dataTransfer?.files[0];
  if (file) check(file);
});

async function attach() {
  const button = /** @type {HTMLButtonElement} */ (element("attach"));
  button.disabled = true;
  try {
    await postJson(`/api/stills/${page.still}/attach`, { call: page.call });
    element("attach-result").textContent = _("Attached to the call.");
  } catch (error) {
    button.disabled = false;
    element("attach-result").textContent = error instanceof Error ? error.message : String(error);
  }
}

/** @param {File} file */
async function check(file) {
  if (!globalThis.crypto?.subtle) {
    say(_("Browsers can check files on secure addresses only. Compare the SHA-256 by hand."), "wait");
    return;
  }
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  const hash = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  if (hash === page.sha256) say(_("{name} is this still, unchanged.", { name: file.name }), "ok");
  else say(_("{name} is not this still, or was changed.", { name: file.name }), "danger");
}

/** @param {string} words @param {"ok" | "wait" | "danger"} kind */
function say(words, kind) {
  const result = element("check-result");
  result.className = `banner banner-${kind}`;
  result.textContent = words;
}

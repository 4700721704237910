/** The panels for other programs: copying what belongs into them, and making new keys for them. */

import { _ } from "../i18n.js";
import { element } from "./element.js";
import { setUpKey } from "./studio_key.js";

const SAID_MS = 2500;

/** @param {Record<string, any>} page */
export function setUpOutside(page) {
  for (const button of document.querySelectorAll(".copy")) button.addEventListener("click", () => copy(/** @type {HTMLElement} */ (button)));
  const words = () => _("Copy it now: it is not shown again. The old key no longer works.");
  setUpKey("stream-key", `/api/rooms/${page.room}/stream-key`, words, (key) => fill("ffmpeg-line", page.ffmpeg_line, "STREAM_KEY", key));
  setUpKey("caption-key", `/api/rooms/${page.room}/caption-key`, words, (key) => fill("curl-line", page.curl_line, "CAPTION_KEY", key));
}

/** @param {HTMLElement} button */
async function copy(button) {
  const field = /** @type {HTMLInputElement} */ (element(button.dataset.copies ?? ""));
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    return; // no clipboard on this address: the text is selected, and the person can copy it
  }
  const words = button.querySelector("span");
  if (!words) return;
  const before = words.textContent;
  words.textContent = _("Copied");
  setTimeout(() => (words.textContent = before), SAID_MS);
}

/** @param {string} id @param {string} line @param {string} word @param {string} key */
function fill(id, line, word, key) {
  /** @type {HTMLTextAreaElement} */ (element(id)).value = line.replace(word, key);
}

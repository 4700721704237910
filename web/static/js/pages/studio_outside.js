/** The panel for OBS and FFmpeg: copying what belongs into them, and making a new stream key. */

import { _ } from "../i18n.js";
import { postJson } from "../lib/request.js";
import { element } from "./element.js";

const SAID_MS = 2500;

/** @param {Record<string, any>} page */
export function setUpOutside(page) {
  for (const button of document.querySelectorAll(".copy")) button.addEventListener("click", () => copy(/** @type {HTMLElement} */ (button)));
  document.getElementById("rotate-key")?.addEventListener("click", () => rotate(page));
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

/** @param {Record<string, any>} page */
async function rotate(page) {
  const button = /** @type {HTMLButtonElement} */ (element("rotate-key"));
  const problem = element("key-problem");
  button.disabled = true;
  problem.hidden = true;
  try {
    const { key } = await postJson(`/api/rooms/${page.room}/stream-key`);
    /** @type {HTMLInputElement} */ (element("stream-key")).value = key;
    element("key-shown").hidden = false;
    element("key-hint").textContent = _("Copy it now: it is not shown again. The old key no longer works.");
    /** @type {HTMLTextAreaElement} */ (element("ffmpeg-line")).value = page.ffmpeg_line.replace("STREAM_KEY", key);
  } catch (error) {
    problem.textContent = error instanceof Error ? error.message : String(error);
    problem.hidden = false;
  } finally {
    button.disabled = false;
  }
}

/** Making a new key of the room: shown once, copied, the old one ended. */

import { postJson } from "../lib/request.js";
import { element } from "./element.js";

/**
 * Bind the button `rotate-<name>`; the page has `<name>`, `<name>-shown`, `<name>-hint` and `<name>-problem` for it.
 * @param {string} name
 * @param {string} url where a new key is made
 * @param {() => string} words what is said of a new key
 * @param {(key: string) => void} onKey
 */
export function setUpKey(name, url, words, onKey) {
  const button = /** @type {HTMLButtonElement | null} */ (document.getElementById(`rotate-${name}`));
  button?.addEventListener("click", async () => {
    const problem = element(`${name}-problem`);
    button.disabled = true;
    problem.hidden = true;
    try {
      const { key } = await postJson(url);
      /** @type {HTMLInputElement} */ (element(name)).value = key;
      element(`${name}-shown`).hidden = false;
      element(`${name}-hint`).textContent = words();
      onKey(key);
    } catch (error) {
      problem.textContent = error instanceof Error ? error.message : String(error);
      problem.hidden = false;
    } finally {
      button.disabled = false;
    }
  });
}

// Asking the server for JSON, in the name of the person who has the page open.

import { _ } from "../i18n.js";
import { pageData } from "../page_data.js";
import { Refusal } from "./refusal.js";

/**
 * Post `body` as JSON and return the answer; reject with a `Refusal` that can be shown as it is.
 * @param {string} url
 * @param {object} [body]
 * @returns {Promise<any>}
 */
export async function postJson(url, body = {}) {
  let response;
  try {
    response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": pageData().csrf },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Refusal("offline", _("You are offline. Check your connection and try again."));
  }
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  throw new Refusal(answer.code ?? "refused", answer.detail ?? _("The server did not answer. Try again in a moment."));
}

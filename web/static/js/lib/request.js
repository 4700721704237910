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
export function postJson(url, body = {}) {
  return askJson("POST", url, body);
}

/**
 * Fetch JSON; reject as `postJson` does.
 * @param {string} url @returns {Promise<any>}
 */
export function getJson(url) {
  return answered(fetch(url, { headers: { Accept: "application/json" } }));
}

/**
 * Ask by another method, with an object or a file as body; as `postJson` otherwise.
 * @param {"POST" | "PUT" | "DELETE"} method
 * @param {string} url
 * @param {object | Blob} [body]
 * @param {string} [fileType] what a file is sent as
 * @returns {Promise<any>}
 */
export function askJson(method, url, body = {}, fileType = "text/vtt") {
  const isFile = body instanceof Blob;
  const type = isFile ? fileType : "application/json";
  const headers = { "Content-Type": type, "X-CSRF-Token": pageData().csrf };
  return answered(fetch(url, { method, headers, body: isFile ? body : JSON.stringify(body) }));
}

/** @param {Promise<Response>} asked @returns {Promise<any>} */
async function answered(asked) {
  const response = await asked.catch(() => null);
  if (!response) throw new Refusal("offline", _("You are offline. Check your connection and try again."));
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  throw new Refusal(answer.code ?? "refused", answer.detail ?? _("The server did not answer. Try again in a moment."), answer.facts);
}

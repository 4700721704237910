/** Parts of the page as the server would draw them now. */

import { showTimes } from "./when.js";

/**
 * Fetch this very page again and take the content of the elements with these ids from it; rejects when offline.
 * @param {string[]} ids
 * @returns {Promise<Document>} that page
 */
export async function freshen(ids) {
  const fresh = await fetchPage(location.pathname + location.search);
  for (const id of ids) replaceContent(id, fresh);
  return fresh;
}

/**
 * Fetch a page as a document; rejects when there is none. Not by `DOMParser`: our policy lets no script make markup of a text, and the
 * browser itself reads a page without running what is in it.
 * @param {string} address
 * @returns {Promise<Document>}
 */
export function fetchPage(address) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", address);
    request.responseType = "document";
    request.addEventListener("load", () =>
      request.status === 200 && request.responseXML ? resolve(request.responseXML) : reject(new Error("no page")),
    );
    request.addEventListener("error", () => reject(new Error("offline")));
    request.send();
  });
}

/** @param {string} id @param {Document} fresh */
function replaceContent(id, fresh) {
  const old = document.getElementById(id);
  const now = fresh.getElementById(id);
  if (!old || !now) return;
  const focused = old.contains(document.activeElement) ? waysTo(document.activeElement) : "";
  old.replaceChildren(...now.childNodes);
  showTimes(old);
  if (focused) /** @type {HTMLElement | null} */ (old.querySelector(focused))?.focus();
}

/** @param {Element | null} element @returns {string} a selector that finds what stands in its place later */
function waysTo(element) {
  const href = element?.getAttribute("href");
  if (href) return `a[href="${CSS.escape(href)}"]`;
  const announced = element?.closest("[data-announced]")?.getAttribute("data-announced");
  return announced ? `fair-remind[data-announced="${CSS.escape(announced)}"] button` : "";
}

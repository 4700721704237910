/** Parts of the page as the server would draw them now. */

import { showTimes } from "./when.js";

/**
 * Fetch this very page again and take the content of the elements with these ids from it; rejects when offline.
 * @param {string[]} ids
 * @param {() => Element[]} [kept] elements with an id that are not touched, as somebody types in them
 * @returns {Promise<Document>} that page
 */
export async function freshen(ids, kept = () => []) {
  const fresh = await fetchPage(location.pathname + location.search);
  for (const id of ids) replaceContent(id, fresh, kept());
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

/** @param {string} id @param {Document} fresh @param {Element[]} kept */
function replaceContent(id, fresh, kept) {
  const old = document.getElementById(id);
  const now = fresh.getElementById(id);
  if (!old || !now) return;
  const focused = old.contains(document.activeElement) ? waysTo(document.activeElement) : "";
  if (kept.length) replaceChildren(old, now, kept);
  else old.replaceChildren(...now.childNodes);
  showTimes(old);
  if (focused) /** @type {HTMLElement | null} */ (old.querySelector(focused))?.focus();
}

/**
 * Put the children of `now` in place of those of `old`; what is kept stays in the document where it is, because a field
 * that is moved loses its caret, and the signs that are just being composed.
 * @param {Element} old @param {Element} now @param {Element[]} kept
 */
function replaceChildren(old, now, kept) {
  const holders = [...old.children].filter((child) => kept.some((one) => child.contains(one)));
  for (const child of [...old.childNodes]) if (!holders.includes(/** @type {Element} */ (child))) child.remove();
  let next = old.firstChild;
  for (const child of [...now.childNodes]) {
    const holder = holders.find((one) => kept.some((it) => one.contains(it) && holds(child, it.id)));
    if (!holder) {
      old.insertBefore(child, next);
      continue;
    }
    if (!kept.includes(holder)) replaceChildren(holder, /** @type {Element} */ (child), kept);
    next = holder.nextSibling;
  }
}

/** @param {Node} node @param {string} id @returns {boolean} */
function holds(node, id) {
  return node instanceof Element && (node.id === id || node.querySelector(`#${CSS.escape(id)}`) !== null);
}

/** @param {Element | null} element @returns {string} a selector that finds what stands in its place later */
function waysTo(element) {
  const href = element?.getAttribute("href");
  if (href) return `a[href="${CSS.escape(href)}"]`;
  const announced = element?.closest("[data-announced]")?.getAttribute("data-announced");
  return announced ? `fair-remind[data-announced="${CSS.escape(announced)}"] button` : "";
}

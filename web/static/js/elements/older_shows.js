/** The Shows tab: earlier shows come below those that are listed, and what is played meanwhile plays on. */

import { fetchPage } from "./fresh.js";

/** @param {HTMLElement} panel */
export function keepOlderShows(panel) {
  panel.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[data-older]") : null;
    if (!(link instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (link.ariaBusy !== "true") listOlder(panel, link);
  });
}

/** @param {HTMLElement} panel @param {HTMLAnchorElement} link */
async function listOlder(panel, link) {
  link.ariaBusy = "true";
  try {
    const fresh = (await fetchPage(link.href)).getElementById(panel.id);
    const rows = [...(fresh?.querySelectorAll(".shows > li") ?? [])];
    panel.querySelector(".shows")?.append(...rows);
    const next = fresh?.querySelector("a[data-older]")?.getAttribute("href");
    if (next) link.setAttribute("href", next);
    else link.parentElement?.remove();
    /** @type {HTMLElement | null | undefined} */ (rows[0]?.querySelector("a"))?.focus();
  } catch {
    location.assign(link.href);
  } finally {
    link.ariaBusy = null;
  }
}

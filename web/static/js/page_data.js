/** What the server wrote into the page for its scripts, read once. */

/** @type {Record<string, any> | null} */
let data = null;

/**
 * Return the page's data; an empty object on a page that carries none.
 * @returns {Record<string, any>}
 */
export function pageData() {
  data ??= JSON.parse(document.getElementById("page-data")?.textContent || "{}");
  return data ?? {};
}

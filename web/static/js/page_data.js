/** What the server wrote into the page for its scripts, read once. */

/** @type {Record<string, any> | null} */
let data = null;

/**
 * Return the page's data; an empty object on a page that carries none.
 * @returns {Record<string, any>}
 */
export function pageData() {
  data ??= dataOf(document);
  return data;
}

/** The same of any page. @param {Document} page @returns {Record<string, any>} */
export function dataOf(page) {
  return JSON.parse(page.getElementById("page-data")?.textContent || "{}");
}

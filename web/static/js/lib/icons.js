// Icons from the one sprite, hidden from screen readers: the control around an icon carries the name.

const SPRITE = new URL("../../icons.svg", import.meta.url).href;
const SVG = "http://www.w3.org/2000/svg";
const MIRRORED = new Set(["arrow-left", "arrow-right", "chevron-left", "chevron-right", "log-in", "log-out", "send"]);

/**
 * Return an icon as an element, for `append` or as a value in a Lit template.
 * @param {string} name a Lucide name that tools/vendor.mjs lists
 * @param {string} [extra] further classes
 */
export function icon(name, extra = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", `icon ${MIRRORED.has(name) ? "icon-mirrored" : ""} ${extra}`.replace(/\s+/g, " ").trim());
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${SPRITE}#${name}`);
  svg.append(use);
  return svg;
}

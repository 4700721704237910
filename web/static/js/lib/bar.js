/** The bar with the call, which on a phone lies over the end of the page: what lies below it can be scrolled above it. */

/** Say in `--bar` how high it is, now and whenever that changes. */
export function measureBar() {
  const room = /** @type {HTMLElement} */ (document.querySelector(".room"));
  const bar = /** @type {HTMLElement} */ (room.querySelector(".room-call"));
  new ResizeObserver(() => room.style.setProperty("--bar", `${bar.offsetHeight}px`)).observe(bar, { box: "border-box" });
}

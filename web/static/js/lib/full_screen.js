/** What is to be seen and pressed while something fills the screen: a browser draws nothing else, and some let nothing else be pressed. */

/** A browser takes the focus from what it is about to cover, this long before it says that something fills the screen. */
const TAKEN_MS = 1000;

/**
 * Have an element lie in whatever fills the screen, as long as something does, and else in the page. What has the focus keeps it.
 * @param {HTMLElement} element in the document; it is taken out of it for the move
 * @returns {() => void} ends that
 */
export function keepOverFullScreen(element) {
  /** @type {HTMLElement | null} */
  let focused = null;
  let lostAt = Infinity;
  const move = () => {
    const place = document.fullscreenElement ?? document.body;
    if (element.parentElement === place) return;
    const isHeld = element.contains(document.activeElement) || performance.now() - lostAt < TAKEN_MS;
    const keeps = isHeld ? focused : null;
    place.append(element);
    keeps?.focus();
  };
  element.addEventListener("focusin", ({ target }) => {
    focused = /** @type {HTMLElement} */ (target);
    lostAt = Infinity;
  });
  element.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget) focused = null;
    lostAt = performance.now();
  });
  document.addEventListener("fullscreenchange", move);
  if (document.fullscreenElement) queueMicrotask(move);
  return () => document.removeEventListener("fullscreenchange", move);
}

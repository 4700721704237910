/** What is to be seen and pressed while something fills the screen: a browser draws nothing else, and some let nothing else be pressed. */

/**
 * Have an element lie in whatever fills the screen, as long as something does, and else in the page.
 * @param {HTMLElement} element in the document; it is taken out of it for the move
 * @returns {() => void} ends that
 */
export function keepOverFullScreen(element) {
  const move = () => moveInto(document.fullscreenElement ?? document.body, element);
  document.addEventListener("fullscreenchange", move);
  if (document.fullscreenElement) queueMicrotask(move);
  return () => document.removeEventListener("fullscreenchange", move);
}

/** What has the focus keeps it.  @param {Element} place @param {HTMLElement} element */
function moveInto(place, element) {
  if (element.parentElement === place) return;
  const focused = element.contains(document.activeElement) ? document.activeElement : null;
  place.append(element);
  if (focused instanceof HTMLElement) focused.focus();
}

/**
 * Loads a page again whose scripts did not all arrive, as when the network changes just then: without them it would wait
 * for ever. No module, so that it stands before them all.
 */
(() => {
  const KEY = "torn";
  const PAUSE_MS = 1500;
  /** Scripts that never come are no reason to go on. */
  const TRIES = 2;
  const WITHIN_MS = 60_000;

  let isTorn = false;

  /** @returns {number[]} when pages of this tab were loaded again lately */
  const lately = () => {
    const times = /** @type {number[]} */ (JSON.parse(sessionStorage.getItem(KEY) ?? "[]"));
    return times.filter((at) => Date.now() - at < WITHIN_MS);
  };

  const again = () => {
    const times = lately();
    if (times.length >= TRIES) return;
    sessionStorage.setItem(KEY, JSON.stringify([...times, Date.now()]));
    location.reload();
  };

  // An error of loading does not bubble, but it can be heard on its way down.
  addEventListener("error", ({ target }) => {
    if (isTorn || !(target instanceof HTMLScriptElement)) return;
    isTorn = true;
    setTimeout(() => (navigator.onLine ? again() : addEventListener("online", again, { once: true })), PAUSE_MS);
  }, { capture: true });
})();

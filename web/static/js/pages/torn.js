/**
 * Loads a page again of which not all scripts and styles arrived, as when the network changes just then: without them it would
 * wait for ever. Stands in the page itself, before whatever could be missing.
 */
(() => {
  const KEY = "torn";
  const PAUSE_MS = 1500;
  /** What never comes is no reason to go on. */
  const TRIES = 2;
  const WITHIN_MS = 60_000;
  /** How browsers say that a module that was imported later did not come. */
  const NO_MODULE = /dynamically imported module|importing a module/i;

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

  const tear = () => {
    if (isTorn) return;
    isTorn = true;
    setTimeout(() => (navigator.onLine ? again() : addEventListener("online", again, { once: true })), PAUSE_MS);
  };

  /** @param {unknown} error */
  const isOfModule = (error) => error instanceof TypeError && NO_MODULE.test(error.message);
  /** @param {EventTarget | null} target */
  const isNeeded = (target) => target instanceof HTMLScriptElement || (target instanceof HTMLLinkElement && target.rel === "stylesheet");

  // An error of loading does not bubble, but it can be heard on its way down.
  addEventListener("error", (event) => (isNeeded(event.target) || isOfModule(event.error)) && tear(), { capture: true });
  addEventListener("unhandledrejection", ({ reason }) => isOfModule(reason) && tear());
})();

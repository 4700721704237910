// Notifications of the browser: asked for after a gesture only, and shown while the page is out of sight.

/** Ask once, and only now that the person has said what for. */
export function askForNotifications() {
  if ("Notification" in window && Notification.permission === "default") Notification.requestPermission().catch(() => undefined);
}

/**
 * Show one if that is allowed.
 * @param {string} words
 * @param {string} href what a click opens
 * @param {string} tag the same in all windows, so that one is shown
 */
export function notify(words, href, tag) {
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  try {
    new Notification(words, { tag }).addEventListener("click", () => window.open(href, "_blank", "noopener"));
  } catch {
    // some phones know notifications from service workers only: the notice on the page has to do
  }
}

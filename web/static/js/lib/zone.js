// The reader's time zone, told to the server in a cookie, so that pages and mails come with times on the reader's clock.

/**
 * Tell the server the zone of this clock, and load the page again where it was drawn for another.
 * @param {string} drawn the zone the page was drawn for
 */
export function tellZone(drawn) {
  const zone = keepZone();
  if (zone && zone !== drawn && told() === zone) location.reload(); // without cookies the page stays as it is
}

/**
 * Tell the server the zone of this clock from the next request on.
 * @returns {string} the zone, where the server did not know it yet
 */
export function keepZone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone || told() === zone) return "";
  document.cookie = `zone=${encodeURIComponent(zone)}; path=/; max-age=31536000; samesite=lax`;
  return zone;
}

/** @returns {string} what the cookie says */
function told() {
  const found = document.cookie.split("; ").find((pair) => pair.startsWith("zone="));
  return found ? decodeURIComponent(found.slice("zone=".length)) : "";
}

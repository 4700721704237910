// The reader's time zone, told to the server in a cookie, so that pages come with times on the reader's clock.

/**
 * Tell the server the zone of this clock, and load the page again where it was drawn for another.
 * @param {string} drawn the zone the page was drawn for
 */
export function tellZone(drawn) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone || told() === zone) return;
  document.cookie = `zone=${encodeURIComponent(zone)}; path=/; max-age=31536000; samesite=lax`;
  if (zone !== drawn && told() === zone) location.reload(); // without cookies the page stays as it is
}

/** @returns {string} what the cookie says */
function told() {
  const found = document.cookie.split("; ").find((pair) => pair.startsWith("zone="));
  return found ? decodeURIComponent(found.slice("zone=".length)) : "";
}

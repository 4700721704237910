/** Films that nobody has asked for: whether one may run while a room is dark. */

/** Not for those who want no motion, nor for those who pay for each megabyte. */
export function mayPlayFilms() {
  /** @type {{saveData?: boolean} | undefined} */
  const network = /** @type {any} */ (navigator).connection;
  return !network?.saveData && !matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/**
 * What runs as a show is recorded already: which recording it is, and how it is played from where it is now.
 * @param {import("../transport/protocol.js").Show} show
 * @param {number} now Unix seconds by the server's clock
 */
export function filmNow({ film, started_at: since }, now) {
  if (!film) return null;
  const from = Math.max(0, now - since) % film.seconds;
  return { recording: film.recording, how: { manner: /** @type {const} */ ("whole"), from, isLoop: true } };
}

/** Films that nobody has asked for: whether one may run while a room is dark. */

/** Not for those who want no motion, nor for those who pay for each megabyte. */
export function mayPlayFilms() {
  /** @type {{saveData?: boolean} | undefined} */
  const network = /** @type {any} */ (navigator).connection;
  return !network?.saveData && !matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/**
 * What runs as a show is recorded already: where it is, and how it is played from where it is now, which its gaps move.
 * @param {import("../transport/protocol.js").Show} show
 * @param {number} now Unix seconds by the server's clock
 */
export function filmNow({ film, started_at: since }, now) {
  if (!film) return null;
  const at = Math.max(0, now - since) % film.seconds;
  const [begins, second] = film.pieces.filter(([begins]) => begins <= at).at(-1) ?? [0, 0];
  return { url: film.url, how: { manner: /** @type {const} */ ("whole"), from: second + at - begins, isLoop: true } };
}

/**
 * The second of its recording that is seen where a film is followed directly.
 * @param {import("../transport/protocol.js").Show} show
 * @param {number} now Unix seconds by the server's clock
 */
export function filmSecond(show, now) {
  return filmNow(show, now)?.how.from ?? 0;
}

/** What of a show was or is recorded, by its id. @param {import("../transport/protocol.js").Show} show */
export function recordingOf({ id, film }) {
  return film?.recording ?? id;
}

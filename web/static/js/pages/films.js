/** Films that nobody has asked for: whether one may run while a room is dark. */

/** Not for those who want no motion, nor for those who pay for each megabyte. */
export function mayPlayFilms() {
  /** @type {{saveData?: boolean} | undefined} */
  const network = /** @type {any} */ (navigator).connection;
  return !network?.saveData && !matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** What a room plays, and at which addresses. */

import { filmNow } from "./films.js";

/** @typedef {import("../transport/protocol.js").Show} Show */
/** @typedef {import("./later_player.js").How} How */
/**
 * Addresses of what is played; `{show}` stands for the show's id. `hls` and `whole` are empty where the fair serves no HLS.
 * @typedef {{whep: string, hls: string, whole: string, loop: {show: string, url: string} | null}} Sources
 */

/** @param {string} address @param {Show | null} show */
export function addressOf(address, show) {
  return address.replace("{show}", show?.id ?? "");
}

/**
 * What is on the air now, for the later player: a film that runs as a show is there as a file.
 * @param {Sources} sources @param {Show | null} show @param {number} now Unix seconds by the server's clock
 * @returns {[string, How & {isLoop?: boolean}]}
 */
export function liveOverHttp({ hls }, show, now) {
  const film = show && filmNow(show, now);
  return film ? [film.url, film.how] : [addressOf(hls, show), {}];
}

/** Takes hls.js over the pauses of a show, which its playlist lists as gaps: it would wait in them for what never comes. */

/**
 * @typedef {import("../../vendor/hls.js").Hls} Hls
 * @typedef {{start: number, end: number, gap?: boolean}} Piece a segment of the playlist, in seconds
 */

/** Sound and picture do not begin at the very same instant behind a gap; so much later both are there. */
const BEHIND_SECONDS = 0.1;
/** Times of a playlist are rounded. */
const ROUNDED_SECONDS = 0.05;

/**
 * Return `second`, or where playing is possible again when it lies in a gap; null while nothing stands behind it yet.
 * @param {Piece[]} pieces in order @param {number} second
 */
export function behindGap(pieces, second) {
  const first = pieces.findIndex(({ start, end }) => second >= start - ROUNDED_SECONDS && second < end - ROUNDED_SECONDS);
  if (first < 0 || !pieces[first]?.gap) return second;
  const next = pieces.slice(first).find(({ gap }) => !gap);
  return next ? next.start + BEHIND_SECONDS : null;
}

/** Watches one player; `close` it with the player. */
export class GapSkipper {
  /**
   * @param {Hls} hls
   * @param {HTMLVideoElement} video
   * @param {typeof import("../../vendor/hls.js").Events.LEVEL_UPDATED} updated the event that brings a new playlist
   */
  constructor(hls, video, updated) {
    this._hls = hls;
    this._video = video;
    /** @type {Piece[]} */
    this._pieces = [];
    this._stop = new AbortController();
    for (const event of ["timeupdate", "waiting", "seeking"]) {
      video.addEventListener(event, () => this._look(), { signal: this._stop.signal });
    }
    hls.on(updated, (_event, { details }) => {
      this._pieces = details.fragments;
      this._look();
    });
  }

  close() {
    this._stop.abort();
  }

  _look() {
    const video = this._video;
    const at = video.readyState > 0 ? video.currentTime : this._hls.startPosition;
    if (at < 0) return; // not known yet: the newest second there is
    const to = behindGap(this._pieces, at);
    if (to === null || to <= at) return;
    if (video.readyState > 0) video.currentTime = to;
    else this._hls.startLoad(to);
  }
}

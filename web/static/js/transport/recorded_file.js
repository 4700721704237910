/** Plays a recording that is one file (WebM) into a `<video>`; the same shape as `HlsPlayer`. Knows no page. */

import { backOff } from "./back_off.js";
import { problemAt } from "./problem.js";

/** @typedef {import("./hls.js").HlsState} HlsState */
/** @typedef {import("./hls.js").HlsEvents} HlsEvents */

/** @type {Record<number, HlsState>} what an answer other than 200 means to a viewer */
const MEANING = { 401: "refused", 403: "refused", 404: "off", 410: "refused", 429: "full", 503: "full" };
/** @type {Set<HlsState>} what another try may change */
const TRIES_AGAIN = new Set(["lost", "off", "full"]);

export class RecordedFile {
  /** @param {HTMLVideoElement} video @param {HlsEvents} [events] */
  constructor(video, events = {}) {
    this.video = video;
    this._events = events;
    /** @type {HlsState} */
    this.state = "idle";
    this.secondsBehind = null;
    this._url = "";
    /** @type {number | null} */
    this._from = null;
    this._attempt = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this._timer = undefined;
    video.addEventListener("loadedmetadata", () => this._isOurs() && this._from && (video.currentTime = this._from));
    video.addEventListener("loadeddata", () => this._isOurs() && this._flows());
    video.addEventListener("ended", () => this._isOurs() && this._events.onEnded?.());
    video.addEventListener("error", () => this._isOurs() && this._explain());
  }

  /** @param {string} url @param {{from?: number | null}} [how] the second to begin at */
  play(url, { from = null } = {}) {
    this._url = url;
    this._from = from;
    this.retry();
  }

  retry() {
    clearTimeout(this._timer);
    this._become("connecting", "");
    this.video.src = this._url;
  }

  stop() {
    if (this.state === "idle") return;
    clearTimeout(this._timer);
    this._become("idle", "");
    this.video.removeAttribute("src");
    this.video.load();
  }

  _isOurs() {
    return this.state !== "idle";
  }

  _flows() {
    this._attempt = 0;
    this._become("connected", "");
    this._events.onFlow?.();
  }

  /** A `<video>` says that it failed, and not why: asking for nothing but the head of the file tells. */
  async _explain() {
    if (this.video.error?.code === MediaError.MEDIA_ERR_DECODE) return this._become("refused", "");
    this._from = this.video.currentTime || this._from;
    const url = this._url;
    const { status, detail, retryAfterSeconds } = await problemAt(url, "HEAD");
    if (!this._isOurs() || url !== this._url) return;
    this._become(status === 200 || status === 206 ? "unsupported" : (MEANING[status] ?? "lost"), detail);
    if (!TRIES_AGAIN.has(this.state)) return;
    clearTimeout(this._timer);
    this._timer = setTimeout(() => this.retry(), Math.max(backOff(this._attempt++), retryAfterSeconds * 1000));
  }

  /** @param {HlsState} state @param {string} why */
  _become(state, why) {
    if (state === this.state) return;
    this.state = state;
    this._events.onState?.(state, why);
  }
}

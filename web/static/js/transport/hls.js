/**
 * Plays one show over HLS into a `<video>`: starts, says what happens, tries again by itself. The same shape as
 * `WhepPlayer`, for lines and browsers that get no picture from that one. Knows no page.
 */

import { backOff } from "./back_off.js";
import { openHls } from "./hls_engine.js";
import { HlsSizes } from "./hls_sizes.js";
import { problemAt } from "./problem.js";

/**
 * As of WHEP. off: nothing to play there now. full: asked to wait. lost: will try again by itself. unsupported: this show has no
 * HLS, or this browser plays none. refused: not for this viewer, or not for this browser; trying again is of no use.
 * @typedef {import("./whep.js").WhepState} HlsState
 * @typedef {"low_delay" | "whole"} HlsManner the edge of a running show, or all of a show from any second of it
 * @typedef {import("./quality.js").Quality & {secondsBehind: number | null}} HlsQuality
 * @typedef {{onState?: (state: HlsState, why: string) => void, onFlow?: () => void,
 *   onQuality?: (quality: HlsQuality) => void, onEnded?: () => void}} HlsEvents
 * `onFlow` fires when the first frame can be shown, `onEnded` when the last one was.
 */

const STATS_MS = 2000;
/** Nothing there yet: a show that has just begun is there within seconds. */
/** @type {[number, number]} */
const OFF_MS = [1500, 15_000];
const NO_USE = new Set(["unsupported", "refused"]);

/** @type {Record<number, HlsState>} what an answer other than 200 means to a viewer */
const MEANING = { 401: "refused", 403: "refused", 404: "off", 409: "off", 410: "refused", 429: "full", 503: "full" };

/** One viewer. The `<video>` is the caller's: muted or not, shown or not. */
export class HlsPlayer {
  /** @param {HTMLVideoElement} video @param {HlsEvents} [events] */
  constructor(video, events = {}) {
    this.video = video;
    this._events = events;
    this.sizes = new HlsSizes();
    /** @type {HlsState} */
    this.state = "idle";
    this._url = "";
    /** @type {HlsManner} */
    this._manner = "low_delay";
    /** @type {number | null} */
    this._from = null;
    this._attempt = 0;
    this._run = 0; // counts tries, so that what an old one says is passed over
    /** @type {import("./hls_engine.js").HlsEngine | null} */
    this._engine = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this._timer = undefined;
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this._stats = undefined;
    video.addEventListener("loadeddata", () => this._flows());
    video.addEventListener("ended", () => this._engine && this._events.onEnded?.());
  }

  /**
   * Play what `url` lists; `from` is the second to begin at, null the edge of a running show.
   * @param {string} url a multivariant playlist
   * @param {{manner?: HlsManner, from?: number | null}} [how]
   */
  play(url, { manner = "low_delay", from = null } = {}) {
    if (url !== this._url) this.sizes.forget();
    this._url = url;
    this._manner = manner;
    this._from = from;
    this.retry();
  }

  /** What to load of the picture; without it, and with it again, another playlist. @param {import("./layers.js").Choice} choice */
  choose(choice) {
    const wasSoundOnly = this.sizes.isSoundOnly;
    this.sizes.choose(choice);
    if (this.state === "idle" || this.sizes.isSoundOnly === wasSoundOnly) return;
    this._keepSecond();
    this.retry();
  }

  /** Try now instead of later. */
  retry() {
    this._attempt = 0;
    this._begin();
  }

  /** Let go of the video and of what was loaded. */
  stop() {
    this._leave();
    this._become("idle", "");
  }

  /** @returns {number | null} seconds behind what the exhibitor does now; null while unknown */
  get secondsBehind() {
    return this._engine?.secondsBehind() ?? null;
  }

  async _begin() {
    this._leave();
    const run = this._run;
    this._become("connecting", "");
    const onFailed = (/** @type {string} */ why) => void (run === this._run && this._explain(run, why));
    const onOffered = (/** @type {import("./hls_sizes.js").Offered} */ offered) => void (run === this._run && this.sizes.attend(offered));
    try {
      const wish = { manner: this._manner, from: this._from, onFailed, onOffered };
      const engine = await openHls(this.video, this.sizes.address(this._url), wish);
      if (run === this._run) this._engine = engine;
      else engine.close();
    } catch (error) {
      if (run === this._run) this._failed("lost", String(error)); // the player itself was not loaded
    }
  }

  /** The engine gave up: the server's own words say whether it is of use to try again. @param {number} run @param {string} why */
  async _explain(run, why) {
    if (why === "unsupported" || why === "refused") return this._failed(why, "");
    const { status, code, detail, retryAfterSeconds } = await problemAt(this.sizes.address(this._url));
    if (run !== this._run) return;
    if (code === "no_track" && this.sizes.isSoundOnly) {
      this.sizes.lackSound();
      this.retry();
    } else if (code === "no_hls") this._failed("unsupported", detail);
    else this._failed(MEANING[status] ?? "lost", detail, retryAfterSeconds);
  }

  _flows() {
    if (this.state === "idle") return;
    this._attempt = 0;
    this._become("connected", "");
    this._events.onFlow?.();
    clearInterval(this._stats);
    this._stats = setInterval(() => this._measure(), STATS_MS);
  }

  _measure() {
    if (this._engine && this.state === "connected" && !this.sizes.isSoundOnly) this._events.onQuality?.(this._engine.quality());
  }

  /** @param {HlsState} state @param {string} why @param {number} [afterSeconds] what the server asked for */
  _failed(state, why, afterSeconds = 0) {
    this._keepSecond();
    this._leave();
    this._become(state, why);
    if (NO_USE.has(state)) return;
    const pause = state === "off" ? backOff(this._attempt++, ...OFF_MS) : backOff(this._attempt++);
    this._timer = setTimeout(() => this._begin(), Math.max(pause, afterSeconds * 1000));
  }

  /** What comes next goes on where this was; the edge of a show is where it is. */
  _keepSecond() {
    if (this._manner === "whole" && this.video.currentTime > 0) this._from = this.video.currentTime;
  }

  _leave() {
    this._run += 1;
    this.sizes.leave();
    clearTimeout(this._timer);
    clearInterval(this._stats);
    this._engine?.close();
    this._engine = null;
  }

  /** @param {HlsState} state @param {string} why */
  _become(state, why) {
    if (state === this.state) return;
    this.state = state;
    this._events.onState?.(state, why);
  }
}

/** Rewinding a show that runs: from its beginning to now, and back to live. */

import "../elements/seek.js";
import { spriteAt } from "../elements/seek_preview.js";
import { problemAt } from "../transport/problem.js";
import { Deck } from "./deck.js";
import { element } from "./element.js";

/** So near the newest second nothing can be told from live. */
const LIVE_SECONDS = 4;
/** What is sent now can be played from its playlist so much later. */
const EDGE_SECONDS = 3;
/** The playlist of a show that has just begun is not there yet. */
const ASK_AGAIN_MS = 10_000;
const ASKS = 12;
/** Stills of a running show are asked for again when somebody looks for a place and they are older than this. */
const STILLS_MS = 20_000;

export class Rewind {
  /**
   * @param {import("./room_playback.js").Playback} playback
   * @param {import("../transport/clock.js").ServerClock} clock
   * @param {string} address of a show's whole playlist, with `{show}` for its id; empty where there is none
   */
  constructor(playback, clock, address) {
    this._playback = playback;
    this._clock = clock;
    this._address = address;
    /** The show that has been found to have a playlist. */
    this._ready = "";
    this._asked = "";
    this._deck = new Deck({
      at: () => this._at(),
      end: () => this._end(),
      isLive: () => this._playback.way !== "whole",
      isHeld: () => this._playback.later.isHeld,
      canSeek: () => this._canSeek(),
      seek: (second) => this._seek(second),
      hold: (isHeld) => this._hold(isHeld),
      setRate: (rate) => (this._playback.later.video.playbackRate = rate),
    });
    this._stillsAt = -STILLS_MS;
    this._deck.seek.addEventListener("pointerenter", () => this._fetchStills());
    element("to-live").addEventListener("click", () => this.toLive());
    playback.later.video.addEventListener("timeupdate", () => this._catchUp());
  }

  /** What is played has changed, or the show. */
  look() {
    const { show, way } = this._playback;
    element("to-live").hidden = way !== "whole";
    if (way !== "whole") this._deck.resetSpeed();
    if (show && !show.is_film && this._address && this._asked !== show.id) this._ask(show.id, ASKS);
    this._deck.draw();
  }

  toLive() {
    this._playback.toLive();
    this._deck.resetSpeed();
    this.look();
  }

  /** Does this show have a playlist? One in a codec that HLS does not know has none. @param {string} show @param {number} left */
  async _ask(show, left) {
    this._asked = show;
    const { status, code } = await problemAt(this._address.replace("{show}", show));
    if (this._playback.show?.id !== show) return;
    if (status === 200) this._ready = show;
    else if (left > 1 && code !== "no_hls") setTimeout(() => this._playback.show?.id === show && this._ask(show, left - 1), ASK_AGAIN_MS);
    this._deck.draw();
  }

  async _fetchStills() {
    const { show } = this._playback;
    if (!show || performance.now() - this._stillsAt < STILLS_MS) return;
    this._stillsAt = performance.now();
    this._deck.seek.sprite = await spriteAt(`/shows/${show.id}/sprite.json`);
  }

  _canSeek() {
    const { show, way } = this._playback;
    return way === "whole" || (show !== null && this._ready === show.id && this._playback.canRewind);
  }

  _end() {
    const { show, later } = this._playback;
    if (show) return Math.max(0, this._clock.now() - show.started_at);
    return Number.isFinite(later.video.duration) ? later.video.duration : 0;
  }

  _at() {
    return this._playback.way === "whole" ? this._playback.later.video.currentTime : this._end();
  }

  /** @param {number} second */
  _seek(second) {
    if (this._playback.show && this._end() - second < LIVE_SECONDS) this.toLive();
    else this._playback.rewind(second);
    this.look();
  }

  /** @param {boolean} isHeld */
  _hold(isHeld) {
    const { later, way } = this._playback;
    if (way === "whole" || !isHeld) return later.hold(isHeld);
    later.isHeld = true;
    this._playback.freeze();
    this._playback.rewind(Math.max(0, this._end() - EDGE_SECONDS));
    this.look();
  }

  /** Whoever watches faster than the show runs comes to its edge, and is live again. */
  _catchUp() {
    const { show, way, later } = this._playback;
    if (!show || way !== "whole" || later.isHeld || later.video.playbackRate <= 1) return;
    if (this._end() - later.video.currentTime < LIVE_SECONDS) this.toLive();
  }
}

/** Plays a recording on the stage: from any second on, over its gaps, and says what goes on. */

import { gapAt, playable } from "../elements/seek_words.js";
import { LaterPlayer } from "./later_player.js";
import { fittingRecorded } from "./stage_words.js";

/** @typedef {import("../elements/seek_words.js").Gap} Gap */

const LOOK_MS = 100;
/** A place so near a gap's end is behind it: players come to rest a frame early. */
const NEAR_SECONDS = 0.2;

export class ReplayPlayback {
  /** @param {import("../elements/stage.js").FairStage} stage @param {Gap[]} gaps in order */
  constructor(stage, gaps) {
    this._stage = stage;
    this._gaps = gaps;
    this._hasEnded = false;
    /** Called when playing comes to a pause of the show, with the pause. @type {(gap: Gap) => void} */
    this.onGap = () => {};
    this.later = new LaterPlayer(stage, { onState: () => this._look(), onEnded: () => this._end() });
    this.video = this.later.video;
    stage.onPicture = () => this._look();
    stage.onRetry = () => this.later.retry();
    this.video.addEventListener("timeupdate", () => this._skipGap());
  }

  /** @param {string} url a playlist or a file @param {number} second */
  begin(url, second) {
    this.later.play(url, { manner: "whole", from: playable(this._gaps, second) });
    this._timer = setInterval(() => this._look(), LOOK_MS);
  }

  leave() {
    clearInterval(this._timer);
    this.later.stop();
  }

  /** @returns {number} the second of the show that is seen */
  get second() {
    return this.video.currentTime;
  }

  /** @returns {boolean} */
  get isHeld() {
    return this.later.isHeld || this._hasEnded;
  }

  /** Go to a second, and play on from there if it was playing. @param {number} second */
  seek(second) {
    this._hasEnded = false;
    this.later.seek(playable(this._gaps, second));
  }

  /** @param {boolean} isHeld */
  hold(isHeld) {
    if (this._hasEnded && !isHeld) this.seek(0);
    this._hasEnded = false;
    this.later.hold(isHeld);
  }

  _end() {
    this._hasEnded = true;
    this._look();
  }

  _skipGap() {
    const gap = gapAt(this._gaps, this.video.currentTime + NEAR_SECONDS);
    if (!gap || this.video.seeking) return;
    this.video.currentTime = playable(this._gaps, gap.from);
    this.onGap(gap);
  }

  _look() {
    const stage = this._stage;
    if (stage.state === "blocked") return;
    stage.state = this._hasEnded ? "ended" : fittingRecorded(this.later.state, { hasPicture: stage.hasPicture, stillMs: stage.stillMs });
  }
}

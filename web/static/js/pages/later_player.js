/** Plays on the stage's later layer, over HTTP: HLS by its playlist, a recording in one file as a file. */

import { HlsPlayer } from "../transport/hls.js";
import { RecordedFile } from "../transport/recorded_file.js";

/** @typedef {import("../transport/hls.js").HlsEvents} HlsEvents */
/** @typedef {import("../transport/hls.js").HlsState} HlsState */

export class LaterPlayer {
  /** @param {import("../elements/stage.js").FairStage} stage @param {HlsEvents} events */
  constructor(stage, events) {
    const layer = stage.layers.later;
    if (!layer) throw new Error("the stage has no later layer");
    this._stage = stage;
    this._layer = layer;
    this.video = layer.video;
    /** The viewer has stopped the picture: nothing starts by itself. */
    this.isHeld = false;
    const all = { ...events, onFlow: () => this._begin(events) };
    this._hls = new HlsPlayer(this.video, all);
    this._file = new RecordedFile(this.video, all);
    /** @type {HlsPlayer | RecordedFile} */
    this._player = this._hls;
  }

  /** @returns {HlsState} */
  get state() {
    return this._player.state;
  }

  /** @returns {number | null} */
  get secondsBehind() {
    return this._player.secondsBehind;
  }

  /**
   * @param {string} url a playlist, or a file
   * @param {{manner?: import("../transport/hls.js").HlsManner, from?: number | null, isLoop?: boolean}} [how]
   */
  play(url, { isLoop = false, ...how } = {}) {
    this._layer.forget();
    this._player.stop();
    this.video.loop = isLoop;
    this._player = /\.m3u8(\?|$)/.test(url) ? this._hls : this._file;
    this._player.play(url, how);
  }

  retry() {
    this._player.retry();
  }

  stop() {
    this.isHeld = false;
    this._layer.forget();
    this._player.stop();
  }

  /** @param {number} second */
  seek(second) {
    this.video.currentTime = second;
    if (!this.isHeld) this._stage.start("later");
  }

  /** @param {boolean} isHeld */
  hold(isHeld) {
    this.isHeld = isHeld;
    if (isHeld) this.video.pause();
    else this._stage.start("later");
  }

  /** @param {HlsEvents} events */
  _begin(events) {
    if (!this.isHeld) this._stage.start("later");
    events.onFlow?.();
  }
}

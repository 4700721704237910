/** How well a `<video>` plays that is fed over HTTP: figures per interval in the words of `quality.js`. */

/** @typedef {import("./quality.js").Quality} Quality */

const FAIR_DROPPED = 0.05;

/** Reads one video again and again; each reading is the difference to the one before. */
export class VideoMeter {
  /** @param {HTMLVideoElement} video */
  constructor(video) {
    this._video = video;
    this._waits = 0;
    this._last = { at: performance.now(), frames: 0, dropped: 0 };
    this._stop = new AbortController();
    video.addEventListener("waiting", () => (this._waits += 1), { signal: this._stop.signal });
  }

  close() {
    this._stop.abort();
  }

  /** @param {number} kbps what the line was found to carry, 0 where that is unknown @returns {Quality} */
  read(kbps) {
    const { totalVideoFrames: frames, droppedVideoFrames: dropped } = this._video.getVideoPlaybackQuality();
    const now = { at: performance.now(), frames, dropped };
    const seconds = Math.max(0.001, (now.at - this._last.at) / 1000);
    const share = (now.dropped - this._last.dropped) / Math.max(1, now.frames - this._last.frames);
    const fps = Math.max(0, now.frames - this._last.frames) / seconds;
    const quality = this._waits > 0 ? "poor" : share > FAIR_DROPPED ? "fair" : "good";
    this._waits = 0;
    this._last = now;
    const { videoWidth: width, videoHeight: height } = this._video;
    return { kbps, fps, width, height, lost: 0, jitterMs: 0, bufferMs: 0, rttMs: null, frames, quality };
  }
}

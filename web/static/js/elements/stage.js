/** The stage of a room: the picture, what is said over it, sound and full screen. */

import { _ } from "../i18n.js";

/** @typedef {"connecting" | "playing" | "away" | "lost" | "off" | "full" | "blocked" | "refused" | "unsupported"} StageState */

/** How old the picture behind "back in a moment" may be. */
const STILL_EVERY_MS = 1000;

/** `<fair-stage>`: shows the one message that fits `state`; the server wrote them all, so nothing is drawn here. */
export class FairStage extends HTMLElement {
  constructor() {
    super();
    /** @type {StageState} */
    this._state = "connecting";
    this._lastFrame = 0;
    this._lastStill = 0;
    this.hasPicture = false;
    /** Called with each first picture after a pause. */
    this.onPicture = () => {};
    this.onRetry = () => {};
  }

  connectedCallback() {
    this._video = /** @type {HTMLVideoElement} */ (this.querySelector("video"));
    this._still = /** @type {HTMLCanvasElement} */ (this.querySelector("canvas"));
    this._button("unmute")?.addEventListener("click", () => this._sound(true));
    this._button("mute")?.addEventListener("click", () => this._sound(false));
    this._button("full-screen")?.addEventListener("click", () => this._fullScreen());
    this._button("play")?.addEventListener("click", () => this._start());
    for (const retry of this.querySelectorAll(".stage-retry")) retry.addEventListener("click", () => this.onRetry());
    document.addEventListener("visibilitychange", () => (this._lastFrame = performance.now()));
    this._watchFrames();
  }

  /** @param {MediaStream} stream */
  show(stream) {
    if (!this._video) return;
    if (this._video.srcObject !== stream) this._video.srcObject = stream;
    if (this._video.paused) this._start();
  }

  /** Keep a picture now and then: a video whose session has ended is black before anybody is told. */
  _keepStill() {
    const { _video: video, _still: still } = this;
    if (!video || !still || this._lastFrame - this._lastStill < STILL_EVERY_MS) return;
    this._lastStill = this._lastFrame;
    [still.width, still.height] = [video.videoWidth, video.videoHeight];
    still.getContext("2d")?.drawImage(video, 0, 0);
  }

  /** @returns {number} milliseconds since the last frame; a hidden page is given the benefit of the doubt */
  get stillMs() {
    return document.hidden ? 0 : performance.now() - this._lastFrame;
  }

  /** @returns {StageState} */
  get state() {
    return this._state;
  }

  /** @param {StageState} state */
  set state(state) {
    if (state === this._state && this.dataset.state === state) return;
    this._state = state;
    this.dataset.state = state;
    for (const message of /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll("[data-says]"))) {
      message.hidden = !(message.dataset.says ?? "").split(" ").includes(state);
    }
    this._offerSound();
  }

  _watchFrames() {
    const video = this._video;
    if (!video) return;
    const frame = () => {
      this._lastFrame = performance.now();
      this.hasPicture = true;
      this._keepStill();
      if (this._state !== "playing") this.onPicture();
      video.requestVideoFrameCallback(frame);
    };
    video.requestVideoFrameCallback(frame);
  }

  async _start() {
    try {
      await this._video?.play();
      if (this._state === "blocked") this.state = "connecting";
    } catch (error) {
      if (error instanceof DOMException && error.name === "NotAllowedError") this.state = "blocked";
    }
  }

  /** @param {boolean} on */
  _sound(on) {
    if (!this._video) return;
    this._video.muted = !on;
    this._video.volume = 1;
    if (on) this._start();
    this._offerSound();
    this._button(on ? "mute" : "unmute")?.focus();
  }

  _offerSound() {
    const muted = this._video?.muted ?? true;
    const useful = ["connecting", "playing", "away", "lost"].includes(this._state);
    this._button("unmute")?.toggleAttribute("hidden", !(muted && useful));
    this._button("mute")?.toggleAttribute("hidden", muted || !useful);
    this._button("full-screen")?.toggleAttribute("hidden", !useful);
  }

  async _fullScreen() {
    const video = /** @type {HTMLVideoElement & {webkitEnterFullscreen?: () => void} | undefined} */ (this._video);
    if (document.fullscreenElement) return document.exitFullscreen();
    if (this.requestFullscreen) return this.requestFullscreen().catch(() => undefined);
    return video?.webkitEnterFullscreen?.();
  }

  /** @param {string} id @returns {HTMLElement | null} */
  _button(id) {
    return this.querySelector(`#${id}`);
  }
}

/**
 * Say how the picture arrives, in one word for people and all figures for whoever asks.
 * @param {HTMLElement} place
 * @param {import("../transport/quality.js").Quality} quality
 */
export function sayQuality(place, { quality, width, height, kbps, fps, lost }) {
  const words = { good: _("Good picture"), fair: _("Fair picture"), poor: _("Poor picture") };
  place.hidden = quality === "good";
  place.textContent = words[quality];
  place.title = `${width}×${height} · ${Math.round(fps)} fps · ${Math.round(kbps)} kbit/s · ${(lost * 100).toFixed(1)} %`;
}

customElements.define("fair-stage", FairStage);

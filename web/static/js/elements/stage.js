/** The stage of a room: two layers of picture, what is said over them, sound and full screen. */

import { _ } from "../i18n.js";
import { Layer } from "./layer.js";

/**
 * sound: the viewer wants no picture. film: a recording fills the time until the next show. ended: a recording has been seen
 * to its end.
 * @typedef {"connecting" | "playing" | "sound" | "away" | "lost" | "off" | "full" | "blocked" | "refused" | "unsupported" | "film" | "ended"} StageState
 * @typedef {"direct" | "later"} LayerName what comes without delay, and what comes over HTTP, live or recorded
 */

/** How old the picture behind "back in a moment" may be. */
const STILL_EVERY_MS = 1000;
/** A browser that stops a picture again and again is not argued with faster than this. */
const GO_ON_MS = 100;

/** @returns {boolean} whether nobody has pressed anything on this page: then nobody has stopped a picture or turned its sound on */
function isUntouched() {
  return navigator.userActivation ? !navigator.userActivation.hasBeenActive : false;
}

/** `<fair-stage>`: shows the one message that fits `state`; the server wrote them all, so nothing is drawn here. */
export class FairStage extends HTMLElement {
  constructor() {
    super();
    /** @type {StageState} */
    this._state = "connecting";
    this._lastStill = 0;
    this._isMuted = true;
    /** @type {LayerName} */
    this.layer = "direct";
    /** @type {LayerName | undefined} what the browser does not let play before a press */
    this._blocked = undefined;
    /** @type {Partial<Record<LayerName, Layer>>} */
    this.layers = {};
    /** Called with each first picture after a pause. */
    this.onPicture = () => {};
    this.onRetry = () => {};
  }

  connectedCallback() {
    this._still = /** @type {HTMLCanvasElement} */ (this.querySelector("canvas"));
    for (const name of /** @type {LayerName[]} */ (["direct", "later"])) {
      const video = /** @type {HTMLVideoElement | null} */ (this.querySelector(`video[data-layer="${name}"]`));
      if (!video) continue;
      this.layers[name] = new Layer(video, () => this._frame(name));
      video.addEventListener("volumechange", () => this._keepMuted(name));
      video.addEventListener("pause", () => this._keepGoing(name));
    }
    this.choose(this.layers.direct ? "direct" : "later");
    this._button("unmute")?.addEventListener("click", () => this._sound(true));
    this._button("mute")?.addEventListener("click", () => this._sound(false));
    this._button("full-screen")?.addEventListener("click", () => this._fullScreen());
    this._button("play")?.addEventListener("click", () => this.start(this._blocked));
    for (const retry of this.querySelectorAll(".stage-retry")) retry.addEventListener("click", () => this.onRetry());
    document.addEventListener("visibilitychange", () => this._forgive());
  }

  /** @param {MediaStream} stream */
  show(stream) {
    const video = this.layers.direct?.video;
    if (!video) return;
    if (video.srcObject !== stream) video.srcObject = stream;
    if (video.paused) this.start("direct");
  }

  /** Lay one layer on top; the sound goes with it. @param {LayerName} name */
  choose(name) {
    this.layer = name;
    this.dataset.layer = name;
    for (const other of /** @type {LayerName[]} */ (Object.keys(this.layers))) this._mute(other);
  }

  /** The sound comes from the layer on top, unless the viewer wants none. @param {LayerName} name */
  _mute(name) {
    const video = this.layers[name]?.video;
    if (video) video.muted = name !== this.layer || this._isMuted;
  }

  /** WebKitGTK forgets `muted` as a source begins to play, and then stops it, for nobody has pressed anything. @param {LayerName} name */
  _keepMuted(name) {
    const layer = this.layers[name];
    if (layer?.hasPicture && !isUntouched()) return; // somebody may have pressed that
    if (!layer || layer.video.muted || !(name !== this.layer || this._isMuted)) return;
    this._mute(name);
    if (!layer.isHeld) this.start(name);
  }

  /** The same stops it in the middle, too; then nobody but us can let it go on. @param {LayerName} name */
  _keepGoing(name) {
    setTimeout(() => {
      const video = this.layers[name]?.video;
      if (!video?.paused || video.ended || !isUntouched() || document.hidden) return;
      this._mute(name);
      this.start(name);
    }, GO_ON_MS);
  }

  /** @returns {Layer | undefined} what lies on top */
  get top() {
    return this.layers[this.layer];
  }

  get hasPicture() {
    return this.top?.hasPicture ?? false;
  }

  /** Another show begins: no layer has shown anything of it. */
  forget() {
    for (const layer of Object.values(this.layers)) layer.forget();
  }

  _forgive() {
    for (const layer of Object.values(this.layers)) layer.lastFrame = performance.now();
  }

  /** Keep a picture now and then: a video whose session has ended is black before anybody is told. @param {Layer} layer */
  _keepStill({ video, lastFrame }) {
    const still = this._still;
    if (!still || lastFrame - this._lastStill < STILL_EVERY_MS) return;
    this._lastStill = lastFrame;
    [still.width, still.height] = [video.videoWidth, video.videoHeight];
    still.getContext("2d")?.drawImage(video, 0, 0);
  }

  /** @returns {number} milliseconds since the last frame of what lies on top */
  get stillMs() {
    return this.top?.stillMs ?? 0;
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

  /** @param {LayerName} name */
  _frame(name) {
    if (name !== this.layer || !this.top) return;
    this._keepStill(this.top);
    if (this._state !== "playing") this.onPicture();
  }

  /** Let a layer play; a browser that waits for a tap is given its button. @param {LayerName} [name] */
  async start(name = this.layer) {
    try {
      await this.layers[name]?.video.play();
      if (this._state === "blocked") this.state = "connecting";
    } catch (error) {
      const isInSight = name === this.layer || !this.hasPicture;
      if (!isInSight || !(error instanceof DOMException) || error.name !== "NotAllowedError") return;
      this._blocked = name;
      this.state = "blocked";
    }
  }

  /** @param {boolean} on */
  _sound(on) {
    const video = this.top?.video;
    if (!video) return;
    this._isMuted = !on;
    video.muted = !on;
    video.volume = 1;
    if (on && !this.top?.isHeld) this.start();
    this._offerSound();
    this._button(on ? "mute" : "unmute")?.focus();
  }

  _offerSound() {
    const muted = this._isMuted;
    const useful = ["connecting", "playing", "sound", "away", "lost", "ended"].includes(this._state);
    this.toggleAttribute("data-muted", muted);
    this._button("unmute")?.toggleAttribute("hidden", !(muted && useful));
    this._button("mute")?.toggleAttribute("hidden", muted || !useful);
    this._button("full-screen")?.toggleAttribute("hidden", !useful && this._state !== "film");
  }

  /** What is around the stage fills the screen with it: calls and notices come to lie there, and look as on the page. */
  async _fullScreen() {
    const video = /** @type {HTMLVideoElement & {webkitEnterFullscreen?: () => void} | undefined} */ (this.top?.video);
    if (document.fullscreenElement) return document.exitFullscreen();
    const show = this.parentElement;
    if (show?.requestFullscreen) return show.requestFullscreen().catch(() => undefined);
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

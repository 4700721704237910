/** What a browser may add to a call: a small window of the picture, and a blurred background. */

import { element } from "./element.js";

export class Extras {
  constructor() {
    this._video = /** @type {HTMLVideoElement} */ (element("other-video"));
    this._blur = /** @type {HTMLButtonElement} */ (element("blur"));
    /** @type {MediaStreamTrack | null} */
    this._camera = null;
    this._isBlurred = localStorage.getItem("blur") === "1";
    const window_ = element("small-window");
    window_.hidden = !document.pictureInPictureEnabled;
    window_.addEventListener("click", () => this._toggleWindow());
    this._blur.addEventListener("click", () => this._toggleBlur());
  }

  /** @param {MediaStreamTrack | null} camera */
  use(camera) {
    if (camera === this._camera) return;
    this._camera = camera;
    this._blur.hidden = !canBlur(camera);
    if (!this._blur.hidden && this._isBlurred) this._apply();
  }

  async _toggleWindow() {
    if (document.pictureInPictureElement) await document.exitPictureInPicture();
    else await this._video.requestPictureInPicture().catch(() => undefined); // no picture yet: nothing to show small
  }

  async _toggleBlur() {
    this._isBlurred = !this._isBlurred;
    localStorage.setItem("blur", this._isBlurred ? "1" : "0");
    await this._apply();
  }

  async _apply() {
    const wanted = /** @type {MediaTrackConstraints} */ ({ advanced: [{ backgroundBlur: this._isBlurred }] });
    await this._camera?.applyConstraints(wanted).catch(() => undefined); // the system may forbid it
    this._blur.setAttribute("aria-pressed", String(this._isBlurred));
  }
}

/** @param {MediaStreamTrack | null} camera */
function canBlur(camera) {
  const can = /** @type {{backgroundBlur?: boolean[]}} */ (camera?.getCapabilities?.() ?? {});
  return can.backgroundBlur?.includes(true) ?? false;
}

/** What a browser may add to a call: a small window of the picture, and a blurred background. */

import { element } from "./element.js";

export class Extras {
  constructor() {
    this._video = /** @type {HTMLVideoElement} */ (element("other-video"));
    this._blur = /** @type {HTMLButtonElement} */ (element("blur"));
    /** @type {MediaStreamTrack | null} */
    this._camera = null;
    this._wantsBlur = localStorage.getItem("blur") === "1";
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
    if (this._blur.hidden) return;
    camera?.addEventListener("configurationchange", () => this._show()); // the system has a switch of its own
    if (this._wantsBlur) this._apply();
    else this._show();
  }

  async _toggleWindow() {
    if (document.pictureInPictureElement) await document.exitPictureInPicture();
    else await this._video.requestPictureInPicture().catch(() => undefined); // no picture yet: nothing to show small
  }

  async _toggleBlur() {
    this._wantsBlur = !isBlurred(this._camera);
    localStorage.setItem("blur", this._wantsBlur ? "1" : "0");
    await this._apply();
  }

  async _apply() {
    const wanted = /** @type {MediaTrackConstraints} */ ({ advanced: [{ backgroundBlur: this._wantsBlur }] });
    await this._camera?.applyConstraints(wanted).catch(() => undefined); // the system may forbid it
    this._show();
  }

  /** What the camera does counts, not what was wished: nobody may take an open room for a blurred one. */
  _show() {
    this._blur.setAttribute("aria-pressed", String(isBlurred(this._camera)));
  }
}

/** @param {MediaStreamTrack | null} camera */
function canBlur(camera) {
  const can = /** @type {{backgroundBlur?: boolean[]}} */ (camera?.getCapabilities?.() ?? {});
  return can.backgroundBlur?.includes(true) ?? false;
}

/** @param {MediaStreamTrack | null} camera */
function isBlurred(camera) {
  return /** @type {{backgroundBlur?: boolean}} */ (camera?.getSettings() ?? {}).backgroundBlur ?? false;
}

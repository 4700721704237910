/** The picture of the studio: the own camera or screen, or, while somebody else sends, what the audience sees. */

import { _ } from "../i18n.js";
import { WhepPlayer } from "../transport/whep.js";
import { element } from "./element.js";

/** @typedef {"camera" | "screen" | "monitor" | "nothing"} Shown */

export class Preview {
  /** @param {string} url the room's WHEP endpoint */
  constructor(url) {
    this._url = url;
    this._video = /** @type {HTMLVideoElement} */ (element("preview"));
    this._own = new MediaStream();
    this._player = new WhepPlayer();
    /** @type {Shown} */
    this.shows = "nothing";
  }

  /** @param {MediaStreamTrack | null} track @param {boolean} isScreen @param {boolean} isOthers whether somebody else is on the air */
  show(track, isScreen, isOthers) {
    for (const old of this._own.getTracks()) if (old !== track) this._own.removeTrack(old);
    if (track) this._own.addTrack(track);
    if (track) this._become(isScreen ? "screen" : "camera");
    else this._become(isOthers ? "monitor" : "nothing");
  }

  /** @param {string} words why there is no picture @param {boolean} canOpen whether the camera can be turned on here */
  explain(words, canOpen) {
    element("preview-words").textContent = words;
    element("open-devices").hidden = !canOpen;
  }

  leave() {
    this._player.stop();
  }

  /** @param {Shown} shown */
  _become(shown) {
    if (shown === this.shows) return;
    const wasMonitor = this.shows === "monitor";
    this.shows = shown;
    if (wasMonitor) this._player.stop();
    this._video.srcObject = shown === "monitor" ? this._player.play(this._url) : shown === "nothing" ? null : this._own;
    this._video.play().catch(() => undefined); // a muted picture may play; else the browser shows its first frame
    element("preview-stage").dataset.shows = shown;
    element("preview-blank").hidden = shown !== "nothing";
    element("preview-badge").textContent = shown === "monitor" ? _("On air now") : _("Preview");
    element("screen-badge").hidden = shown !== "screen";
  }
}

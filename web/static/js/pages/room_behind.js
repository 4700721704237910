/** The badge that says why the picture comes a few seconds later than it could, and tries the direct way when pressed. */

import { _ } from "../i18n.js";
import { element } from "./element.js";

/** @typedef {import("./fallback.js").Reason} Reason */

/** @type {() => Record<Reason, string>} */
const WHY = () => ({
  no_path: _("This network lets live video through by the slower way only. Press to try the direct one again."),
  full: _("All seats without delay are taken. We try again by itself; press to try now."),
  losses: _("The direct connection broke several times. We try it again soon; press to try now."),
  unsupported: _("This browser plays live video by the slower way only."),
  refused: _("This browser and the server found no direct way to play this show."),
});

export class BehindBadge {
  /** @param {import("./room_playback.js").Playback} playback */
  constructor(playback) {
    this._playback = playback;
    this._button = /** @type {HTMLButtonElement} */ (element("behind"));
    this._button.addEventListener("click", () => this._playback.tryDirect());
  }

  look() {
    const { way, reason } = this._playback;
    const isBehind = way === "hls" && reason !== null;
    element("behind-group").hidden = !isBehind;
    if (isBehind && reason) element("behind-why").textContent = WHY()[reason];
  }
}

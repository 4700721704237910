/** The buttons under the picture: microphone, camera, screen, hang up; and what this person shows of themselves. */

import { _ } from "../i18n.js";
import { CALL_SIZE, canShareScreen } from "../transport/devices.js";
import { element } from "./element.js";
import { Sources } from "./sources.js";

/** @typedef {import("../transport/booth_protocol.js").Devices} Devices */
/**
 * @typedef {{
 *   screen: import("./meeting_screen.js").Screen,
 *   onTracks: (video: MediaStreamTrack | null, audio: MediaStreamTrack | null) => void,
 *   onDevices: (devices: Devices) => void,
 *   onHangUp: () => void,
 * }} ControlParts
 */

export class Controls {
  /** @param {ControlParts} parts */
  constructor(parts) {
    this._parts = parts;
    this._sources = new Sources(CALL_SIZE, () => this._changed());
  }

  /** @returns {Devices} */
  get devices() {
    const { camera, microphone, screen } = this._sources.tracks;
    return { microphone: microphone?.enabled === true, camera: camera !== null, screen: screen !== null };
  }

  begin() {
    element("share-screen").hidden = !canShareScreen();
    element("share-screen").addEventListener("click", () => this._toggleScreen());
    element("mute").addEventListener("click", () => this._toggleMicrophone());
    element("camera-off").addEventListener("click", () => this._toggleCamera());
    element("other-camera").addEventListener("click", () => this._sources.turn());
    element("hang-up").addEventListener("click", () => this._parts.onHangUp());
    element("take-back").addEventListener("click", () => location.reload());
    this._sources.open();
  }

  /** Let go of all devices. */
  close() {
    this._sources.close();
    element("device-problem").hidden = true;
  }

  _toggleScreen() {
    if (this._sources.tracks.screen) this._sources.unshare();
    else this._sources.share();
  }

  _toggleCamera() {
    if (this._sources.tracks.camera) this._sources.drop("camera");
    else this._sources.reopen("camera");
  }

  _toggleMicrophone() {
    const { microphone } = this._sources.tracks;
    if (microphone) microphone.enabled = !microphone.enabled;
    this._changed();
  }

  _changed() {
    const { tracks, troubles, video, isSettled } = this._sources;
    const isMuted = tracks.microphone?.enabled === false;
    const isCameraOff = isSettled && tracks.camera === null && !troubles.camera;
    this._parts.onTracks(video, tracks.microphone);
    this._parts.screen.showOwn(video, tracks.screen !== null, this._ownWords());
    this._parts.screen.showMuted(isMuted);
    element("device-anyway").textContent = tracks.microphone ? _("You can talk without a picture.") : _("You can watch, listen and write.");
    press("mute", isMuted, tracks.microphone !== null);
    press("camera-off", isCameraOff, tracks.camera !== null || isCameraOff);
    element("other-camera").hidden = this._sources.cameras.length < 2 || tracks.camera === null;
    press("share-screen", tracks.screen !== null, true);
    this._parts.onDevices(this.devices);
  }

  _ownWords() {
    if (!this._sources.isSettled) return _("Your picture");
    return this._sources.troubles.camera ? _("No picture of you") : _("Your camera is off");
  }
}

/** @param {string} id @param {boolean} isPressed @param {boolean} isUsable */
function press(id, isPressed, isUsable) {
  const button = /** @type {HTMLButtonElement} */ (element(id));
  button.setAttribute("aria-pressed", String(isPressed));
  button.disabled = !isUsable;
}

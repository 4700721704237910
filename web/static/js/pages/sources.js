/** Camera, microphone and screen of the person: what is open now, the pickers, and what happens when one is unplugged. */

import { _ } from "../i18n.js";
import { deviceWords } from "../elements/device_words.js";
import { isGranted, listDevices, onDevicesChange, openDevices, openScreen } from "../transport/devices.js";
import { element } from "./element.js";

/** @typedef {import("../transport/devices.js").DeviceKind} DeviceKind */
/** @typedef {import("../transport/devices.js").Troubles} Troubles */

const KINDS = /** @type {DeviceKind[]} */ (["camera", "microphone"]);

/** Expects #device-problem with its parts, and where the page has them, the pickers #camera and #microphone. */
export class Sources {
  /**
   * @param {MediaTrackConstraints} size of the camera's picture
   * @param {() => void} onChange called whenever one of the tracks is another one
   */
  constructor(size, onChange) {
    this._size = size;
    this._onChange = onChange;
    /** @type {Record<DeviceKind | "screen", MediaStreamTrack | null>} */
    this.tracks = { camera: null, microphone: null, screen: null };
    /** What was sent last: whoever is muted stays so with another device, also when the first one was pulled out.
     * @type {Record<DeviceKind | "screen", MediaStreamTrack | null>} */
    this._last = { ...this.tracks };
    /** @type {Troubles} */
    this.troubles = {};
    this._isMuted = false;
    /** @type {Set<DeviceKind>} devices the person has let go of */
    this._dropped = new Set();
    /** @type {import("../transport/devices.js").Device[]} the cameras of this machine, as far as the browser names them */
    this.cameras = [];
    this.isOpen = false;
    /** Whether the browser and the person have answered. */
    this.isSettled = false;
    element("device-again").addEventListener("click", () => this.open());
    for (const kind of KINDS) this._picker(kind)?.addEventListener("change", () => this._choose(kind));
    onDevicesChange(() => this._replugged());
  }

  /** @returns {MediaStreamTrack | null} what is shown: the screen while one is shared */
  get video() {
    return this.tracks.screen ?? this.tracks.camera;
  }

  /** Open what is not open yet; asks the person where the browser must. */
  async open() {
    this.isOpen = true;
    /** @type {Partial<Record<DeviceKind, string>>} */
    const wanted = {};
    for (const kind of KINDS) if (!this.tracks[kind]) wanted[kind] = remembered(kind);
    if (Object.keys(wanted).length) await this._fetch(wanted);
  }

  /** @returns {Promise<boolean>} whether opening needs no question */
  async isWelcome() {
    return isGranted("camera");
  }

  /** @returns {Promise<boolean>} whether a screen is shared now */
  async share() {
    const track = await openScreen();
    if (!track) return false;
    this._put("screen", track);
    return true;
  }

  unshare() {
    this._put("screen", null);
  }

  /** Silence the microphone, also one that is opened later, or let it be heard.  @param {boolean} isMuted */
  mute(isMuted) {
    this._isMuted = isMuted;
    if (this._last.microphone) this._last.microphone.enabled = !isMuted;
  }

  /** Let go of one device, so that its light goes out.  @param {DeviceKind} kind */
  drop(kind) {
    this._dropped.add(kind);
    this._put(kind, null);
  }

  /** @param {DeviceKind} kind */
  async reopen(kind) {
    this._dropped.delete(kind);
    await this._fetch({ [kind]: remembered(kind) });
  }

  /** Go on with the next camera: on a phone, from the person to what they hold before it. */
  async turn() {
    const at = this.cameras.findIndex(({ id }) => id === idOf(this.tracks.camera));
    const next = this.cameras[(at + 1) % this.cameras.length];
    if (next) await this._exchange("camera", next.id);
  }

  /** Let go of all devices, so that their lights go out. */
  close() {
    this.isOpen = false;
    for (const kind of /** @type {const} */ (["camera", "microphone", "screen"])) this._put(kind, null);
  }

  /** Take another device; one that is off stays off, and is another one when it is wanted again.  @param {DeviceKind} kind */
  async _choose(kind) {
    const id = this._picker(kind)?.value ?? "";
    if (this._dropped.has(kind)) localStorage.setItem(kind, id);
    else await this._exchange(kind, id);
  }

  /**
   * Put another device in the place of one. Many phones open one camera at a time: where the other is busy, the one
   * that is open is let go first, and opened again if that was not why.
   * @param {DeviceKind} kind @param {string} id
   */
  async _exchange(kind, id) {
    const before = idOf(this.tracks[kind]);
    await this._fetch({ [kind]: id });
    if (this.troubles[kind] === "busy" && before && before !== id) {
      this._put(kind, null);
      await this._fetch({ [kind]: id });
      if (!this.tracks[kind]) await this._fetch({ [kind]: before });
    }
    localStorage.setItem(kind, idOf(this.tracks[kind]) || id);
  }

  /** @param {Partial<Record<DeviceKind, string>>} wanted */
  async _fetch(wanted) {
    const opened = await openDevices(wanted, this._size);
    for (const kind of KINDS) {
      if (wanted[kind] === undefined) continue;
      this.troubles = { ...this.troubles, [kind]: opened.troubles[kind] };
      if (!this.isOpen) opened[kind]?.stop();
      else if (opened[kind]) this._put(kind, opened[kind]);
    }
    this.isSettled = true;
    this._showTroubles();
    await this._fillPickers();
    this._onChange();
  }

  /** @param {DeviceKind | "screen"} kind @param {MediaStreamTrack | null} track */
  _put(kind, track) {
    const old = this.tracks[kind];
    const last = this._last[kind];
    if (track && last) track.enabled = last.enabled;
    else if (track && kind === "microphone") track.enabled = !this._isMuted;
    this._last[kind] = track ?? last;
    this.tracks[kind] = track;
    old?.stop();
    if (track) track.onended = () => this._ended(kind, track);
    this._onChange();
  }

  /** Pulled out, taken away, or "stop sharing" in the browser's own bar.
   * @param {DeviceKind | "screen"} kind @param {MediaStreamTrack} track */
  async _ended(kind, track) {
    if (this.tracks[kind] !== track) return;
    this._put(kind, null);
    if (kind !== "screen" && this.isOpen) await this._fetch({ [kind]: "" });
  }

  async _replugged() {
    await this._fillPickers();
    this._onChange();
    if (!this.isOpen) return;
    const found = await listDevices();
    for (const kind of KINDS) {
      if (this.troubles[kind] === "missing" && found[kind].length) await this._fetch({ [kind]: "" });
    }
  }

  async _fillPickers() {
    const found = await listDevices();
    this.cameras = found.camera.filter(({ id }) => id);
    for (const kind of KINDS) {
      const picker = this._picker(kind);
      if (picker) fill(picker, kind, found[kind], idOf(this.tracks[kind]));
    }
  }

  _showTroubles() {
    const said = deviceWords(this.troubles);
    element("device-problem").hidden = said === null;
    element("device-headline").textContent = said?.headline ?? "";
    element("device-words").textContent = said?.words ?? "";
  }

  /** @param {DeviceKind} kind */
  _picker(kind) {
    return /** @type {HTMLSelectElement | null} */ (document.getElementById(kind));
  }
}

/** @param {MediaStreamTrack | null} track */
function idOf(track) {
  return track?.getSettings().deviceId ?? "";
}

/** @param {DeviceKind} kind */
function remembered(kind) {
  return localStorage.getItem(kind) ?? "";
}

/** @param {HTMLSelectElement} picker @param {DeviceKind} kind @param {{id: string, label: string}[]} devices @param {string} chosen */
function fill(picker, kind, devices, chosen) {
  const none = kind === "camera" ? _("No camera") : _("No microphone");
  const unnamed = kind === "camera" ? _("Camera {n}") : _("Microphone {n}");
  const named = devices.filter((device) => device.id);
  const options = named.map(({ id, label }, index) => new Option(label || unnamed.replace("{n}", String(index + 1)), id));
  picker.replaceChildren(...(options.length ? options : [new Option(none, "")]));
  picker.disabled = options.length === 0;
  if (chosen) picker.value = chosen;
}

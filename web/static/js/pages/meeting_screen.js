/** What the meeting shows: the two pictures, the one message that fits, time and quality in words. */

import { _, formatDuration } from "../i18n.js";
import { element } from "./element.js";

/** @typedef {"connecting" | "expected" | "left" | "reconnecting" | "no-camera" | "ended" | "elsewhere" | "refused" | "none"} Says */
/** @typedef {{quality: "good" | "fair" | "poor", rttMs: number | null, kbps: number, lost: number, isRelayed: boolean, isByFair?: boolean}} Quality */

export class Screen {
  constructor() {
    this._other = /** @type {HTMLVideoElement} */ (element("other-video"));
    this._own = /** @type {HTMLVideoElement} */ (element("own-video"));
    this._ownStream = new MediaStream();
    element("sound").addEventListener("click", () => this._hear());
  }

  /** @param {MediaStream} stream of the other party */
  async showOther(stream) {
    if (this._other.srcObject !== stream) this._other.srcObject = stream;
    try {
      await this._other.play();
    } catch (error) {
      const isForbidden = error instanceof DOMException && error.name === "NotAllowedError";
      if (isForbidden) this._playSilently();
    }
  }

  /** @param {MediaStreamTrack | null} track @param {boolean} isScreen @param {string} words why there is no picture */
  showOwn(track, isScreen, words) {
    for (const old of this._ownStream.getTracks()) if (old !== track) this._ownStream.removeTrack(old);
    if (track) this._ownStream.addTrack(track);
    this._own.srcObject = track ? this._ownStream : null;
    const isOfThem = !isScreen && track?.getSettings().facingMode !== "environment"; // what lies before them can be read
    this._own.classList.toggle("is-mirrored", isOfThem);
    element("own-blank").hidden = track !== null;
    element("own-words").textContent = words;
  }

  /** @param {boolean} isMuted */
  showMuted(isMuted) {
    element("own-muted").hidden = !isMuted;
  }

  /** @param {Says} says */
  say(says) {
    element("meeting").dataset.says = says;
    for (const message of document.querySelectorAll(".meeting-message")) {
      /** @type {HTMLElement} */ (message).hidden = /** @type {HTMLElement} */ (message).dataset.says !== says;
    }
  }

  /** @param {Quality | null} quality null while there is none to speak of @param {string} [words] said instead */
  showQuality(quality, words = _("Connecting")) {
    const box = element("quality-box");
    box.dataset.quality = quality?.quality ?? "none";
    element("quality").textContent = quality ? qualityWords(quality) : words;
    box.title = quality ? figures(quality) : "";
  }

  /** @param {number} seconds */
  showDuration(seconds) {
    element("duration").textContent = formatDuration(seconds);
  }

  /** The browser plays sound only after a gesture: the picture at least is there at once. */
  _playSilently() {
    this._other.muted = true;
    this._other.play().catch(() => undefined); // without a gesture nothing more can be done; the button asks for it
    element("sound").hidden = false;
  }

  _hear() {
    this._other.muted = false;
    this._other.play().catch(() => undefined); // this was the gesture; if it is refused still, the button stays
    element("sound").hidden = true;
  }
}

/** @param {Quality} quality */
function qualityWords({ quality }) {
  const words = {
    good: _("Good connection"),
    fair: _("Fair connection"),
    poor: _("Poor connection"),
  };
  return words[quality];
}

/** @param {Quality} quality */
function figures({ rttMs, kbps, lost, isRelayed, isByFair }) {
  const way = isByFair ? _("through the fair") : isRelayed ? _("through a relay") : _("directly");
  return _("{kbps} kbit/s, {rtt} ms there and back, {lost} % lost, {way}", {
    kbps: Math.round(kbps),
    rtt: rttMs === null ? "?" : Math.round(rttMs),
    lost: (lost * 100).toFixed(1),
    way,
  });
}

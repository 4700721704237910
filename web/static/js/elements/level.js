/** `<fair-level>`: how loud the microphone is, as a bar; and a word when nothing is heard for long. */

import { _ } from "../i18n.js";
import { icon } from "../lib/icons.js";

const LOOK_MS = 60;
const SILENT_MS = 12_000;
/** Quieter than this (RMS of samples from -1 to 1) is a dead microphone, not a silent room. */
const DEAD = 0.0004;
const FLOOR_DB = -54;

export class FairLevel extends HTMLElement {
  constructor() {
    super();
    /** @type {AudioContext | null} */
    this._context = null;
    /** @type {AnalyserNode | null} */
    this._analyser = null;
    /** @type {MediaStreamAudioSourceNode | null} */
    this._source = null;
    /** @type {MediaStreamTrack | null} */
    this._track = null;
    this._heardAt = 0;
    this._bar = document.createElement("span");
    this._words = document.createElement("span");
    this._samples = new Float32Array(1024);
  }

  connectedCallback() {
    const track = document.createElement("span");
    track.className = "level-track";
    this._bar.className = "level-bar";
    this._words.className = "level-words";
    track.append(this._bar);
    this.replaceChildren(icon("mic", "icon-small"), track, this._words);
    this.setAttribute("role", "meter");
    this.setAttribute("aria-label", _("Microphone level"));
    this.setAttribute("aria-valuemin", "0");
    this.setAttribute("aria-valuemax", "100");
    this._show(0);
    this._timer = setInterval(() => this._look(), LOOK_MS);
    for (const gesture of ["pointerdown", "keydown"]) addEventListener(gesture, () => this._context?.resume(), { passive: true });
  }

  disconnectedCallback() {
    clearInterval(this._timer);
    this._context?.close();
  }

  /** @param {MediaStreamTrack | null} track the microphone to listen to */
  listen(track) {
    if (track === this._track) return;
    this._track = track;
    this._heardAt = performance.now();
    this._source?.disconnect();
    this._source = null;
    if (!track || !("AudioContext" in window)) return;
    this._context ??= new AudioContext();
    this._analyser ??= this._context.createAnalyser();
    this._analyser.fftSize = this._samples.length;
    this._source = this._context.createMediaStreamSource(new MediaStream([track]));
    this._source.connect(this._analyser);
    this._context.resume();
  }

  _look() {
    const canHear = this._track?.enabled === true && this._context?.state === "running";
    const loudness = canHear ? this._measure() : 0;
    const now = performance.now();
    if (loudness > DEAD || !canHear) this._heardAt = now;
    this._say(now - this._heardAt > SILENT_MS);
    const decibel = 20 * Math.log10(Math.max(loudness, 1e-6));
    this._show(Math.round(Math.min(1, Math.max(0, 1 - decibel / FLOOR_DB)) * 100));
  }

  _measure() {
    this._analyser?.getFloatTimeDomainData(this._samples);
    return Math.sqrt(this._samples.reduce((sum, sample) => sum + sample * sample, 0) / this._samples.length);
  }

  /** @param {boolean} isDead */
  _say(isDead) {
    let words = "";
    if (!this._track) words = _("No microphone");
    else if (!this._track.enabled) words = _("Muted");
    else if (isDead) words = _("We hear nothing");
    if (this._words.textContent !== words) this._words.textContent = words;
  }

  /** @param {number} percent */
  _show(percent) {
    this._bar.style.inlineSize = `${percent}%`;
    this._bar.classList.toggle("is-loud", percent > 92);
    const rounded = String(Math.round(percent / 10) * 10);
    if (this.getAttribute("aria-valuenow") !== rounded) this.setAttribute("aria-valuenow", rounded);
  }
}

customElements.define("fair-level", FairLevel);

/** `<fair-seek>`: the bar over the stage that shows a show from its beginning to now, and leads to any second of it. */

import { _, formatDuration } from "../i18n.js";
import { gapAt, gapWords, markAt, playable, secondOfKey, spokenPlace } from "./seek_words.js";

/** @typedef {import("./seek_words.js").Mark} Mark */
/** @typedef {import("./seek_words.js").Gap} Gap */

/** Shows what it is given and says where somebody wants to be: `onSeek`. It plays nothing. */
export class FairSeek extends HTMLElement {
  constructor() {
    super();
    this.at = 0;
    this.end = 0;
    this.isLive = false;
    /** @type {Mark[]} */
    this.marks = [];
    /** @type {Gap[]} */
    this.gaps = [];
    /** @type {import("./seek_preview.js").Sprite | null} */
    this.sprite = null;
    /** @type {(second: number) => void} */
    this.onSeek = () => {};
    /** The second a finger or pointer holds the thumb at. @type {number | null} */
    this._held = null;
  }

  connectedCallback() {
    this.dir = "ltr"; // time runs from left to right in every language
    this._rail = made("span", "seek-rail");
    this._done = made("span", "seek-done");
    this._slider = made("div", "seek-slider");
    Object.entries({ role: "slider", tabindex: "0", "aria-label": _("Position in the show"), "aria-valuemin": "0" })
      .forEach(([name, value]) => this._slider?.setAttribute(name, value));
    this._rail.append(this._done);
    this._slider.append(this._rail, made("span", "seek-thumb"));
    this._preview = made("div", "seek-preview");
    this._preview.hidden = true;
    this._picture = made("span", "seek-picture");
    this._words = made("span", "seek-words");
    this._time = made("span", "seek-time");
    this._preview.append(this._picture, this._words, this._time);
    this._preview.setAttribute("aria-hidden", "true");
    this.replaceChildren(this._slider, this._preview);
    this._listen(this._slider);
    this.drawMarks();
    this.draw();
  }

  /** Show the position; cheap enough to be called several times a second. */
  draw() {
    const slider = this._slider;
    if (!slider) return;
    const at = this._held ?? (this.isLive ? this.end : this.at);
    this.style.setProperty("--at", String(this._share(at)));
    slider.setAttribute("aria-valuemax", String(Math.round(this.end)));
    slider.setAttribute("aria-valuenow", String(Math.round(at)));
    slider.setAttribute("aria-valuetext", spokenPlace(at, this.end, this.isLive && this._held === null, this.marks));
    this.dataset.live = String(this.isLive);
  }

  /** Show chapters and gaps, which change seldom; positions are shares of `end`. */
  drawMarks() {
    this._rail?.replaceChildren(/** @type {HTMLElement} */ (this._done));
    for (const { from, to } of this.gaps) {
      const gap = made("span", "seek-gap");
      gap.style.setProperty("--from", String(this._share(from)));
      gap.style.setProperty("--to", String(this._share(to)));
      this._rail?.append(gap);
    }
    for (const { second } of this.marks.filter((mark) => mark.second > 0)) {
      const tick = made("span", "seek-mark");
      tick.style.setProperty("--from", String(this._share(second)));
      this._rail?.append(tick);
    }
  }

  /** @param {number} second */
  _share(second) {
    return this.end > 0 ? Math.min(1, Math.max(0, second / this.end)) : 0;
  }

  /** @param {HTMLElement} slider */
  _listen(slider) {
    slider.addEventListener("keydown", (event) => this._key(event));
    slider.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      slider.setPointerCapture(event.pointerId);
      this._hold(this._secondAt(event.clientX));
    });
    slider.addEventListener("pointermove", (event) => {
      const second = this._secondAt(event.clientX);
      if (this._held === null) this._show(second);
      else this._hold(second);
    });
    slider.addEventListener("pointerup", () => this._let(true));
    slider.addEventListener("pointercancel", () => this._let(false));
    slider.addEventListener("pointerleave", () => this._held === null && this._hide());
    slider.addEventListener("blur", () => this._hide());
  }

  /** @param {KeyboardEvent} event */
  _key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const at = this.isLive ? this.end : this.at;
    const second = secondOfKey(event.key, at, this.end);
    if (second === null) return;
    event.preventDefault();
    event.stopPropagation();
    this._seek(second);
  }

  /** @param {number} second */
  _hold(second) {
    this._held = second;
    this._show(second);
    this.draw();
  }

  /** @param {boolean} isMeant */
  _let(isMeant) {
    const second = this._held;
    this._held = null;
    this._hide();
    if (second !== null && isMeant) this._seek(second);
    this.draw();
  }

  /** Nothing was sent in a gap: what comes behind it is meant. @param {number} second */
  _seek(second) {
    this.onSeek(playable(this.gaps, second));
  }

  /** @param {number} x */
  _secondAt(x) {
    const { left, width } = /** @type {HTMLElement} */ (this._rail).getBoundingClientRect();
    return Math.min(1, Math.max(0, (x - left) / Math.max(1, width))) * this.end;
  }

  /** @param {number} second */
  _show(second) {
    const { _preview: preview, _picture: picture, _words: words, _time: time } = this;
    if (!preview || !picture || !words || !time) return;
    const gap = gapAt(this.gaps, second);
    preview.hidden = false;
    this.style.setProperty("--preview", String(this._share(second)));
    words.textContent = gap ? gapWords(gap) : (markAt(this.marks, second)?.title ?? "");
    words.dir = "auto";
    time.textContent = formatDuration(second);
    picture.hidden = gap !== null || !this.sprite?.show(picture, second);
  }

  _hide() {
    if (this._preview) this._preview.hidden = true;
  }
}

/** @param {string} tag @param {string} name @returns {HTMLElement} */
function made(tag, name) {
  const element = document.createElement(tag);
  element.className = name;
  return element;
}

customElements.define("fair-seek", FairSeek);

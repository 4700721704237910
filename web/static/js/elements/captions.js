/** `<fair-captions>`: what is said, written over the lower edge of the stage while somebody wants to read it. */

import { _, languageName } from "../i18n.js";

/** @typedef {import("../transport/protocol.js").Cue} Cue */
/** @typedef {Cue & {from: number, until: number}} Shown */

const SLOT = "captions";
const LOOK_MS = 150;
/** Captions kept of one language; older ones are over. */
const MOST_KEPT = 60;
const MOST_SHOWN = 2;

/**
 * Give it `second`, which tells the second of the show that is on the screen, and the button that turns it on; then
 * `offer` languages that exist and `add` captions as they come. It shows nothing, and no button, while there are none.
 */
export class FairCaptions extends HTMLElement {
  constructor() {
    super();
    /** @type {Map<string, Shown[]>} */
    this._cues = new Map();
    /** @type {() => number} the second of the show that is on the screen */
    this.second = () => 0;
    this._chosen = localStorage.getItem(SLOT) ?? "";
    this._drawn = "";
    /** @type {HTMLElement | null} */
    this._button = null;
  }

  connectedCallback() {
    this.setAttribute("aria-live", "off");
    this._ticking = setInterval(() => this._look(), LOOK_MS);
  }

  disconnectedCallback() {
    clearInterval(this._ticking);
  }

  /** @param {HTMLElement} button turns captions on and off; with several languages it goes through them */
  set button(button) {
    this._button = button;
    button.addEventListener("click", () => this._turn());
    this._showButton();
  }

  /** @param {string[]} languages that the show has captions in */
  offer(languages) {
    for (const language of languages) if (!this._cues.has(language)) this._cues.set(language, []);
    this._showButton();
  }

  /**
   * Take captions; one that comes late is shown from now on, so that it can be read.
   * @param {string} language @param {Cue[]} cues
   */
  add(language, cues) {
    this.offer([language]);
    const kept = this._cues.get(language) ?? [];
    for (const cue of cues) {
      const from = Math.max(cue.second, Math.min(this.second(), cue.second + 30));
      const shown = { ...cue, from, until: from + cue.duration };
      const place = kept.findIndex(({ id }) => id === cue.id);
      if (place < 0) kept.push(shown);
      else kept[place] = { ...shown, from: Math.min(from, kept[place]?.from ?? from) };
    }
    kept.splice(0, kept.length - MOST_KEPT);
    this._look();
  }

  /** Another show begins: what was said is over. */
  clear() {
    this._cues.clear();
    this._showButton();
    this._look();
  }

  /** @returns {string} the language that is read now, empty for none */
  get language() {
    if (!this._chosen) return "";
    return this._cues.has(this._chosen) ? this._chosen : this._first();
  }

  _turn() {
    const languages = [...this._cues.keys()];
    const next = languages.indexOf(this.language) + 1;
    this._chosen = this.language ? languages[next] ?? "" : this._first();
    localStorage.setItem(SLOT, this._chosen);
    this._showButton();
    this._look();
  }

  /** @returns {string} the language to begin with: the reader's own, if there is one */
  _first() {
    const languages = [...this._cues.keys()];
    return languages.find((language) => language.split("-")[0] === document.documentElement.lang) ?? languages[0] ?? "";
  }

  _showButton() {
    const button = this._button;
    if (!button) return;
    button.hidden = this._cues.size === 0;
    button.setAttribute("aria-pressed", String(this.language !== ""));
    const name = this.language && languageName(this.language.split("-")[0] ?? "");
    button.setAttribute("aria-label", name ? _("Captions: {language}", { language: name }) : _("Captions"));
  }

  _look() {
    const now = this.second();
    const cues = (this._cues.get(this.language) ?? []).filter(({ from, until }) => from <= now && now < until);
    const shown = cues.slice(-MOST_SHOWN);
    const text = shown.map((cue) => cue.text).join("\n\n");
    if (text === this._drawn) return;
    this._drawn = text;
    this.hidden = text === "";
    this.lang = this.language;
    this.replaceChildren(...shown.map(drawn));
  }
}

/** @param {Cue} cue */
function drawn({ text }) {
  const line = document.createElement("p");
  const words = document.createElement("span");
  words.dir = "auto";
  words.textContent = text;
  line.append(words);
  return line;
}

customElements.define("fair-captions", FairCaptions);

/** `<fair-captions>`: what is said, written over the lower edge of the stage while somebody wants to read it. */

import { _, languageName } from "../i18n.js";

/** @typedef {import("../transport/protocol.js").Cue} Cue */
/** @typedef {Cue & {from: number, until: number}} Shown */

const SLOT = "captions";
const LOOK_MS = 150;
const MOST_SHOWN = 2;
/** A caption that comes later than this after its second is not worth showing any more. */
const LATE_SECONDS = 30;

/**
 * Give it `second`, which tells the second of the show that is on the screen, and the button that turns it on; then
 * `offer` languages that exist and `add` captions as they come. It shows nothing, and no button, while there are none.
 */
export class FairCaptions extends HTMLElement {
  constructor() {
    super();
    /** By language and by id. @type {Map<string, Map<string, Shown>>} */
    this._cues = new Map();
    /** @type {() => number} the second of the show that is on the screen */
    this.second = () => 0;
    /** @type {() => boolean} whether what is on the screen happens now: then late captions are shown late */
    this.isLive = () => false;
    /** Fetches what was said up to now. @type {(language: string) => Promise<Cue[]>} */
    this.past = async () => [];
    /** @type {Set<string>} languages whose past is here or on its way */
    this._fetched = new Set();
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
    for (const language of languages) if (!this._cues.has(language)) this._cues.set(language, new Map());
    this._showButton();
    this._fetch();
  }

  /**
   * Take captions; one that comes late is shown from now on, so that it can be read.
   * @param {string} language @param {Cue[]} cues
   */
  add(language, cues) {
    this.offer([language]);
    const now = this.isLive() ? this.second() : 0;
    for (const cue of cues) this._keep(language, cue, Math.max(cue.second, Math.min(now, cue.second + LATE_SECONDS)));
    this._look();
  }

  /** Another show begins: what was said is over. */
  clear() {
    this._cues.clear();
    this._fetched.clear();
    this._showButton();
    this._look();
  }

  /** @param {string} language @param {Cue} cue @param {number} from when it is shown live */
  _keep(language, cue, from) {
    const kept = this._cues.get(language);
    const first = Math.min(from, kept?.get(cue.id)?.from ?? from);
    kept?.set(cue.id, { ...cue, from: first, until: from + cue.duration });
  }

  /** What was said before this page was there is fetched once somebody reads it. */
  async _fetch() {
    const language = this.language;
    if (!language || this._fetched.has(language)) return;
    this._fetched.add(language);
    const kept = this._cues.get(language);
    try {
      const cues = await this.past(language);
      if (kept !== this._cues.get(language)) return; // another show
      for (const cue of cues) if (!kept?.has(cue.id)) this._keep(language, cue, cue.second);
      this._look();
    } catch {
      this._fetched.delete(language); // asked for again with the next caption
    }
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
    this._fetch();
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
    const isLive = this.isLive();
    const cues = [...(this._cues.get(this.language)?.values() ?? [])].filter(({ second, duration, from, until }) =>
      isLive ? from <= now && now < until : second <= now && now < second + duration);
    const shown = cues.sort((one, other) => one.second - other.second).slice(-MOST_SHOWN);
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

/** The choice of captions: what tracks a `<video>` has, however they came, and which one is shown. */

import { languageName } from "../i18n.js";

const KINDS = new Set(["captions", "subtitles"]);
const SLOT = "caption-choice";

/** Binds a `<select>` whose first option is "off" to the text tracks of a video; hidden while there are none. */
export class CaptionChoice {
  /** @param {HTMLSelectElement} select @param {HTMLVideoElement} video */
  constructor(select, video) {
    this._select = select;
    this._tracks = video.textTracks;
    this._wanted = localStorage.getItem(SLOT) ?? "";
    select.addEventListener("change", () => this._choose(select.value));
    for (const kind of ["addtrack", "removetrack"]) this._tracks.addEventListener(kind, () => this._list());
    this._list();
  }

  /** @returns {TextTrack[]} */
  _all() {
    return [...this._tracks].filter(({ kind }) => KINDS.has(kind));
  }

  _list() {
    const tracks = this._all();
    const options = tracks.map((track) => new Option(track.label || languageName(track.language), track.language));
    this._select.replaceChildren(/** @type {Element} */ (this._select.options[0]), ...options);
    /** @type {HTMLElement} */ (this._select.parentElement ?? this._select).hidden = tracks.length === 0;
    this._show(this._wanted);
  }

  /** @param {string} language */
  _choose(language) {
    this._wanted = language;
    localStorage.setItem(SLOT, language);
    this._show(language);
  }

  /** @param {string} language */
  _show(language) {
    const shown = this._all().find((track) => track.language === language);
    for (const track of this._all()) track.mode = track === shown ? "showing" : "disabled";
    this._select.value = shown ? language : "";
  }
}

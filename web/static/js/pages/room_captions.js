/** The captions of what a room plays: of its show, of the recording that runs as one, or of the film of a dark room. */

import { captionsOf } from "../lib/captions_of.js";
import { filmSecond, recordingOf } from "./films.js";

/** @typedef {import("../transport/protocol.js").Cue} Cue */
/** @typedef {import("../transport/protocol.js").Show} Show */

const LOOK_MS = 250;

export class RoomCaptions {
  /**
   * @param {import("../elements/captions.js").FairCaptions} captions
   * @param {import("./room_playback.js").Playback} playback
   * @param {import("../transport/clock.js").ServerClock} clock
   */
  constructor(captions, playback, clock) {
    this._captions = captions;
    this._playback = playback;
    this._clock = clock;
    /** The id of the show or the recording whose captions are offered. */
    this._of = "";
    /** The languages that are known of each. @type {Map<string, Set<string>>} */
    this._languages = new Map();
  }

  /** @param {HTMLElement} button */
  begin(button) {
    const captions = this._captions;
    captions.isLive = () => !this._isRecorded;
    captions.second = () => this._second();
    captions.past = (language) => captionsOf(this._of, language);
    captions.button = button;
    setInterval(() => this.look(), LOOK_MS);
    this.look();
  }

  /** Take the languages that a show or a recording has captions in. @param {string | null} of @param {string[]} languages */
  know(of, languages) {
    if (!of) return;
    const known = this._languages.get(of) ?? new Set();
    for (const language of languages) known.add(language);
    this._languages.set(of, known);
    if (of === this._of) this._captions.offer([...known]);
  }

  /** What is played may be another by now. */
  look() {
    const of = this._played();
    if (of === this._of) return;
    this._of = of;
    this._captions.clear();
    this._captions.offer([...(this._languages.get(of) ?? [])]);
  }

  /** Captions that come while a show runs; over a film they stand at the second of its recording. @param {string} language @param {Cue[]} cues */
  hear(language, cues) {
    const { show } = this._playback;
    if (!show) return;
    this.know(recordingOf(show), [language]);
    if (this._of === recordingOf(show)) this._captions.add(language, cues.map((cue) => placed(cue, show)));
  }

  /** @returns {boolean} whether nothing on the screen happens now */
  get _isRecorded() {
    return this._playback.way === "whole" || this._playback.way === "film";
  }

  /** Whoever watches a show from one of its earlier seconds stays in it, also when it is over. */
  _played() {
    const { show, way, sources } = this._playback;
    if (way === "whole" && this._of) return this._of;
    if (show) return recordingOf(show);
    return way === "film" ? sources.loop?.show ?? "" : "";
  }

  _second() {
    const { show, way, later } = this._playback;
    if (this._isRecorded || (show?.film && way === "hls")) return later.video.currentTime;
    if (!show) return 0;
    if (show.film) return filmSecond(show, this._clock.now());
    const behind = way === "hls" ? later.secondsBehind ?? 0 : 0;
    return this._clock.now() - show.started_at - behind;
  }
}

/** @param {Cue} cue @param {Show} show @returns {Cue} */
function placed(cue, show) {
  return show.film ? { ...cue, second: filmSecond(show, show.started_at + cue.second) } : cue;
}

/** The buttons of a recorder on the stage: seek bar, pause, speed, time; for a show that runs and for one that is over. */

import { shownPlace } from "../elements/seek_words.js";
import { element } from "./element.js";

/**
 * What is played, as the deck sees it; times in seconds of the show.
 * @typedef {{
 *   at: () => number, end: () => number, isLive: () => boolean, isHeld: () => boolean, canSeek: () => boolean,
 *   seek: (second: number) => void, hold: (isHeld: boolean) => void, setRate: (rate: number) => void,
 * }} Tape
 */

const DRAW_MS = 250;

export class Deck {
  /** @param {Tape} tape */
  constructor(tape) {
    this._tape = tape;
    this.seek = /** @type {import("../elements/seek.js").FairSeek} */ (element("seek"));
    this._pause = element("pause");
    this._resume = element("resume");
    this._time = element("deck-time");
    this._speed = /** @type {HTMLSelectElement} */ (element("speed"));
    this.seek.onSeek = (second) => this._seekTo(second);
    this._pause.addEventListener("click", () => this._hold(true));
    this._resume.addEventListener("click", () => this._hold(false));
    this._speed.addEventListener("change", () => tape.setRate(Number(this._speed.value)));
    element("stage").addEventListener("keydown", (event) => this._key(event));
    setInterval(() => this.draw(), DRAW_MS);
    this.draw();
  }

  draw() {
    const { _tape: tape, seek } = this;
    const canSeek = tape.canSeek();
    for (const part of [seek, this._pause, this._resume, this._time]) part.hidden = !canSeek;
    const isLive = tape.isLive();
    /** @type {HTMLElement} */ (this._speed.parentElement).hidden = !canSeek || isLive;
    if (!canSeek) return;
    [seek.at, seek.end, seek.isLive] = [tape.at(), tape.end(), isLive];
    seek.draw();
    this._pause.hidden = tape.isHeld();
    this._resume.hidden = !tape.isHeld();
    this._time.hidden = isLive;
    this._time.textContent = shownPlace(seek.at, seek.end);
  }

  /** Another speed is chosen for this viewer: back to the usual one. */
  resetSpeed() {
    this._speed.value = "1";
  }

  /** @param {number} second */
  _seekTo(second) {
    this._tape.seek(second);
    this.draw();
  }

  /** @param {boolean} isHeld */
  _hold(isHeld) {
    this._tape.hold(isHeld);
    this.draw();
    (isHeld ? this._resume : this._pause).focus();
  }

  /** The space bar pauses wherever it presses nothing else. @param {KeyboardEvent} event */
  _key(event) {
    const isElsewhere = event.target instanceof Element && event.target.closest("button, a, select, input");
    if (event.key !== " " || isElsewhere || !this._tape.canSeek()) return;
    event.preventDefault();
    this._tape.hold(!this._tape.isHeld());
    this.draw();
  }
}

/** Looks at the page of a room again when a film begins, for its captions, and when a show is over, for what is played now. */

import { freshen } from "../elements/fresh.js";
import { dataOf } from "../page_data.js";
import { recordingOf } from "./films.js";

/** @typedef {import("../transport/protocol.js").Show} Show */

/** So long after its end the recording of a show is whole. */
const WHOLE_MS = 5000;
/** Not everybody asks at once. */
const SPREAD_MS = 5000;

export class RoomAgain {
  /**
   * @param {Show | null} show that the page was drawn with
   * @param {(data: Record<string, any>) => void} onPage takes what a newer page has for its scripts
   */
  constructor(show, onPage) {
    this._show = show;
    this._onPage = onPage;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this._timer = undefined;
  }

  /** @param {Show | null} show what is on the air now */
  expect(show) {
    const was = this._show;
    this._show = show;
    if ((show && recordingOf(show)) === (was && recordingOf(was))) return;
    clearTimeout(this._timer);
    if (show && !show.film) return; // its captions are heard as they come
    this._timer = setTimeout(() => this._look(), (show ? 0 : WHOLE_MS) + Math.random() * SPREAD_MS);
  }

  async _look() {
    // Offline, or once the exhibitor has left, all stays as it was, and the next show asks again.
    const page = await freshen(["film-note", "panel-shows"]).catch(() => null);
    if (page) this._onPage(dataOf(page));
  }
}

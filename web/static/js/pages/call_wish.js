/** The wish for a private call that signing in has interrupted: kept in the tab in which the button was pressed. */

export class CallWish {
  /** @param {string} about what it is about: a room or a show */
  constructor(about) {
    this._key = `wish:${about}`;
  }

  /** @param {import("../transport/call_request.js").Watched} moment what is asked about */
  keep(moment) {
    sessionStorage.setItem(this._key, JSON.stringify(moment));
  }

  /**
   * Return what was asked about, once, and only to a buyer: an address alone must not ring anybody.
   * @param {string} role
   * @returns {import("../transport/call_request.js").Watched | null}
   */
  take(role) {
    const kept = sessionStorage.getItem(this._key);
    if (kept === null || role !== "buyer") return null;
    sessionStorage.removeItem(this._key);
    return JSON.parse(kept);
  }
}

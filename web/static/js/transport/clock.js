/** The server's clock as this page knows it. */

export class ServerClock {
  /** @param {number} [now] what the server's clock showed, in Unix seconds */
  constructor(now) {
    this._ahead = 0;
    if (now) this.set(now);
  }

  /** @param {number} now */
  set(now) {
    this._ahead = now - Date.now() / 1000;
  }

  /** @returns {number} Unix seconds on the server, now */
  now() {
    return Date.now() / 1000 + this._ahead;
  }
}

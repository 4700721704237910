/** When a picture that stands still is a fault: not while none is wanted, and not at once after one is wanted again. */

/** The show is live and the session stands, but no frame comes for so long: take a new session. */
const STUCK_MS = 8000;
/** A picture that was asked for begins with its next key frame; so long nothing is said of its absence. */
const PATIENCE_MS = 5000;

/** All times are milliseconds of one clock, given by the caller. */
export class Standstill {
  constructor() {
    /** When no picture was wanted for the last time. */
    this._waivedAt = -Infinity;
    /** @type {number | undefined} */
    this._since = undefined;
  }

  /**
   * Is sound all that there should be? So it is until the first frame of a picture that is wanted again.
   * @param {boolean} isSoundOnly what the viewer wants @param {number} stillMs since the last frame @param {number} now
   * @returns {boolean}
   */
  isWaived(isSoundOnly, stillMs, now) {
    if (isSoundOnly) this._waivedAt = now;
    const waited = now - this._waivedAt;
    return isSoundOnly || (waited < PATIENCE_MS && stillMs >= waited);
  }

  /**
   * Has it stood for so long that only a new session helps? Says so once, and then begins to count anew.
   * @param {boolean} mustMove whether frames should come at all @param {number} stillMs since the last one @param {number} now
   * @returns {boolean}
   */
  isFault(mustMove, stillMs, now) {
    this._since = mustMove && stillMs > STUCK_MS ? (this._since ?? now) : undefined;
    const isFault = this._since !== undefined && now - this._since > STUCK_MS;
    if (isFault) this._since = undefined;
    return isFault;
  }
}

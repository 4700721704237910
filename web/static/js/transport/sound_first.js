/** When a line cannot carry a picture: first the picture goes, so that the sound stays; it comes back by itself. */

/** @typedef {{lost: number, kbps: number | null, rttMs: number | null}} Outgoing what the other side misses, and the room there is */
/** @typedef {"keep" | "drop" | "return"} Advice */

const POOR_LOST = 0.12;
const POOR_KBPS = 90;
const POOR_RTT_MS = 1500;
const BAD_LOOKS = 3;
const GOOD_LOOKS = 5;
/** After each drop the picture waits longer, so that it does not come and go. */
const FIRST_WAIT_MS = 10_000;
const MOST_WAIT_MS = 120_000;
/** What the other side missed is told about once a second; what it told longer ago is of no stream that still runs. */
const STALE_MS = 6000;

export class SoundFirst {
  constructor() {
    this.isDropped = false;
    this._bad = 0;
    this._good = 0;
    this._droppedAt = 0;
    this._waitMs = FIRST_WAIT_MS;
  }

  /** @param {Outgoing} outgoing @param {number} now in ms @returns {Advice} */
  hear({ lost, kbps, rttMs }, now) {
    // How much room there is can be told of a line only while a picture tries to fill it.
    const isNarrow = !this.isDropped && kbps !== null && kbps < POOR_KBPS;
    const isPoor = lost > POOR_LOST || isNarrow || (rttMs ?? 0) > POOR_RTT_MS;
    this._bad = isPoor ? this._bad + 1 : 0;
    this._good = isPoor ? 0 : this._good + 1;
    if (!this.isDropped && this._bad >= BAD_LOOKS) return this._drop(now);
    if (this.isDropped && this._good >= GOOD_LOOKS && now - this._droppedAt > this._waitMs) return this._return();
    return "keep";
  }

  /** @param {number} now @returns {Advice} */
  _drop(now) {
    this.isDropped = true;
    this._droppedAt = now;
    this._bad = this._good = 0;
    return "drop";
  }

  /** @returns {Advice} */
  _return() {
    this.isDropped = false;
    this._waitMs = Math.min(2 * this._waitMs, MOST_WAIT_MS);
    this._bad = this._good = 0;
    return "return";
  }
}

/**
 * What a connection says of what it sends.
 * @param {RTCPeerConnection} connection
 * @returns {Promise<Outgoing | null>} null while nothing is known
 */
export async function outgoingOf(connection) {
  let lost = -1;
  /** @type {number | null} */
  let kbps = null;
  /** @type {number | null} */
  let rttMs = null;
  const now = performance.timeOrigin + performance.now();
  (await connection.getStats()).forEach((/** @type {any} */ report) => {
    const isFresh = now - report.timestamp < STALE_MS;
    if (report.type === "remote-inbound-rtp" && isFresh) lost = Math.max(lost, report.fractionLost ?? 0);
    if (report.type !== "candidate-pair" || !report.nominated || report.state !== "succeeded") return;
    if (report.availableOutgoingBitrate !== undefined) kbps = report.availableOutgoingBitrate / 1000;
    if (report.currentRoundTripTime !== undefined) rttMs = report.currentRoundTripTime * 1000;
  });
  return lost < 0 ? null : { lost, kbps, rttMs };
}

/** How well a call arrives, from what its connection received since the last look. */

/**
 * @typedef {{lost: number, rttMs: number | null, kbps: number, fps: number, isRelayed: boolean,
 *   quality: "good" | "fair" | "poor"}} CallQuality
 */

const FAIR_LOST = 0.02;
const POOR_LOST = 0.08;
const FAIR_RTT_MS = 300;
const POOR_RTT_MS = 700;
const FAIR_FPS = 10;

/** @typedef {{at: number, bytes: number, packets: number, lost: number, frames: number}} Reading */

export class CallMeter {
  constructor() {
    /** @type {RTCPeerConnection | null} */
    this._connection = null;
    /** @type {Reading} */
    this._last = { at: 0, bytes: 0, packets: 0, lost: 0, frames: 0 };
  }

  /**
   * @param {RTCPeerConnection} connection
   * @param {boolean} hasPicture whether the other party sends a picture now
   * @returns {Promise<CallQuality | null>} null until there are two readings
   */
  async read(connection, hasPicture) {
    /** @type {Reading} */
    const now = { at: performance.now(), bytes: 0, packets: 0, lost: 0, frames: 0 };
    const stats = await connection.getStats();
    stats.forEach((/** @type {any} */ report) => report.type === "inbound-rtp" && add(now, report));
    const pair = pathOf(stats);
    const before = connection === this._connection ? this._last : null;
    this._connection = connection;
    this._last = now;
    if (!before) return null;
    const rttMs = pair?.currentRoundTripTime === undefined ? null : pair.currentRoundTripTime * 1000;
    const isRelayed = stats.get(pair?.localCandidateId)?.candidateType === "relay";
    return { ...compared(before, now, rttMs, hasPicture), rttMs, isRelayed };
  }
}

/** The path that is taken, also while its checks are being lost; not every browser names it.  @param {RTCStatsReport} stats */
function pathOf(stats) {
  /** @type {any} */
  let pair = null;
  stats.forEach((/** @type {any} */ report) => {
    if (report.type === "candidate-pair" && report.nominated && report.state === "succeeded") pair ??= report;
    if (report.type === "transport") pair = stats.get(report.selectedCandidatePairId) ?? pair;
  });
  return pair;
}

/** @param {Reading} sum @param {any} report */
function add(sum, report) {
  sum.bytes += report.bytesReceived ?? 0;
  sum.packets += report.packetsReceived ?? 0;
  sum.lost += report.packetsLost ?? 0;
  sum.frames += report.framesDecoded ?? 0;
}

/** @param {Reading} before @param {Reading} now @param {number | null} rttMs @param {boolean} hasPicture */
function compared(before, now, rttMs, hasPicture) {
  const seconds = Math.max(0.001, (now.at - before.at) / 1000);
  const missed = Math.max(0, now.lost - before.lost);
  const lost = missed / Math.max(1, missed + now.packets - before.packets);
  const kbps = ((now.bytes - before.bytes) * 8) / 1000 / seconds;
  const fps = (now.frames - before.frames) / seconds;
  const slow = rttMs ?? 0;
  /** @type {"good" | "fair" | "poor"} */
  let quality = "good";
  if (lost > FAIR_LOST || slow > FAIR_RTT_MS || (hasPicture && fps < FAIR_FPS)) quality = "fair";
  if (lost > POOR_LOST || slow > POOR_RTT_MS || (hasPicture && fps < 1)) quality = "poor";
  return { lost, kbps, fps, quality };
}

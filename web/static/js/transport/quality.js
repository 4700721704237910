/** How well media arrives, from `getStats()`: figures per interval, and one word for people. */

/**
 * @typedef {{kbps: number, fps: number, width: number, height: number, lost: number, jitterMs: number,
 *   bufferMs: number, rttMs: number | null, frames: number, quality: "good" | "fair" | "poor"}} Quality
 * `lost` is the share of packets lost in the interval, `frames` counts all decoded frames of the session,
 * `bufferMs` is the mean time a picture waited in the jitter buffer.
 *
 * @typedef {{at: number, bytes: number, packets: number, lost: number, frames: number, waited: number,
 *   emitted: number}} Reading
 */

const FAIR_LOST = 0.02;
const POOR_LOST = 0.08;
const FAIR_FPS = 15;
const POOR_FPS = 6;

/** Reads one connection again and again; each reading is the difference to the one before. */
export class QualityMeter {
  /** @param {RTCPeerConnection} connection */
  constructor(connection) {
    this._connection = connection;
    /** What the sound has brought on the whole, all that belongs to its packets included; null while that is unknown. @type {number | null} */
    this.soundKbps = null;
    /** @type {{at: number, bytes: number} | null} */
    this._firstSound = null;
    /** @type {Reading | null} */
    this._last = null;
  }

  /** What comes next has nothing to do with what was read before. */
  forget() {
    this._last = null;
  }

  /** @returns {Promise<Quality | null>} null until there are two readings */
  async read() {
    /** @type {any} */
    let video = null;
    /** @type {number | null} */
    let rttMs = null;
    (await this._connection.getStats()).forEach((/** @type {any} */ report) => {
      if (report.type === "inbound-rtp" && report.kind === "video") video = report;
      if (report.type === "inbound-rtp" && report.kind === "audio") this._hear(report);
      if (report.type === "candidate-pair" && report.nominated && report.currentRoundTripTime !== undefined) {
        rttMs = report.currentRoundTripTime * 1000;
      }
    });
    if (!video) return null;
    const before = this._last;
    this._last = reading(video);
    return before ? compare(before, this._last, video, rttMs) : null;
  }

  /** @param {any} report */
  _hear({ timestamp, bytesReceived = 0, headerBytesReceived = 0 }) {
    const bytes = bytesReceived + headerBytesReceived;
    this._firstSound ??= { at: timestamp, bytes };
    const milliseconds = timestamp - this._firstSound.at;
    if (milliseconds > 0) this.soundKbps = ((bytes - this._firstSound.bytes) * 8) / milliseconds;
  }
}

/** @param {any} report @returns {Reading} */
function reading(report) {
  return {
    at: report.timestamp,
    bytes: report.bytesReceived ?? 0,
    packets: report.packetsReceived ?? 0,
    lost: report.packetsLost ?? 0,
    frames: report.framesDecoded ?? 0,
    waited: report.jitterBufferDelay ?? 0,
    emitted: report.jitterBufferEmittedCount ?? 0,
  };
}

/**
 * @param {Reading} before
 * @param {Reading} now
 * @param {any} report
 * @param {number | null} rttMs
 * @returns {Quality}
 */
function compare(before, now, report, rttMs) {
  const seconds = Math.max(0.001, (now.at - before.at) / 1000);
  const lost = Math.max(0, now.lost - before.lost);
  const emitted = now.emitted - before.emitted;
  const figures = {
    kbps: ((now.bytes - before.bytes) * 8) / 1000 / seconds,
    fps: (now.frames - before.frames) / seconds,
    width: report.frameWidth ?? 0,
    height: report.frameHeight ?? 0,
    lost: lost / Math.max(1, lost + now.packets - before.packets),
    jitterMs: (report.jitter ?? 0) * 1000,
    bufferMs: emitted > 0 ? ((now.waited - before.waited) / emitted) * 1000 : 0,
    rttMs,
    frames: now.frames,
  };
  return { ...figures, quality: word(figures.lost, figures.fps) };
}

/** @param {number} lost @param {number} fps @returns {"good" | "fair" | "poor"} */
function word(lost, fps) {
  if (lost > POOR_LOST || fps < POOR_FPS) return "poor";
  return lost > FAIR_LOST || fps < FAIR_FPS ? "fair" : "good";
}

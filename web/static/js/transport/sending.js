/** How well a show goes out, from the publisher's own connection, in however many sizes it is sent. */

/**
 * @typedef {{kbps: number, lost: number, width: number, height: number, fps: number, limit: string,
 *   quality: "good" | "fair" | "poor"}} Sent
 * `lost` is the share the server missed, `limit` what holds the picture back: none, cpu, bandwidth or other.
 */

const FAIR_LOST = 0.03;
const POOR_LOST = 0.1;
const FAIR_FPS = 15;
const POOR_FPS = 6;
const FAIR_HEIGHT = 270;

export class SendingMeter {
  constructor() {
    /** @type {RTCPeerConnection | null} */
    this._connection = null;
    this._bytes = 0;
    this._at = 0;
  }

  /**
   * @param {RTCPeerConnection} connection
   * @returns {Promise<Sent | null>} null until there are two readings
   */
  async read(connection) {
    /** @type {any[]} */
    const sizes = [];
    let lost = 0;
    (await connection.getStats()).forEach((/** @type {any} */ report) => {
      if (report.type === "outbound-rtp" && report.kind === "video") sizes.push(report);
      if (report.type === "remote-inbound-rtp" && report.kind === "video") lost = Math.max(lost, report.fractionLost ?? 0);
    });
    const largest = largestOf(sizes);
    if (!largest) return null;
    const bytesSent = sizes.reduce((sum, size) => sum + (size.bytesSent ?? 0), 0);
    const kbps = this._rate(connection, { bytesSent, timestamp: largest.timestamp });
    return kbps === null ? null : figures(largest, kbps, lost);
  }

  /** @param {RTCPeerConnection} connection @param {{bytesSent: number, timestamp: number}} report */
  _rate(connection, { bytesSent, timestamp }) {
    const isFirst = connection !== this._connection;
    const kbps = ((bytesSent - this._bytes) * 8) / Math.max(1, timestamp - this._at);
    Object.assign(this, { _connection: connection, _bytes: bytesSent, _at: timestamp });
    return isFirst ? null : kbps;
  }
}

/** A size that the line or the processor has no room for keeps its report, without frames.  @param {any[]} sizes */
function largestOf(sizes) {
  const sent = sizes.filter((size) => size.active !== false && size.framesPerSecond > 0);
  const area = (/** @type {any} */ { frameWidth = 0, frameHeight = 0 }) => frameWidth * frameHeight;
  return (sent.length ? sent : sizes).sort((one, other) => area(other) - area(one))[0];
}

/** @param {any} report @param {number} kbps @param {number} lost @returns {Sent} */
function figures(report, kbps, lost) {
  const sent = {
    kbps,
    lost,
    width: report.frameWidth ?? 0,
    height: report.frameHeight ?? 0,
    fps: report.framesPerSecond ?? 0,
    limit: report.qualityLimitationReason ?? "none",
  };
  return { ...sent, quality: word(sent) };
}

/** @param {{lost: number, fps: number, height: number, limit: string}} sent @returns {"good" | "fair" | "poor"} */
function word({ lost, fps, height, limit }) {
  if (lost > POOR_LOST || fps < POOR_FPS) return "poor";
  const isHeldBack = limit !== "none" && height > 0 && height < FAIR_HEIGHT;
  return lost > FAIR_LOST || fps < FAIR_FPS || isHeldBack ? "fair" : "good";
}

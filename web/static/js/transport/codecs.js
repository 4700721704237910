/** Which codecs are offered first. */

/** The order of the offer; what is not named keeps its place behind them. */
const PREFERRED = ["video/H264", "video/VP9", "video/VP8"];
const BASELINE = /profile-level-id=42e01f/i;

/**
 * Offer what records and plays everywhere first; where the browser keeps its codecs to itself, its own order stands.
 * @param {RTCRtpTransceiver} transceiver
 */
export function preferH264(transceiver) {
  const codecs = RTCRtpSender.getCapabilities("video")?.codecs;
  if (!codecs || !("setCodecPreferences" in transceiver)) return;
  transceiver.setCodecPreferences([...codecs].sort((one, other) => rank(one) - rank(other)));
}

/** @param {{mimeType: string, sdpFmtpLine?: string}} codec @returns {number} */
function rank({ mimeType, sdpFmtpLine = "" }) {
  const place = PREFERRED.indexOf(mimeType);
  if (place < 0) return PREFERRED.length;
  const isFirstChoice = mimeType !== "video/H264" || (BASELINE.test(sdpFmtpLine) && sdpFmtpLine.includes("packetization-mode=1"));
  return place + (isFirstChoice ? 0 : 0.5);
}

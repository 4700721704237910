/** A picture sent in several sizes at once (RFC 8853), so that a small screen or a thin line need not take the largest. */

import { SHOW_SIZE } from "./devices.js";

/** Chromium wants the smallest first: it counts from there when it sends fewer. */
const RIDS = ["q", "h", "f"];
/** Firefox takes the first for the whole picture, and lets none be larger than its line bore at the very beginning. */
const HAS_LARGEST_FIRST = "mozInnerScreenX" in globalThis;
/** By how often width and height are halved. */
const MAX_BITRATES = [2_500_000, 500_000, 150_000];
/** From so many pixels on Chromium sends a second size, and a third; of a smaller picture the first encodings only. */
const LEAST_PIXELS = [480 * 270, 960 * 540];

/**
 * Add the picture to a connection that has no answer yet; in one size where the browser refuses several.
 * @param {RTCPeerConnection} connection
 * @param {MediaStreamTrack | null} track
 * @returns {RTCRtpTransceiver}
 */
export function addPicture(connection, track) {
  const count = countOf(track);
  const add = (/** @type {RTCRtpEncodingParameters[]} */ sendEncodings) =>
    connection.addTransceiver(track ?? "video", { direction: "sendonly", sendEncodings });
  try {
    // Without its mode, VP9 would put all sizes into one stream that cannot be taken apart by a relay.
    const rids = HAS_LARGEST_FIRST ? [...RIDS].reverse() : RIDS;
    return add(rids.map((rid, index) => ({ rid, scalabilityMode: "L1T1", ...encoding(index, count) })));
  } catch {
    return add([encoding(0, 1)]);
  }
}

/**
 * Make the sizes fit what was agreed on and what is filmed: a server that knows no sizes leaves the first encoding, and
 * of a small camera's picture Chromium would send the first ones, a quarter of it.
 * @param {RTCRtpSender} sender
 */
export async function fitSizes(sender) {
  const parameters = sender.getParameters();
  const count = Math.min(countOf(sender.track), parameters.encodings.length);
  const fitting = parameters.encodings.map((old, index) => ({ ...old, ...encoding(index, count) }));
  const isFit = fitting.every(({ active, scaleResolutionDownBy }, index) => {
    const old = parameters.encodings[index];
    return old?.active === active && old.scaleResolutionDownBy === scaleResolutionDownBy;
  });
  // A session that has just ended takes no parameters, and needs none.
  if (!isFit) await sender.setParameters({ ...parameters, encodings: fitting }).catch(() => undefined);
}

/** @param {MediaStreamTrack | null} track @returns {number} in how many sizes it can be sent; without a track, as a camera */
function countOf(track) {
  const { width = SHOW_SIZE.width.ideal, height = SHOW_SIZE.height.ideal } = track?.getSettings() ?? {};
  return 1 + LEAST_PIXELS.filter((least) => width * height >= least).length;
}

/**
 * The first `count` encodings are sent: one in full, and each of the others half as large as the next larger one.
 * @param {number} index @param {number} count
 */
function encoding(index, count) {
  const halvings = HAS_LARGEST_FIRST ? index : Math.max(0, count - 1 - index);
  return { active: index < count, scaleResolutionDownBy: 2 ** halvings, maxBitrate: MAX_BITRATES[halvings] };
}

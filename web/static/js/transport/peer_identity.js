/** Which peer a session description or a candidate speaks of. */

/**
 * Whether a description comes from another connection than the one we know: every connection has its own certificate.
 * @param {RTCPeerConnection} connection
 * @param {RTCSessionDescriptionInit} description
 */
export function isOtherPeer(connection, description) {
  const known = fingerprint(connection.remoteDescription?.sdp);
  return known !== "" && known !== fingerprint(description.sdp);
}

/**
 * Whether a candidate is one of the description's own generation.
 * @param {RTCIceCandidateInit} candidate
 * @param {RTCSessionDescription} description
 */
export function belongs({ usernameFragment }, description) {
  return !usernameFragment || description.sdp.includes(`a=ice-ufrag:${usernameFragment}\r\n`);
}

/** @param {string | undefined} sdp */
function fingerprint(sdp = "") {
  return /^a=fingerprint:(.+)$/m.exec(sdp)?.[1]?.trim() ?? "";
}

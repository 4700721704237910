/** Restarts the ICE of a WHIP or WHEP session (RFC 9725, section 4.3): another network, the same session. */

const PATCH_MS = 3000;
const CREDENTIALS = /^a=ice-(ufrag|pwd):.*$/gm;

/**
 * Ask the server for new credentials and use them; resolves to false when the session cannot be kept.
 * @param {RTCPeerConnection} connection
 * @param {string} session the address of the session
 * @param {Record<string, string>} [headers]
 * @returns {Promise<boolean>}
 */
export async function restartIce(connection, session, headers = {}) {
  const answer = connection.remoteDescription?.sdp;
  if (!session || !answer || connection.signalingState !== "stable") return false;
  try {
    await connection.setLocalDescription(await connection.createOffer({ iceRestart: true }));
    const fragment = await patch(session, fragmentOf(connection.localDescription?.sdp ?? ""), headers);
    if (fragment) await connection.setRemoteDescription({ type: "answer", sdp: withCredentials(answer, fragment) });
  } catch {
    // the connection was closed meanwhile, or nobody answers
  }
  const state = /** @type {string} */ (connection.signalingState);
  if (state !== "have-local-offer") return state === "stable";
  await connection.setLocalDescription({ type: "rollback" }).catch(() => undefined);
  return false;
}

/** @param {string} session @param {string} body @param {Record<string, string>} headers */
async function patch(session, body, headers) {
  const response = await fetch(session, {
    method: "PATCH",
    headers: { "Content-Type": "application/trickle-ice-sdpfrag", "If-Match": "*", ...headers },
    body,
    signal: AbortSignal.timeout(PATCH_MS),
  });
  return response.status === 200 ? response.text() : "";
}

/**
 * The part of an offer that speaks of ICE, as RFC 8840 has it.
 * @param {string} sdp
 */
export function fragmentOf(sdp) {
  const lines = sdp.split(/\r?\n/);
  /** @param {string} prefix */
  const first = (prefix) => lines.find((line) => line.startsWith(prefix)) ?? "";
  const parts = ["a=group:BUNDLE", "m=", "a=mid:", "a=ice-ufrag:", "a=ice-pwd:"].map(first).filter(Boolean);
  return parts.join("\r\n") + "\r\n";
}

/**
 * An answer with the credentials that a fragment brings, in every section.
 * @param {string} sdp @param {string} fragment
 */
export function withCredentials(sdp, fragment) {
  const fresh = Object.fromEntries([...fragment.matchAll(CREDENTIALS)].map((found) => [found[1], found[0].trim()]));
  return sdp.replace(CREDENTIALS, (line, kind) => fresh[kind] ?? line);
}

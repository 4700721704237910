/** A media session over HTTP, as WHIP and WHEP have it: an offer posted, an answer taken, a DELETE at the end. */

const POST_MS = 8000;

/**
 * `session` is the address of the session, empty when there is none; `why` is then the server's sentence.
 * @typedef {{status: number, session: string, sdp: string, why: string, code: string, retryAfterSeconds: number}} OfferAnswer
 */

/**
 * Post an offer; rejects only when no answer comes at all.
 * @param {string} url
 * @param {string} sdp
 * @param {Record<string, string>} [headers]
 * @returns {Promise<OfferAnswer>}
 */
export async function postOffer(url, sdp, headers = {}) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/sdp", Accept: "application/sdp, application/problem+json", ...headers },
    body: sdp,
    signal: AbortSignal.timeout(POST_MS),
  });
  const text = await response.text();
  const isMade = response.status === 201;
  const problem = isMade ? {} : parsed(text);
  return {
    status: response.status,
    session: isMade ? new URL(response.headers.get("Location") ?? "", response.url).href : "",
    sdp: isMade ? text : "",
    why: problem.detail ?? "",
    code: problem.code ?? "",
    retryAfterSeconds: Number(response.headers.get("Retry-After")) || 0,
  };
}

/**
 * Tell the server that a session is over, also while the page goes away; it finds out by itself otherwise.
 * @param {string} session
 * @param {Record<string, string>} [headers]
 */
export function deleteSession(session, headers = {}) {
  fetch(session, { method: "DELETE", headers, keepalive: true }).catch(() => undefined);
}

/** @param {string} text a problem document, or anything @returns {{detail?: string, code?: string}} */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

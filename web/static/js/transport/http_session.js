/** A media session over HTTP, as WHIP and WHEP have it: an offer posted, an answer taken, a DELETE at the end. */

const POST_MS = 8000;

/**
 * `session` is the address of the session, empty when there is none; `why` is then the server's sentence. `layers` is where
 * a viewer chooses among the sizes of the picture, empty where the server offers no choice.
 * @typedef {{status: number, session: string, layers: string, sdp: string, why: string, code: string, retryAfterSeconds: number}} OfferAnswer
 */

/** A link and its relation (RFC 8288); the other parameters of TURN servers may stand before it. */
const LINK = /<([^>]*)>[^<]*?;\s*rel="?([^";,\s]+)/g;
const LAYERS = "urn:ietf:params:whep:ext:core:layer";

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
    layers: isMade ? linked(response, LAYERS) : "",
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

/** @param {Response} response @param {string} relation @returns {string} the address it names, if any */
function linked(response, relation) {
  const links = [...(response.headers.get("Link") ?? "").matchAll(LINK)];
  const [, address] = links.find(([, , rel]) => rel === relation) ?? [];
  return address === undefined ? "" : new URL(address, response.url).href;
}

/** @param {string} text a problem document, or anything @returns {{detail?: string, code?: string}} */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/**
 * Keeps a WHIP or WHEP session over a change of network by restarting its ICE (RFC 9725, section 4.3.3): the same
 * connection, the same session, another path. Knows neither of the two.
 */

/** So long the search for a path may take; then another session is quicker. */
const SEARCH_MS = 4000;
/** So long one request may take: those on a network that is gone are never answered. */
const PATCH_MS = 1500;
const PAUSE_MS = 300;
const CREDENTIALS = /^a=ice-(ufrag|pwd):.*$/gm;

/**
 * @typedef {{
 *   connection: RTCPeerConnection,
 *   session: string,
 *   headers?: Record<string, string>,
 *   onLost: () => void,
 * }} RestartParts `session` is its address; `onLost` says, once, that the session cannot be kept
 */

/** The restarts of one session; `close` it with the session. */
export class IceRestart {
  /** @param {RestartParts} parts */
  constructor(parts) {
    this._parts = parts;
    this._turn = 0; // counts searches, so that an answer to an old one is passed over
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this._timer = undefined;
  }

  /**
   * Look for a path. While one is being looked for only `isNew` begins again: with another network there are other
   * addresses to try.
   * @param {{isNew?: boolean}} [why]
   */
  begin({ isNew = false } = {}) {
    if (this._timer !== undefined && !isNew) return;
    clearTimeout(this._timer);
    this._timer = setTimeout(() => this._judge(), SEARCH_MS);
    const turn = ++this._turn;
    this._search(turn).catch(() => {
      if (turn === this._turn) this._lose(); // the browser does not take the offer or the answer
    });
  }

  close() {
    this._turn += 1;
    clearTimeout(this._timer);
    this._timer = undefined;
  }

  /** @param {number} turn */
  async _search(turn) {
    const { connection } = this._parts;
    const answer = connection.remoteDescription?.sdp ?? "";
    await connection.setLocalDescription(await connection.createOffer({ iceRestart: true }));
    const offer = connection.localDescription?.sdp ?? "";
    while (turn === this._turn) {
      const { status, text } = await this._patch(fragmentOf(offer));
      if (turn !== this._turn) return;
      if (status === 200) {
        await connection.setRemoteDescription({ type: "answer", sdp: withCredentials(answer, text) });
        return;
      }
      if (status) return this._lose();
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  /** @param {string} body @returns {Promise<{status: number, text: string}>} status 0 when there is no answer */
  async _patch(body) {
    try {
      const response = await fetch(this._parts.session, {
        method: "PATCH",
        headers: { "Content-Type": "application/trickle-ice-sdpfrag", "If-Match": "*", ...this._parts.headers },
        body,
        signal: AbortSignal.timeout(PATCH_MS),
      });
      return { status: response.status, text: await response.text() };
    } catch {
      return { status: 0, text: "" }; // no network yet, or a request on the one that is gone
    }
  }

  /** The time is over: is there a path? */
  _judge() {
    this._timer = undefined;
    const { connectionState, signalingState } = this._parts.connection;
    if (connectionState !== "connected" || signalingState !== "stable") this._lose();
  }

  _lose() {
    this.close();
    this._parts.onLost();
  }
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
 * An answer with the credentials that a fragment brings, in every section; the server's addresses stay as they are.
 * @param {string} sdp @param {string} fragment
 */
export function withCredentials(sdp, fragment) {
  const fresh = Object.fromEntries([...fragment.matchAll(CREDENTIALS)].map((found) => [found[1], found[0].trim()]));
  return sdp.replace(CREDENTIALS, (line, kind) => fresh[kind] ?? line);
}

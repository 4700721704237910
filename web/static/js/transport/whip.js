/** Publishes a show over WHIP: offers H.264 and Opus, comes back by itself after a drop. Knows no page. */

import { Refusal } from "../lib/refusal.js";
import { backOff } from "./back_off.js";
import { preferH264 } from "./codecs.js";
import { deleteSession, postOffer } from "./http_session.js";
import { IceRestart } from "./ice_restart.js";
import { addPicture, fitSizes } from "./simulcast.js";

/**
 * idle: not publishing. connecting: an offer is out. sending: packets go out. lost: will come back by itself.
 * refused: the server said no, trying again is of no use. ended: the server closed the session for good.
 * @typedef {"idle" | "connecting" | "sending" | "lost" | "refused" | "ended"} WhipState
 * @typedef {"video" | "audio"} Kind
 * @typedef {{
 *   ticket: () => Promise<string>,
 *   mayReturn: () => boolean,
 *   onState?: (state: WhipState, why?: Refusal) => void,
 * }} WhipParts `ticket` gives a fresh publish token; `mayReturn` is asked after the server closed the session
 */

/** After a close by the server: time for the news to arrive whether the show was ended or taken over. */
const NEWS_MS = 1500;
const STUCK_MS = 10_000;

/** Answers to an offer that another try may change, and refusals of a ticket that none will. */
const TRY_LATER = new Set([408, 429, 500, 502, 503, 504]);
const FINAL = new Set(["denied", "sign_in", "no_room", "exhibitor_left", "csrf"]);

/** One publisher. The tracks may change at any time, also to none. */
export class WhipPublisher {
  /** @param {WhipParts} parts */
  constructor(parts) {
    this._parts = parts;
    /** @type {WhipState} */
    this.state = "idle";
    /** @type {Record<Kind, MediaStreamTrack | null>} */
    this._tracks = { video: null, audio: null };
    /** @type {Partial<Record<Kind, RTCRtpSender>>} */
    this._senders = {};
    this._url = "";
    this._token = "";
    this._session = "";
    this._attempt = 0;
    this._run = 0; // counts sessions, so that a late answer to an old one is recognised
    /** @type {RTCPeerConnection | null} */
    this.connection = null;
    /** @type {IceRestart | null} */
    this._restart = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this._timer = undefined;
  }

  /** @returns {boolean} whether this page sends, or is about to */
  get isOn() {
    return this.state === "connecting" || this.state === "sending" || this.state === "lost";
  }

  /** @param {string} url the WHIP endpoint */
  start(url) {
    this._url = url;
    this._attempt = 0;
    this._begin();
  }

  /** @param {string} url the WHIP endpoint from the next session on */
  moveTo(url) {
    this._url = url;
  }

  /** @param {Kind} kind @param {MediaStreamTrack | null} track sent from now on, also in a running session */
  use(kind, track) {
    this._tracks[kind] = track;
    this._replace(kind, track).catch(() => undefined); // a session that has just ended; the next one begins with it
  }

  /** @param {Kind} kind @param {MediaStreamTrack | null} track */
  async _replace(kind, track) {
    const sender = this._senders[kind];
    await sender?.replaceTrack(track);
    if (sender && kind === "video") await fitSizes(sender);
  }

  /** The network is back or another one: do not wait for the connection to find out. */
  changeNetwork() {
    if (this.state === "lost") this._begin();
    else this._restart?.begin({ isNew: true });
  }

  /** End the session and tell the server, also while the page goes away. */
  stop() {
    this._leave();
    this._become("idle");
  }

  async _begin() {
    this._leave();
    const run = this._run;
    this._become("connecting");
    this._timer = setTimeout(() => this._failed(), STUCK_MS);
    try {
      this._token = await this._parts.ticket();
      if (run === this._run) await this._negotiate(run, this._open(run));
    } catch (error) {
      const why = error instanceof Refusal ? error : undefined;
      if (run === this._run) this._failed(why, { isFinal: FINAL.has(why?.code ?? "") });
    }
  }

  /** @param {number} run @returns {RTCPeerConnection} */
  _open(run) {
    const connection = new RTCPeerConnection({ iceServers: [], bundlePolicy: "max-bundle" });
    this.connection = connection;
    const video = addPicture(connection, this._tracks.video);
    preferH264(video);
    const audio = connection.addTransceiver(this._tracks.audio ?? "audio", { direction: "sendonly" });
    this._senders = { video: video.sender, audio: audio.sender };
    connection.onconnectionstatechange = () => {
      if (run === this._run) this._watch(connection);
    };
    return connection;
  }

  /** @param {number} run @param {RTCPeerConnection} connection */
  async _negotiate(run, connection) {
    await connection.setLocalDescription();
    const sdp = connection.localDescription?.sdp ?? "";
    const answer = await postOffer(this._url, sdp, this._bearer());
    if (run !== this._run) {
      if (answer.session) deleteSession(answer.session, this._bearer());
      return;
    }
    this._session = answer.session;
    if (!answer.session) {
      const isFinal = !TRY_LATER.has(answer.status);
      this._failed(new Refusal(answer.code || "refused", answer.why), { isFinal, afterSeconds: answer.retryAfterSeconds });
      return;
    }
    await connection.setRemoteDescription({ type: "answer", sdp: answer.sdp });
    if (this._senders.video) await fitSizes(this._senders.video);
    const parts = { connection, session: this._session, headers: this._bearer(), onLost: () => this._failed() };
    this._restart = new IceRestart(parts);
    this._heedClose(run);
  }

  /** The server ends a session by closing DTLS; that is no loss of the network.  @param {number} run */
  _heedClose(run) {
    const transport = this._senders.video?.transport;
    if (!transport) return;
    transport.onstatechange = () => {
      if (run !== this._run || transport.state !== "closed") return;
      this._leave();
      this._become("lost");
      this._timer = setTimeout(() => (this._parts.mayReturn() ? this._begin() : this._become("ended")), NEWS_MS);
    };
  }

  /** @param {RTCPeerConnection} connection */
  _watch(connection) {
    const state = connection.connectionState;
    if (state === "connected") {
      clearTimeout(this._timer);
      this._attempt = 0;
      this._become("sending");
    } else if (state === "disconnected" || state === "failed") {
      if (this._restart) this._restart.begin();
      else this._failed();
    }
  }

  /** @param {Refusal} [why] @param {{isFinal?: boolean, afterSeconds?: number}} [kind] */
  _failed(why, { isFinal = false, afterSeconds = 0 } = {}) {
    this._leave();
    if (isFinal) {
      this._become("refused", why);
      return;
    }
    this._become("lost", why);
    this._timer = setTimeout(() => this._begin(), Math.max(backOff(this._attempt++), afterSeconds * 1000));
  }

  _leave() {
    this._run += 1;
    clearTimeout(this._timer);
    this._restart?.close();
    this._restart = null;
    this.connection?.close();
    this.connection = null;
    this._senders = {};
    if (this._session) deleteSession(this._session, this._bearer());
    this._session = "";
  }

  _bearer() {
    return { Authorization: `Bearer ${this._token}` };
  }

  /** @param {WhipState} state @param {Refusal} [why] */
  _become(state, why) {
    if (state === this.state) return;
    this.state = state;
    this._parts.onState?.(state, why);
  }
}

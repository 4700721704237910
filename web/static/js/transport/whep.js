/** Watches one show over WHEP: offer at once, reconnect by itself, say what happens. Knows no page. */

import { backOff } from "./back_off.js";
import { deleteSession, postOffer } from "./http_session.js";
import { IceRestart } from "./ice_restart.js";
import { QualityMeter } from "./quality.js";

/**
 * idle: not asked to play. connecting: an offer is out. connected: packets may flow. off: no show on the air.
 * full: no seat. lost: will try again by itself. unsupported, refused: trying again is of no use.
 * @typedef {"idle" | "connecting" | "connected" | "off" | "full" | "lost" | "unsupported" | "refused"} WhepState
 * @typedef {{onState?: (state: WhepState, why: string) => void, onFlow?: (stream: MediaStream) => void,
 *   onQuality?: (quality: import("./quality.js").Quality) => void, ticket?: () => Promise<string>,
 *   sizes?: import("./layers.js").SizeChoice}} WhepEvents
 * `sizes` chooses among the sizes of the picture, session by session.
 * `ticket` gives a bearer token for what is not for everybody: a rehearsal.
 * `onFlow` fires when packets of a track begin to arrive: a page that waits for it before it shows the stream does not
 * look as if it were loading for as long as the exhibitor is away.
 */

/** Lowest delay that still hides the jitter of a hotel network. */
const JITTER_BUFFER_MS = 40;
const STATS_MS = 2000;
/** Nothing on the air: the socket tells when that changes, asking is only the second string. */
/** @type {[number, number]} */
const OFF_MS = [20_000, 60_000];

/**
 * `ms` is how long a path has been looked for since the server's answer came, `answerMs` how long that took.
 * @typedef {{ms: number, answerMs: number}} Search
 */
const FOUND = new Set(["connected", "completed"]);

/** @type {Record<number, WhepState>} what an answer other than 201 means to a viewer */
const MEANING = { 404: "off", 409: "off", 410: "off", 429: "full", 503: "full", 400: "refused", 406: "refused", 415: "refused", 422: "refused" };

/** One viewer. `play()` returns a stream that stays the same object however often the session is renewed. */
export class WhepPlayer {
  /** @param {WhepEvents} [events] */
  constructor(events = {}) {
    this._events = events;
    this.stream = new MediaStream();
    /** @type {WhepState} */
    this.state = "idle";
    this._url = "";
    this._session = "";
    this._attempt = 0;
    this._run = 0; // counts sessions, so that a late answer to an old one is recognised
    /** When the server answered, and after how long. @type {{at: number, answerMs: number} | null} */
    this._answered = null;
    /** The newest of each kind. @type {Partial<Record<string, MediaStreamTrack>>} */
    this._tracks = {};
    /** @type {RTCPeerConnection | null} */
    this.connection = null;
    /** @type {IceRestart | null} */
    this._restart = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this._timer = undefined;
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this._stats = undefined;
  }

  /**
   * Start watching `url`; returns the stream at once, tracks arrive in it when the server answers.
   * @param {string} url the WHEP endpoint
   * @returns {MediaStream}
   */
  play(url) {
    this._url = url;
    this.retry();
    return this.stream;
  }

  /**
   * Do not ask yet: nothing is on the air. `retry()` starts; so does, late, the player itself.
   * @param {string} url
   */
  standBy(url) {
    this._url = url;
    this._failed("off", "");
  }

  /** Try now instead of later: the show has begun, or a person pressed "try again". */
  retry() {
    this._attempt = 0;
    this._begin();
  }

  /** The search for a path; null before the answer, and from the moment at which one is found. @returns {Search | null} */
  get search() {
    const isFound = FOUND.has(this.connection?.iceConnectionState ?? "");
    if (!this._answered || isFound || this.state !== "connecting") return null;
    return { ms: performance.now() - this._answered.at, answerMs: this._answered.answerMs };
  }

  /** End the session and tell the server, also while the page goes away. */
  stop() {
    this._leave();
    this._become("idle", "");
  }

  /** Put into the stream what is wanted: a picture that never comes would hold up the sound beside it. */
  arrange() {
    const { video, audio } = this._tracks;
    const wanted = [audio, this._events.sizes?.isSoundOnly ? undefined : video];
    const old = this.stream.getTracks().filter((track) => !wanted.includes(track));
    for (const track of wanted) if (track) this.stream.addTrack(track);
    for (const track of old) this.stream.removeTrack(track);
  }

  async _begin() {
    this._leave();
    if (typeof RTCPeerConnection === "undefined") {
      this._become("unsupported", "");
      return;
    }
    const run = this._run;
    this._become("connecting", "");
    try {
      await this._negotiate(run, this._open(run));
    } catch (error) {
      if (run === this._run) this._failed("lost", String(error));
    }
  }

  /** @param {number} run @returns {RTCPeerConnection} */
  _open(run) {
    const connection = new RTCPeerConnection({ iceServers: [], bundlePolicy: "max-bundle" });
    this.connection = connection;
    connection.addTransceiver("video", { direction: "recvonly" });
    connection.addTransceiver("audio", { direction: "recvonly" });
    connection.ontrack = (event) => this._take(event);
    connection.onconnectionstatechange = () => {
      if (run === this._run) this._watch(connection);
    };
    return connection;
  }

  /**
   * Post the offer without waiting for candidates (the server needs none of ours) and take its answer.
   * @param {number} run
   * @param {RTCPeerConnection} connection
   */
  async _negotiate(run, connection) {
    await connection.setLocalDescription();
    const ticket = await this._events.ticket?.();
    /** @type {Record<string, string>} */
    const headers = ticket ? { Authorization: `Bearer ${ticket}` } : {};
    const askedAt = performance.now();
    const answer = await postOffer(this._url, connection.localDescription?.sdp ?? "", headers);
    if (run !== this._run) {
      if (answer.session) deleteSession(answer.session);
      return;
    }
    this._session = answer.session;
    if (!answer.session) {
      this._failed(MEANING[answer.status] ?? "lost", answer.why, answer.retryAfterSeconds);
      return;
    }
    await connection.setRemoteDescription({ type: "answer", sdp: answer.sdp });
    this._answered = { at: performance.now(), answerMs: performance.now() - askedAt };
    const onLost = () => this._failed("lost", "no path to the server was found");
    this._restart = new IceRestart({ connection, session: this._session, onLost });
    this._events.sizes?.attend(answer.layers, headers, hears(connection));
    this.arrange();
    this._measure(new QualityMeter(connection));
  }

  /** @param {RTCTrackEvent} event */
  _take({ track, receiver, transceiver }) {
    if ("jitterBufferTarget" in receiver) receiver.jitterBufferTarget = JITTER_BUFFER_MS;
    this._tracks[track.kind] = track;
    this.arrange();
    const run = this._run;
    const flows = () => run === this._run && this._events.onFlow?.(this.stream);
    if (track.muted) track.onunmute = flows;
    else flows();
    const transport = transceiver.receiver.transport;
    if (!transport) return;
    transport.onstatechange = () => {
      if (run === this._run && transport.state === "closed") this._failed("lost", "closed by the server");
    };
  }

  /** @param {RTCPeerConnection} connection */
  _watch(connection) {
    const state = connection.connectionState;
    if (state === "connected") {
      this._attempt = 0;
      this._become("connected", "");
    } else if (state === "disconnected" || state === "failed") {
      if (this._restart) this._restart.begin();
      else this._failed("lost", state);
    }
  }

  /** The network is back or another one: do not wait for the connection to find out. */
  changeNetwork() {
    if (this.state === "lost") this.retry();
    else this._restart?.begin({ isNew: true });
  }

  /** @param {QualityMeter} meter */
  _measure(meter) {
    const { sizes } = this._events;
    this._stats = setInterval(async () => {
      const quality = await meter.read().catch(() => null);
      if (sizes) sizes.soundKbps = meter.soundKbps;
      if (sizes?.isSoundOnly) meter.forget();
      else if (quality && this.state === "connected") this._events.onQuality?.(quality);
    }, STATS_MS);
  }

  /** @param {WhepState} state @param {string} why @param {number} [afterSeconds] what the server asked for */
  _failed(state, why, afterSeconds = 0) {
    this._leave();
    this._become(state, why);
    if (state === "refused") return;
    const pause = state === "off" ? backOff(this._attempt++, ...OFF_MS) : backOff(this._attempt++);
    const wait = Math.max(pause, afterSeconds * 1000 * (1 + Math.random() / 2));
    this._timer = setTimeout(() => this._begin(), wait);
  }

  _leave() {
    this._run += 1;
    this._answered = null;
    clearTimeout(this._timer);
    clearInterval(this._stats);
    this._restart?.close();
    this._restart = null;
    this._events.sizes?.leave();
    this.connection?.close();
    this.connection = null;
    if (this._session) deleteSession(this._session);
    this._session = "";
  }

  /** @param {WhepState} state @param {string} why */
  _become(state, why) {
    if (state === this.state) return;
    this.state = state;
    this._events.onState?.(state, why);
  }
}

/** @param {RTCPeerConnection} connection @returns {boolean} whether the answer promises sound */
function hears(connection) {
  return connection.getTransceivers().some(({ receiver, currentDirection }) => receiver.track.kind === "audio" && currentDirection === "recvonly");
}

/**
 * Two browsers agree on a connection, for a call that survives reloads and changes of network. Knows no page and no
 * socket.
 *
 * One side makes all offers, the polite side asks for one: offers never meet. Perfect negotiation (W3C WebRTC, section
 * 10.7) would take one of the two back, and after that Chromium (156) decodes the other's picture and shows none of it.
 * The offer has two transceivers and the answer the same two, so that there is one picture and one sound in each
 * direction whatever the devices are. Signals are handled one after the other. A page that was reloaded is a new
 * peer: its DTLS fingerprint differs, and the old connection is dropped for a new one.
 */

import { belongs, isOtherPeer } from "./peer_identity.js";

/**
 * connecting: no path yet. connected: media may flow. reconnecting: there was a path, and there will be again.
 * @typedef {"connecting" | "connected" | "reconnecting"} LinkState
 * One of the three; `restart` is the polite side's wish.
 * @typedef {{description?: RTCSessionDescriptionInit | null, candidate?: RTCIceCandidateInit | null, restart?: boolean}} Signal
 * @typedef {"video" | "audio"} Kind
 * @typedef {{
 *   send: (signal: Signal) => Promise<unknown>,
 *   onState?: (state: LinkState) => void,
 *   onFault?: (error: unknown) => void,
 * }} NegotiationParts `send` may reject: what was lost is sent again when the two meet again
 * @typedef {{polite: boolean, iceServers: RTCIceServer[], relayOnly: boolean}} Terms
 */

/** ICE calls a pause "disconnected" long before it gives up; looking for a new path is quicker. */
const DISCONNECTED_MS = 2500;
const RESTART_MS = 6000;

export class Negotiation {
  /** @param {NegotiationParts} parts */
  constructor(parts) {
    this._parts = parts;
    /** The other's tracks; stays the same object however often the connection is renewed. */
    this.stream = new MediaStream();
    /** @type {LinkState} */
    this.state = "connecting";
    /** @type {RTCPeerConnection | null} */
    this.connection = null;
    /** @type {Terms | null} */
    this._terms = null;
    /** @type {Record<"video" | "audio", MediaStreamTrack | null>} */
    this._tracks = { video: null, audio: null };
    this._turn = Promise.resolve();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this._timer = undefined;
  }

  /** @param {Terms} terms who is polite and which way media may go; new servers count from the next ICE restart */
  agree(terms) {
    this._terms = terms;
    this.connection?.setConfiguration(this._configuration());
  }

  /** The other party is there: begin, or make sure that both still speak of the same connection. */
  meet() {
    this._next(async () => {
      if (!this.connection) this._open();
      else if (this.state === "reconnecting") this.restart();
      else if (this._makesOffers) await this._offer();
    });
  }

  /** @param {Signal} signal from the other party */
  take(signal) {
    this._next(async () => {
      if (signal.description) await this._takeDescription(signal.description);
      else if (signal.candidate) await this._takeCandidate(signal.candidate);
      else if (signal.restart && this._makesOffers) this.restart();
    });
  }

  /** @param {Kind} kind @param {MediaStreamTrack | null} track sent from now on */
  use(kind, track) {
    this._tracks[kind] = track;
    this._transceiver(kind)?.sender.replaceTrack(track);
  }

  /** Look for a new path, with the newest servers. An offer that nobody answered holds up every other: it is made again. */
  restart() {
    if (!this.connection) return;
    if (!this._makesOffers) return this._send({ restart: true });
    this.connection.restartIce();
    if (this.connection.signalingState === "have-local-offer") this._next(() => this._offer());
  }

  /** Let go; `meet` begins again. */
  close() {
    clearTimeout(this._timer);
    this.connection?.close();
    this.connection = null;
    this.state = "connecting";
  }

  get _makesOffers() {
    return this._terms?.polite === false;
  }

  /** @param {() => Promise<void>} work */
  _next(work) {
    this._turn = this._turn.then(work).catch((error) => this._parts.onFault?.(error));
  }

  /** @returns {RTCPeerConnection} */
  _open() {
    this.close();
    const connection = new RTCPeerConnection(this._configuration());
    this.connection = connection;
    connection.ontrack = ({ track }) => this._show(track);
    connection.onicecandidate = ({ candidate }) => {
      if (candidate && connection === this.connection) this._send({ candidate: candidate.toJSON() });
    };
    connection.onnegotiationneeded = () => {
      if (connection === this.connection && this._makesOffers) this._next(() => this._offer());
    };
    connection.onconnectionstatechange = () => this._watch(connection);
    if (this._makesOffers) {
      connection.addTransceiver(this._tracks.audio ?? "audio", { direction: "sendrecv" });
      connection.addTransceiver(this._tracks.video ?? "video", { direction: "sendrecv" });
    }
    return connection;
  }

  async _offer() {
    const connection = this.connection;
    if (!connection) return;
    if (connection.signalingState === "stable") await connection.setLocalDescription();
    this._send({ description: connection.localDescription?.toJSON() });
  }

  /** @param {RTCSessionDescriptionInit} description one of the side's own kind is its own, come back by another node */
  async _takeDescription(description) {
    const isOffer = description.type === "offer";
    if (isOffer === this._makesOffers) return;
    let connection = this.connection ?? this._open();
    if (isOtherPeer(connection, description)) {
      connection = this._open();
      if (!isOffer) return; // an answer to the old connection; the new one makes its own offer
    }
    if (!isOffer && connection.signalingState !== "have-local-offer") return; // it came twice
    await connection.setRemoteDescription(description);
    if (isOffer) await this._answer(connection);
  }

  /** @param {RTCIceCandidateInit} candidate one of a connection that is no more is of no use */
  async _takeCandidate(candidate) {
    const remote = this.connection?.remoteDescription;
    if (remote && belongs(candidate, remote)) await this.connection?.addIceCandidate(candidate);
  }

  /** The polite side sends on the transceivers that the offer made.  @param {RTCPeerConnection} connection */
  async _answer(connection) {
    for (const transceiver of connection.getTransceivers()) {
      transceiver.direction = "sendrecv";
      await transceiver.sender.replaceTrack(this._tracks[/** @type {Kind} */ (transceiver.receiver.track.kind)]);
    }
    await connection.setLocalDescription();
    this._send({ description: connection.localDescription?.toJSON() });
  }

  /** @param {MediaStreamTrack} track */
  _show(track) {
    const old = this.stream.getTracks().filter((other) => other.kind === track.kind);
    for (const other of old) this.stream.removeTrack(other); // first: a stream takes no second track of the same id
    this.stream.addTrack(track);
  }

  /** @param {Kind} kind */
  _transceiver(kind) {
    return this.connection?.getTransceivers().find(({ receiver }) => receiver.track.kind === kind);
  }

  /** @param {RTCPeerConnection} connection */
  _watch(connection) {
    if (connection !== this.connection) return;
    const state = connection.connectionState;
    clearTimeout(this._timer);
    if (state === "connected") this._become("connected");
    if (state !== "disconnected" && state !== "failed") return;
    this._become("reconnecting");
    this._timer = setTimeout(() => this._persist(), state === "failed" ? 0 : DISCONNECTED_MS);
  }

  _persist() {
    this.restart();
    this._timer = setTimeout(() => this._persist(), RESTART_MS);
  }

  /** @param {Signal} signal */
  _send(signal) {
    this._parts.send(signal).catch(() => undefined); // what is lost is made good when the two meet again
  }

  /** @returns {RTCConfiguration} */
  _configuration() {
    return {
      iceServers: this._terms?.iceServers ?? [],
      iceTransportPolicy: this._terms?.relayOnly ? "relay" : "all",
      bundlePolicy: "max-bundle",
    };
  }

  /** @param {LinkState} state */
  _become(state) {
    if (state === this.state) return;
    this.state = state;
    this._parts.onState?.(state);
  }
}

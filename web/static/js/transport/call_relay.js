/** A call through the relay: what this page sends by WHIP, and each other seat by WHEP. Knows no page. */

import { WhepPlayer } from "./whep.js";
import { WhipPublisher } from "./whip.js";

/** A seat that sends nothing yet is looked at again this soon. */
const AGAIN_MS = 700;

/** @typedef {{ticket: () => string, onFlow: (seat: string, stream: MediaStream) => void, onLost: (seat: string) => void}} RelayParts */

export class CallRelay {
  /** @param {string} call @param {RelayParts} parts */
  constructor(call, parts) {
    this._call = call;
    this._parts = parts;
    this._ticket = async () => parts.ticket();
    /** @type {WhipPublisher | null} */
    this._publisher = null;
    /** @type {Map<string, WhepPlayer>} */
    this._players = new Map();
    /** @type {Record<"video" | "audio", MediaStreamTrack | null>} */
    this._tracks = { video: null, audio: null };
  }

  /** @returns {boolean} whether the call goes this way, or is about to */
  get isOn() {
    return this._publisher !== null;
  }

  /** The connections that carry this page and another seat.  @param {string} seat @returns {import("./call_line.js").Way} */
  wayOf(seat) {
    return { sends: this._publisher?.connection ?? null, receives: this._players.get(seat)?.connection ?? null };
  }

  /** @param {"video" | "audio"} kind @param {MediaStreamTrack | null} track sent from now on */
  use(kind, track) {
    this._tracks[kind] = track;
    this._publisher?.use(kind, track);
  }

  /** Send, and see these seats; those that are not named any more are let go.  @param {string[]} seats */
  follow(seats) {
    if (!this._publisher) this._publish();
    for (const [seat, player] of this._players) {
      if (seats.includes(seat)) continue;
      player.stop();
      this._players.delete(seat);
    }
    for (const seat of seats) if (!this._players.has(seat)) this._watch(seat);
  }

  /** Look for other paths at once: this machine is on another network. */
  changeNetwork() {
    this._publisher?.changeNetwork();
    for (const player of this._players.values()) player.changeNetwork();
  }

  /** Let go of everything; `follow` begins again. */
  close() {
    this._publisher?.stop();
    this._publisher = null;
    for (const player of this._players.values()) player.stop();
    this._players.clear();
  }

  _publish() {
    const publisher = new WhipPublisher({ ticket: this._ticket, mayReturn: () => this._publisher === publisher });
    this._publisher = publisher;
    for (const kind of /** @type {const} */ (["video", "audio"])) publisher.use(kind, this._tracks[kind]);
    publisher.start(`/whip/calls/${this._call}`);
  }

  /** @param {string} seat */
  _watch(seat) {
    const player = new WhepPlayer({
      ticket: this._ticket,
      onFlow: (stream) => this._players.get(seat) === player && this._parts.onFlow(seat, stream),
      onState: (state) => {
        if (this._players.get(seat) !== player || (state !== "off" && state !== "lost")) return;
        this._parts.onLost(seat);
        setTimeout(() => this._players.get(seat) === player && player.state === state && player.retry(), AGAIN_MS);
      },
    });
    this._players.set(seat, player);
    player.play(`/whep/calls/${this._call}/${seat}`);
  }
}

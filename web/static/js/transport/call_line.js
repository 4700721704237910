/**
 * How the line of a call does, whichever way it goes: a word on what arrives, and whether what is sent may have a
 * picture. Knows no page.
 */

import { CallMeter } from "./call_quality.js";
import { outgoingOf, SoundFirst } from "./sound_first.js";

/** Each look asks whether the picture can stay; each second one says a word, which would flicker otherwise. */
const LOOK_MS = 1000;

/**
 * @typedef {{sends: RTCPeerConnection | null, receives: RTCPeerConnection | null}} Way the same connection twice
 *   where the two browsers speak to each other themselves
 * @typedef {{
 *   way: () => Way,
 *   hasPicture: () => boolean,
 *   onQuality: (quality: import("./call_quality.js").CallQuality) => void,
 *   onPicture: (mayShow: boolean) => void,
 * }} LineParts `hasPicture`: whether the other party sends one now
 */

export class CallLine {
  /** @param {LineParts} parts */
  constructor(parts) {
    this._parts = parts;
    this._sound = new SoundFirst();
    this._meter = new CallMeter();
    this._looks = 0;
    this._looking = setInterval(() => this._look(), LOOK_MS);
  }

  close() {
    clearInterval(this._looking);
  }

  async _look() {
    const { sends, receives } = this._parts.way();
    if (isConnected(sends)) await this._weigh(sends);
    this._looks += 1;
    if (this._looks % 2 === 0 && isConnected(receives)) await this._judge(receives);
  }

  /** @param {RTCPeerConnection} connection */
  async _weigh(connection) {
    const outgoing = await outgoingOf(connection);
    const advice = outgoing ? this._sound.hear(outgoing, performance.now()) : "keep";
    if (advice !== "keep") this._parts.onPicture(advice === "return");
  }

  /** @param {RTCPeerConnection} connection */
  async _judge(connection) {
    const quality = await this._meter.read(connection, this._parts.hasPicture());
    if (quality && isConnected(connection)) this._parts.onQuality(quality);
  }
}

/** @param {RTCPeerConnection | null} connection @returns {connection is RTCPeerConnection} */
function isConnected(connection) {
  return connection?.connectionState === "connected";
}

/** The line to the other party: the conversation with the server, the connection between the browsers, its quality. */

import { CallMeter } from "../transport/call_quality.js";
import { openConversation } from "../transport/conversation.js";
import { outgoingOf, SoundFirst } from "../transport/sound_first.js";
import { Negotiation } from "../transport/negotiation.js";

/** @typedef {import("../transport/booth_protocol.js").MeetingSnapshot} MeetingSnapshot */
/** @typedef {import("../transport/call_quality.js").CallQuality} CallQuality */
/** @typedef {import("../transport/conversation.js").Conversation} Conversation */
/**
 * @typedef {{
 *   onSnapshot: (snapshot: MeetingSnapshot) => void,
 *   onPresence: (isPresent: boolean) => void,
 *   onEvent: (event: string, message: any) => void,
 *   onLink: (state: import("../transport/negotiation.js").LinkState) => void,
 *   onSocket: (state: import("../transport/conversation.js").ConversationState, why?: import("../lib/refusal.js").Refusal) => void,
 *   onQuality: (quality: CallQuality) => void,
 *   hasPicture: () => boolean,
 *   onPicture: (mayShow: boolean) => void,
 * }} LinkEvents
 */

const MEASURE_MS = 2000;
/** TURN credentials end at a set time: new ones are fetched when this share of their life is over. */
const RENEW_AT = 0.75;
const SOONEST_RENEWAL_MS = 5000;
/** `?relay=1` in the address: media only through the relay, to try that it works. */
const WANTS_RELAY = new URLSearchParams(location.search).get("relay") === "1";

export class Link {
  /** @param {string} call @param {LinkEvents} events */
  constructor(call, events) {
    this._call = call;
    this._events = events;
    this._isRenewal = false;
    /** Whether the two browsers speak to each other themselves; false while the call goes through the relay. */
    this.isDirect = true;
    this._sound = new SoundFirst();
    this._meter = new CallMeter();
    /** @type {Conversation} */
    this.conversation = this._converse();
    this.negotiation = new Negotiation({
      send: (signal) => this.conversation.ask("signal", signal, false), // one that waited would come out of turn
      onState: events.onLink,
      onFault: (error) => console.warn("negotiation", error),
    });
    this._measuring = setInterval(() => this._measure(), MEASURE_MS);
  }

  close() {
    clearInterval(this._measuring);
    clearTimeout(this._renewing);
    this.conversation.close();
    this.negotiation.close();
  }

  /** @returns {Conversation} */
  _converse() {
    const conversation = openConversation("/meeting", { purpose: "meeting", call: this._call });
    const isNow = () => conversation === this.conversation;
    conversation.on("snapshot", (snapshot) => isNow() && this._take(snapshot));
    conversation.on("signal", (signal) => isNow() && this.isDirect && this.negotiation.take(signal));
    conversation.on("arrived", () => isNow() && this._present(true));
    conversation.on("left", () => isNow() && this._present(false));
    for (const event of ["posted", "table", "devices", "stills", "ended", "gathering", "removed", "pointed", "wiped"]) {
      conversation.on(event, (message) => isNow() && this._events.onEvent(event, message));
    }
    conversation.onState((state, why) => isNow() && this._events.onSocket(state, why));
    return conversation;
  }

  /** @param {MeetingSnapshot} snapshot */
  _take(snapshot) {
    const relayOnly = WANTS_RELAY;
    this.negotiation.agree({ polite: snapshot.polite, iceServers: snapshot.ice_servers, relayOnly });
    this._planRenewal(snapshot);
    this._events.onSnapshot(snapshot); // says which way the call goes
    this._present(snapshot.other_present);
    if (this._isRenewal && this.isDirect) this.negotiation.restart();
    this._isRenewal = false;
  }

  /** @param {boolean} isPresent */
  _present(isPresent) {
    if (isPresent && this.isDirect) this.negotiation.meet();
    this._events.onPresence(isPresent);
  }

  /** The credentials carry the moment of their end in front of the user's name.  @param {MeetingSnapshot} snapshot */
  _planRenewal({ ice_servers, now }) {
    clearTimeout(this._renewing);
    const ends = ice_servers.map(({ username = "" }) => Number(username.split(":")[0])).filter((end) => end > now);
    if (!ends.length) return;
    const wait = (Math.min(...ends) - now) * 1000 * RENEW_AT;
    this._renewing = setTimeout(() => this._renew(), Math.max(wait, SOONEST_RENEWAL_MS));
  }

  /** A fresh conversation brings fresh credentials; the talk goes on meanwhile. */
  _renew() {
    const old = this.conversation;
    this._isRenewal = true;
    this.conversation = this._converse();
    old.close();
  }

  async _measure() {
    const { connection, state } = this.negotiation;
    if (!connection || state !== "connected") return;
    const outgoing = await outgoingOf(connection);
    const advice = outgoing ? this._sound.hear(outgoing, performance.now()) : "keep";
    if (advice !== "keep") this._events.onPicture(advice === "return");
    const quality = await this._meter.read(connection, this._events.hasPicture());
    if (quality && this.negotiation.state === "connected") this._events.onQuality(quality);
  }
}

/** The line to the other party: the conversation with the server, and the connection between the browsers. */

import { openConversation } from "../transport/conversation.js";
import { Negotiation } from "../transport/negotiation.js";
import { onNetworkChange } from "../transport/network.js";
import { byLeg } from "../transport/relay_test.js";

/** @typedef {import("../transport/booth_protocol.js").MeetingSnapshot} MeetingSnapshot */
/** @typedef {import("../transport/conversation.js").Conversation} Conversation */
/**
 * @typedef {{
 *   onSnapshot: (snapshot: MeetingSnapshot) => void,
 *   onPresence: (isPresent: boolean) => void,
 *   onEvent: (event: string, message: any) => void,
 *   onLink: (state: import("../transport/negotiation.js").LinkState) => void,
 *   onSocket: (state: import("../transport/conversation.js").ConversationState, why?: import("../lib/refusal.js").Refusal) => void,
 * }} LinkEvents
 */

/** TURN credentials end at a set time: new ones are fetched when this share of their life is over. */
const RENEW_AT = 0.75;
const SOONEST_RENEWAL_MS = 5000;
/** In the address, `?relay=1`: media only through the relay, to try that it works; `udp`, `tcp`, `tls`: only that way to it. */
const RELAY = new URLSearchParams(location.search).get("relay");
const LEGS = ["udp", "tcp", "tls"];

export class Link {
  /** @param {string} call @param {LinkEvents} events */
  constructor(call, events) {
    this._call = call;
    this._events = events;
    this._isRenewal = false;
    this._isOpen = true;
    /** Whether the two browsers speak to each other themselves; false while the call goes through the relay. */
    this.isDirect = true;
    /** @type {Conversation | null} the one before, until its successor stands */
    this._old = null;
    /** @type {Conversation} */
    this.conversation = this._converse();
    this.negotiation = new Negotiation({
      send: (signal) => (this._old ?? this.conversation).ask("signal", signal, false), // one that waited would come out of turn
      onState: events.onLink,
      onFault: (error) => console.warn("negotiation", error),
    });
    // The line to the server is of the old network as well; the way between the two is looked for when a new one stands.
    onNetworkChange(() => this._isOpen && this._renew());
  }

  close() {
    this._isOpen = false;
    clearTimeout(this._renewing);
    this._old?.close();
    this.conversation.close();
    this.negotiation.close();
  }

  /** @returns {Conversation} */
  _converse() {
    const conversation = openConversation("/meeting", { purpose: "meeting", call: this._call });
    const isNow = () => conversation === this.conversation;
    const isHeard = () => isNow() || conversation === this._old;
    conversation.on("snapshot", (snapshot) => isNow() && this._take(snapshot));
    conversation.on("signal", (signal) => isHeard() && this.isDirect && this.negotiation.take(signal));
    conversation.on("arrived", () => isHeard() && this._present(true));
    conversation.on("left", () => isHeard() && this._present(false));
    conversation.on("ended", (message) => isNow() && this._events.onEvent("ended", message));
    for (const event of ["posted", "table", "devices", "stills", "gathering", "removed", "pointed", "wiped"]) {
      conversation.on(event, (message) => isHeard() && this._events.onEvent(event, message));
    }
    conversation.onState((state, why) => {
      if (isNow()) this._events.onSocket(state, why);
      else if (conversation === this._old && state === "lost") this._drop();
    });
    return conversation;
  }

  /** @param {MeetingSnapshot} snapshot */
  _take(snapshot) {
    this._drop();
    const { polite, ice_servers } = snapshot;
    const iceServers = LEGS.includes(RELAY ?? "") ? byLeg(ice_servers, RELAY ?? "") : ice_servers;
    this.negotiation.agree({ polite, iceServers, relayOnly: RELAY !== null });
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

  /** A fresh conversation brings fresh credentials; the old one goes when it stands, so that nobody is missed meanwhile. */
  _renew() {
    this._drop();
    this._old = this.conversation;
    this._isRenewal = true;
    this.conversation = this._converse();
  }

  _drop() {
    this._old?.close();
    this._old = null;
  }
}

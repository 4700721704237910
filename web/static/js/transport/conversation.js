/** One Socket.IO conversation with the server: tickets, reconnection, questions and their answers. */

import { io } from "../../vendor/socket.io.js";
import { _ } from "../i18n.js";
import { Refusal } from "../lib/refusal.js";
import { postJson } from "../lib/request.js";
import { backOff } from "./back_off.js";
import { VERSION } from "./protocol.js";

/**
 * @typedef {"connecting" | "open" | "lost"} ConversationState
 * @typedef {{purpose: "hall" | "booth" | "meeting", room?: string, call?: string}} Wanted
 * @typedef {{
 *   on: (event: string, fn: (message: any) => void) => void,
 *   ask: (event: string, payload?: object, isPatient?: boolean) => Promise<any>,
 *   readonly state: ConversationState,
 *   onState: (fn: (state: ConversationState, why?: Refusal) => void) => void,
 *   close: () => void,
 * }} Conversation
 */

const ANSWER_MS = 8000;
/** So long a question waits for a connection that is just being made. */
const OPENING_MS = 4000;

const FINAL = new Set(["reload", "csrf", "denied", "sign_in", "no_room", "exhibitor_left", "no_call", "wrong_moment", "in_a_call"]);

/**
 * Tell whether the same page will meet this refusal again and again, so that only a fresh page can help.
 * @param {Refusal} [why]
 */
export function isFinal(why) {
  return why !== undefined && FINAL.has(why.code);
}

/**
 * Open a conversation and keep it open until `close()`: after each loss a fresh ticket is fetched and the
 * server sends a new `snapshot`. A refusal that cannot heal by itself ends it; `onState` then gets the reason.
 * @param {"/hall" | "/booth" | "/meeting"} namespace
 * @param {Wanted} wanted
 * @returns {Conversation}
 */
export function openConversation(namespace, wanted) {
  return new SocketConversation(namespace, wanted);
}

/**
 * Load the page anew once the exhibitor whose room it is about has left the fair: the server says what there is instead.
 * @param {Conversation} conversation
 */
export function followLeaving(conversation) {
  conversation.on("exhibitor_left", () => location.reload());
  conversation.onState((_state, why) => why?.code === "exhibitor_left" && location.reload());
}

/** @implements {Conversation} */
class SocketConversation {
  /** @param {string} namespace @param {Wanted} wanted */
  constructor(namespace, wanted) {
    this._wanted = wanted;
    this._attempt = 0;
    this._closed = false;
    this._ticket = "";
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this._timer = undefined;
    /** @type {Array<(state: ConversationState, why?: Refusal) => void>} */
    this._listeners = [];
    /** @type {ConversationState} */
    this.state = "connecting";
    this._socket = io(namespace, {
      transports: ["websocket"],
      autoConnect: false,
      reconnection: false, // ours asks for a fresh ticket first
      auth: (/** @type {(payload: object) => void} */ give) => give({ v: VERSION, ticket: this._ticket }),
    });
    this._listen();
    this._connect();
  }

  /** @param {string} event @param {(message: any) => void} fn */
  on(event, fn) {
    this._socket.on(event, fn);
  }

  /** @param {(state: ConversationState, why?: Refusal) => void} fn */
  onState(fn) {
    this._listeners.push(fn);
  }

  /**
   * Send `payload` and return what the server answers; rejects with a `Refusal`, also when nothing comes back. A
   * patient question waits a moment for a connection that is being made, so that nobody need press twice.
   * @param {string} event
   * @param {object} [payload]
   * @param {boolean} [isPatient]
   * @returns {Promise<any>}
   */
  async ask(event, payload = {}, isPatient = true) {
    if (isPatient) await this._opening();
    if (!this._socket.connected) throw new Refusal("offline", ""); // true already while the snapshot is read
    let answer;
    try {
      answer = await this._socket.timeout(ANSWER_MS).emitWithAck(event, payload);
    } catch {
      throw new Refusal("offline", "");
    }
    if (answer?.error) throw refusalOf(answer.error);
    return answer;
  }

  /** Wait until the connection is open, not for long. */
  async _opening() {
    if (this._socket.connected || this._closed) return;
    await new Promise((resolve) => {
      setTimeout(resolve, OPENING_MS);
      this._socket.once("connect", () => resolve(undefined));
    });
  }

  close() {
    this._closed = true;
    clearTimeout(this._timer);
    this._socket.disconnect();
  }

  _listen() {
    this._socket.on("connect", () => {
      this._attempt = 0;
      this._become("open");
    });
    this._socket.on("disconnect", () => this._retry());
    this._socket.on("connect_error", (/** @type {Error & {data?: {code?: string}}} */ error) =>
      this._retry(refusalOf({ code: error.data?.code ?? "offline", message: error.message })),
    );
  }

  async _connect() {
    try {
      this._ticket = (await postJson("/api/tickets", this._wanted)).ticket;
    } catch (error) {
      this._retry(error instanceof Refusal ? error : new Refusal("offline", String(error)));
      return;
    }
    if (!this._closed) this._socket.connect();
  }

  /** @param {Refusal} [why] */
  _retry(why) {
    if (this._closed) return;
    this._become("lost", why);
    if (isFinal(why)) this.close();
    if (this._closed) return; // perhaps by a listener
    clearTimeout(this._timer);
    this._timer = setTimeout(() => this._connect(), backOff(this._attempt++));
  }

  /** @param {ConversationState} state @param {Refusal} [why] */
  _become(state, why) {
    this.state = state;
    for (const listener of this._listeners) listener(state, why);
  }
}

/**
 * A refusal as people read it: sockets speak English, and the page knows the sentence in the reader's language.
 * @param {{code: string, message: string, sentence?: string, fields?: Record<string, string | number>}} error
 */
function refusalOf({ code, message, sentence = message, fields = {} }) {
  return new Refusal(code, _(sentence, fields), fields);
}

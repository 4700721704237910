/** Stills a buyer takes in a room: those taken before a request for a call, or while it rings, go with it. */

import "../elements/notices.js";
import { postJson } from "../lib/request.js";
import { Refusal } from "../lib/refusal.js";
import { bindStillButton } from "./still_button.js";

/** @typedef {import("../transport/protocol.js").Call} Call */

/** So long after a still could not be attached it is tried again, if the call is still there. */
const AGAIN_MS = 4000;
/** Refusals that no other try changes. */
const FINAL = ["no_still", "already_attached"];

export class RoomStills {
  /** @param {string} room */
  constructor(room) {
    this._notices = /** @type {import("../elements/notices.js").FairNotices} */ (document.getElementById("notices"));
    this._button = document.getElementById("take-still");
    /** @type {string[]} taken here, attached to no call yet, and not on the way to one */
    this._loose = [];
    /** @type {Call | null} */
    this._call = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this._timer = undefined;
    bindStillButton(this._button, room, this._notices, (still) => {
      this._loose.push(still.id);
      this._attach();
    });
  }

  /** @param {boolean} isLive whether there is a picture to take */
  offer(isLive) {
    if (this._button) this._button.hidden = !isLive;
  }

  /** @param {Call | null} call the buyer's request, as it is now */
  follow(call) {
    this._call = call;
    this._attach();
  }

  /** Attach what is loose; what fails is loose again, for the next time or the next call. */
  async _attach() {
    const call = this._call;
    if (!call || !["ringing", "talking"].includes(call.state)) return;
    for (const still of this._loose.splice(0)) {
      try {
        await postJson(`/api/stills/${still}/attach`, { call: call.id });
      } catch (error) {
        this._fail(still, error);
      }
    }
  }

  /** @param {string} still @param {unknown} error */
  _fail(still, error) {
    if (error instanceof Refusal && FINAL.includes(error.code)) {
      this._notices.say(error.message, { kind: "danger" });
      return;
    }
    this._loose.push(still);
    clearTimeout(this._timer);
    this._timer = setTimeout(() => this._attach(), AGAIN_MS);
  }
}

/** Stills a buyer takes in a room: those taken before a request for a call, or while it rings, go with it. */

import "../elements/notices.js";
import { postJson } from "../lib/request.js";
import { bindStillButton } from "./still_button.js";

/** @typedef {import("../transport/protocol.js").Call} Call */

export class RoomStills {
  /** @param {string} room */
  constructor(room) {
    const notices = /** @type {import("../elements/notices.js").FairNotices} */ (document.getElementById("notices"));
    this._button = document.getElementById("take-still");
    /** @type {string[]} taken here and attached to no call yet */
    this._loose = [];
    /** @type {Call | null} */
    this._call = null;
    bindStillButton(this._button, room, notices, (still) => {
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

  async _attach() {
    const call = this._call;
    if (!call || !["ringing", "talking"].includes(call.state)) return;
    for (const still of this._loose.splice(0)) {
      try {
        await postJson(`/api/stills/${still}/attach`, { call: call.id });
      } catch {
        // It can still be opened by its link; the call goes on without it.
      }
    }
  }
}

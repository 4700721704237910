/** Whether the show hears the microphone: muted by hand, or because its person talks privately. */

import { element } from "./element.js";

export class Muting {
  /**
   * @param {string} room
   * @param {import("./sources.js").Sources} sources
   * @param {{isBack: boolean, onChange: () => void}} parts `isBack`: the page was reloaded on the air, and muted it stays
   */
  constructor(room, sources, { isBack, onChange }) {
    this._slot = `muted:${room}`;
    this._hushedSlot = `hushed:${room}`;
    this._sources = sources;
    this._onChange = onChange;
    if (!isBack) for (const slot of [this._slot, this._hushedSlot]) sessionStorage.removeItem(slot);
    const how = sessionStorage.getItem(this._slot);
    sources.mute(how !== null);
    element("show-muted").hidden = how !== "call";
  }

  /** Mute once for each call, whichever page it was taken in: whoever wants to be heard during it is heard from then on.
   * @param {string} call which this person talks in */
  hush(call) {
    if (sessionStorage.getItem(this._hushedSlot) === call) return;
    sessionStorage.setItem(this._hushedSlot, call);
    this.set(true, "call");
  }

  /** @param {boolean} isMuted @param {"hand" | "call"} [how] */
  set(isMuted, how = "hand") {
    if (isMuted) sessionStorage.setItem(this._slot, how);
    else sessionStorage.removeItem(this._slot);
    this._sources.mute(isMuted);
    element("show-muted").hidden = !isMuted || how !== "call";
    this._onChange();
  }
}

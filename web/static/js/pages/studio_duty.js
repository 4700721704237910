/** On duty or not: who takes calls now, and the switch of this person, remembered over reloads of the page. */

import { _ } from "../i18n.js";
import { element } from "./element.js";

export class Duty {
  /**
   * @param {string} room
   * @param {{ask: (isOn: boolean) => Promise<boolean>, onChange: (isOn: boolean) => void}} parts `ask` tells the server
   */
  constructor(room, parts) {
    this._slot = `off-duty:${room}`;
    this._parts = parts;
    this._switch = /** @type {HTMLButtonElement} */ (element("on-duty"));
    this._switch.addEventListener("click", () => this._set(this._switch.getAttribute("aria-checked") !== "true"));
  }

  /** @param {boolean} isOnline */
  set isOnline(isOnline) {
    this._switch.disabled = !isOnline;
  }

  /** @param {boolean} isOn what the server took us for when the socket opened */
  restore(isOn) {
    this._show(isOn);
    if (isOn && sessionStorage.getItem(this._slot)) this._set(false);
  }

  /** @param {import("../transport/protocol.js").Attendant[]} attendants */
  show(attendants) {
    element("duty-names").textContent = attendants.map(({ name }) => name).join(", ") || _("Nobody on duty");
  }

  /** @param {boolean} isOn */
  async _set(isOn) {
    if (!(await this._parts.ask(isOn))) return;
    if (isOn) sessionStorage.removeItem(this._slot);
    else sessionStorage.setItem(this._slot, "1");
    this._show(isOn);
  }

  /** @param {boolean} isOn */
  _show(isOn) {
    this._switch.setAttribute("aria-checked", String(isOn));
    this._parts.onChange(isOn);
  }
}

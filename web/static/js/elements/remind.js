/** `<fair-remind>`: the wish to be reminded of an announced show, as the server drew it; pressing changes it. */

import { _, plural } from "../i18n.js";
import { icon } from "../lib/icons.js";
import { askForNotifications } from "../lib/notify.js";
import { postJson } from "../lib/request.js";
import { keepZone } from "../lib/zone.js";

export class FairRemind extends HTMLElement {
  connectedCallback() {
    this._id = this.dataset.announced ?? "";
    this.querySelector("button")?.addEventListener("click", () => this._press());
    // A guest is asked for a name first, and comes back with the wish still there.
    this.querySelector("a")?.addEventListener("click", () => sessionStorage.setItem(wishOf(this._id ?? ""), "1"));
  }

  /** @returns {boolean} */
  get isReserved() {
    return this.dataset.reserved !== undefined;
  }

  /** @param {boolean} isWanted */
  async change(isWanted) {
    const button = this.querySelector("button");
    const problem = /** @type {HTMLElement} */ (this.querySelector(".remind-problem"));
    if (!button || button.disabled) return;
    button.disabled = true;
    problem.hidden = true;
    keepZone(); // the mail that reminds says when by this clock
    try {
      this._take(await postJson(`/api/programme/${this._id}/${isWanted ? "reserve" : "unreserve"}`));
    } catch (error) {
      problem.textContent = error instanceof Error ? error.message : String(error);
      problem.hidden = false;
    } finally {
      button.disabled = false;
    }
  }

  _press() {
    if (!this.isReserved) askForNotifications();
    this.change(!this.isReserved);
  }

  /** @param {{reserved: boolean, reservations: number}} answer */
  _take({ reserved, reservations }) {
    this.toggleAttribute("data-reserved", reserved);
    const button = /** @type {HTMLButtonElement} */ (this.querySelector("button"));
    const words = document.createElement("span");
    words.textContent = reserved ? _("Reminder set") : _("Remind me");
    button.replaceChildren(icon(reserved ? "bell-ring" : "bell"), words);
    button.classList.toggle("is-on", reserved);
    const count = /** @type {HTMLElement} */ (this.querySelector(".remind-count"));
    count.textContent = plural("{n} reservation", "{n} reservations", reservations);
    count.hidden = reservations === 0;
  }
}

/** Where guests are let in; who comes back from there came to be reminded, even if this script was not there yet when they pressed. */
const DOORS = ["/sign-in", "/register"];

/**
 * Go on with a wish that signing in has interrupted; an address from elsewhere reserves nothing.
 * @param {string} announced
 */
export function continueWish(announced) {
  if (!announced) return;
  const isKept = sessionStorage.getItem(wishOf(announced)) !== null;
  if (!isKept && !DOORS.includes(cameFrom())) return;
  sessionStorage.removeItem(wishOf(announced));
  const found = document.querySelector(`fair-remind[data-announced="${CSS.escape(announced)}"]`);
  if (found instanceof FairRemind && !found.isReserved) found.change(true);
}

/** @returns {string} the path of the page of this fair that led here, or nothing */
function cameFrom() {
  const { referrer } = document;
  return referrer.startsWith(`${location.origin}/`) ? new URL(referrer).pathname : "";
}

/** @param {string} announced */
function wishOf(announced) {
  return `remind:${announced}`;
}

customElements.define("fair-remind", FairRemind);

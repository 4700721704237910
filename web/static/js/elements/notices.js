/** `<fair-notices>`: short news in a corner, read out by screen readers, gone after a while unless pressed away. */

import { _ } from "../i18n.js";
import { keepOverFullScreen } from "../lib/full_screen.js";
import { icon } from "../lib/icons.js";

const SHOWN_MS = 12_000;
const MOST = 4;

export class FairNotices extends HTMLElement {
  constructor() {
    super();
    this._leaveScreen = () => {};
  }

  connectedCallback() {
    this.setAttribute("role", "status");
    this.setAttribute("aria-live", "polite");
    this._leaveScreen = keepOverFullScreen(this);
  }

  disconnectedCallback() {
    this._leaveScreen();
  }

  /**
   * @param {string} text
   * @param {{kind?: "info" | "ok" | "wait" | "danger", link?: {href: string, text: string}, stays?: boolean}} [how]
   */
  say(text, { kind = "info", link, stays = false } = {}) {
    const notice = document.createElement("div");
    notice.className = `notice banner banner-${kind}`;
    const words = document.createElement("p");
    words.append(text);
    if (link) words.append(" ", anchor(link));
    const close = document.createElement("button");
    close.type = "button";
    close.className = "button button-quiet button-icon";
    close.setAttribute("aria-label", _("Close"));
    close.append(icon("x"));
    close.addEventListener("click", () => notice.remove());
    notice.append(words, close);
    this.append(notice);
    while (this.childElementCount > MOST) this.firstElementChild?.remove();
    if (!stays) setTimeout(() => notice.remove(), SHOWN_MS);
  }
}

/** @param {{href: string, text: string}} link */
function anchor({ href, text }) {
  const element = document.createElement("a");
  element.href = href;
  element.target = "_blank";
  element.rel = "noopener";
  element.textContent = text;
  return element;
}

customElements.define("fair-notices", FairNotices);

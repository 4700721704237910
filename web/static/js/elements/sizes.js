/** `<fair-sizes>`: the menu over the stage in which a viewer chooses how large a picture is sent, or sound alone. */

import { _, formatBytes } from "../i18n.js";
import { icon } from "../lib/icons.js";
import { linesOf } from "../transport/layers.js";

/** @typedef {import("../transport/layers.js").Size} Size */
/** @typedef {Size | "sound" | null} Item null stands for whatever fits */

/** Kilobits a second in bytes an hour. */
const BYTES_AN_HOUR = (1000 / 8) * 3600;
/** Data is measured while it flows: more digits than these would change with each look. */
const DIGITS = 2;
const SOUND_DIGITS = 1;

/** Is itself the menu; give it its `button`, and `show` what there is. */
export class FairSizes extends HTMLElement {
  constructor() {
    super();
    /** Called with what is chosen. @type {(item: Item) => void} */
    this.onChoose = () => {};
    this.onOpen = () => {};
    /** What sound alone brings; 0 while that is unknown. */
    this.soundKbps = 0;
    /** @type {HTMLElement | null} */
    this._button = null;
    /** @type {HTMLElement[]} */
    this._items = [];
    /** What the buttons stand for. @type {Item[]} */
    this._offered = [];
  }

  connectedCallback() {
    this.addEventListener("keydown", (event) => this._key(event));
    this.addEventListener("focusout", (event) => this._blur(event));
    document.addEventListener("pointerdown", (event) => this._pressElsewhere(event));
  }

  /** @param {HTMLElement} button opens and closes the menu */
  set button(button) {
    this._button = button;
    button.addEventListener("click", () => (this.hidden ? this.open() : this.close()));
    button.addEventListener("keydown", (event) => {
      if (!["ArrowUp", "ArrowDown"].includes(event.key)) return;
      event.preventDefault();
      this.open();
    });
  }

  /**
   * What is there already is written anew in place: a press that has begun ends on the same item.
   * @param {Item[]} offered @param {Item} chosen
   * @param {Size | undefined} now what is seen at the moment
   */
  show(offered, chosen, now) {
    this._offered = offered;
    if (offered.length !== this._items.length) this._build();
    const automatic = now && !chosen ? nameOf(now) : "";
    for (const [at, what] of offered.entries()) {
      const item = this._items[at];
      item?.setAttribute("aria-checked", String(what === chosen));
      write(item, ".sizes-name", wordsOf(what));
      write(item, ".sizes-note", what ? this._cost(what) : automatic);
    }
  }

  /** @param {Size | "sound"} what @returns {string} what somebody who pays for data wants to know */
  _cost(what) {
    return what === "sound" ? dataWords(this.soundKbps, SOUND_DIGITS) : dataWords(what.kbps, DIGITS);
  }

  open() {
    this.hidden = false;
    this._button?.setAttribute("aria-expanded", "true");
    this._focus(this._items.findIndex((item) => item.getAttribute("aria-checked") === "true"));
    this.onOpen();
  }

  /** @param {{isLeft?: boolean}} [how] whether the focus is elsewhere already, and stays there */
  close({ isLeft = false } = {}) {
    if (this.hidden) return;
    this.hidden = true;
    this._button?.setAttribute("aria-expanded", "false");
    if (!isLeft) this._button?.focus();
  }

  _build() {
    const at = this._items.findIndex((item) => item === document.activeElement);
    this._items = this._offered.map((_size, place) => this._item(place));
    this.replaceChildren(...this._items);
    if (at >= 0) this._focus(Math.min(at, this._items.length - 1));
  }

  /** @param {number} place */
  _item(place) {
    const item = document.createElement("button");
    Object.assign(item, { type: "button", className: "sizes-item", tabIndex: -1 });
    item.setAttribute("role", "menuitemradio");
    item.append(icon("check", "sizes-mark"), part("sizes-name"), " ", part("sizes-note"));
    item.addEventListener("click", () => {
      this.close();
      this.onChoose(this._offered[place] ?? null);
    });
    return item;
  }

  /** @param {KeyboardEvent} event */
  _key(event) {
    const { length } = this._items;
    const at = this._items.findIndex((item) => item === document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 + length, Home: 0, End: length - 1 }[event.key];
    if (to === undefined && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    if (to === undefined) this.close();
    else this._focus(to % length);
  }

  /** @param {number} at */
  _focus(at) {
    this._items[Math.max(0, at)]?.focus();
  }

  /** Tab has left the menu. One that is built anew loses its focus to nobody, and has it back at once. @param {FocusEvent} event */
  _blur({ relatedTarget }) {
    if (relatedTarget instanceof Node && !this._has(relatedTarget)) this.close({ isLeft: true });
  }

  /** @param {PointerEvent} event */
  _pressElsewhere({ target }) {
    if (target instanceof Node && !this._has(target)) this.close({ isLeft: true });
  }

  /** @param {Node} node */
  _has(node) {
    return this.contains(node) || this._button?.contains(node) === true;
  }
}

/** @param {Size} size @returns {string} a name that is the same in all languages */
export function nameOf(size) {
  return `${linesOf(size)}p`;
}

/** @param {Item} what @returns {string} */
function wordsOf(what) {
  if (what === "sound") return _("Sound only");
  return what ? nameOf(what) : _("Automatic");
}

/** @param {number} kbps @param {number} digits */
function dataWords(kbps, digits) {
  const amount = formatBytes(Number((kbps * BYTES_AN_HOUR).toPrecision(digits)));
  return kbps > 0 ? _("about {amount} an hour", { amount }) : "";
}

/** @param {string} className */
function part(className) {
  const words = document.createElement("bdi");
  words.className = className;
  return words;
}

/** @param {HTMLElement | undefined} item @param {string} selector @param {string} text */
function write(item, selector, text) {
  const words = item?.querySelector(selector);
  if (words && words.textContent !== text) words.textContent = text;
}

customElements.define("fair-sizes", FairSizes);

/** `<fair-movable>`: a small picture over a large one, put into any corner by pointer or arrow keys. */

/** A movement shorter than this is a click. */
const SLACK_PX = 6;
const MARGIN_PX = 12;

/** @typedef {{top: boolean, start: boolean}} Corner */

export class FairMovable extends HTMLElement {
  constructor() {
    super();
    /** @type {Corner} */
    this._corner = { top: false, start: false };
  }

  connectedCallback() {
    this._settle();
    this.addEventListener("pointerdown", (event) => this._grab(event));
    this.addEventListener("keydown", (event) => this._key(event));
  }

  /** @param {PointerEvent} event */
  _grab(event) {
    if (event.button !== 0) return;
    this.setPointerCapture(event.pointerId);
    const from = { x: event.clientX, y: event.clientY };
    const move = (/** @type {PointerEvent} */ now) => this._drag(now.clientX - from.x, now.clientY - from.y);
    const drop = (/** @type {PointerEvent} */ now) => {
      this.removeEventListener("pointermove", move);
      const isMoved = Math.hypot(now.clientX - from.x, now.clientY - from.y) > SLACK_PX;
      if (isMoved) this._drop();
      this._settle();
    };
    this.addEventListener("pointermove", move);
    this.addEventListener("lostpointercapture", (end) => drop(/** @type {PointerEvent} */ (end)), { once: true });
  }

  /** @param {number} x @param {number} y */
  _drag(x, y) {
    this.classList.add("is-dragged");
    this.style.translate = `${x}px ${y}px`;
  }

  /** The corner nearest to where it was let go. */
  _drop() {
    const ground = this.parentElement?.getBoundingClientRect();
    if (!ground) return;
    const own = this.getBoundingClientRect();
    const isLeft = own.left + own.width / 2 < ground.left + ground.width / 2;
    this._corner = {
      top: own.top + own.height / 2 < ground.top + ground.height / 2,
      start: isLeft === (getComputedStyle(this).direction === "ltr"),
    };
  }

  _settle() {
    const { top, start } = this._corner;
    const margin = `${MARGIN_PX}px`;
    this.classList.remove("is-dragged");
    this.style.translate = "";
    this.style.insetBlock = top ? `${margin} auto` : `auto ${margin}`;
    this.style.insetInline = start ? `${margin} auto` : `auto ${margin}`;
  }

  /** @param {KeyboardEvent} event */
  _key(event) {
    const isLtr = getComputedStyle(this).direction === "ltr";
    /** @type {Record<string, Partial<Corner>>} */
    const moves = {
      ArrowUp: { top: true },
      ArrowDown: { top: false },
      ArrowLeft: { start: isLtr },
      ArrowRight: { start: !isLtr },
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    this._corner = { ...this._corner, ...move };
    this._settle();
  }
}

customElements.define("fair-movable", FairMovable);

/** `<fair-board>`: a frozen picture that everybody in the call points and draws at, live. */

import { _ } from "../i18n.js";
import { icon } from "../lib/icons.js";

const SEND_MS = 60;
const POINTER_MS = 2500;
const COLOURS = ["#ffb020", "#4da3ff", "#5ad19a", "#ff7a8a"];

/** @typedef {{x: number, y: number, is_down: boolean}} Point */

export class FairBoard extends HTMLElement {
  constructor() {
    super();
    /** @type {(point: Point) => void} */
    this.onPoint = () => {};
    this.onWipe = () => {};
    this.onClose = () => {};
    this._picture = document.createElement("img");
    this._canvas = document.createElement("canvas");
    /** @type {Map<string, {element: HTMLElement, last: Point | null, timer: ReturnType<typeof setTimeout> | undefined}>} */
    this._pointers = new Map();
    this._sentAt = 0;
    this._url = "";
  }

  connectedCallback() {
    const bar = document.createElement("div");
    bar.className = "board-bar";
    const wipe = button("trash-2", _("Wipe"), () => this._wipe());
    const close = button("x", _("Back to the picture"), () => this.onClose());
    close.id = "close-board";
    bar.append(wipe, close);
    this._picture.alt = _("Frozen picture");
    const ground = document.createElement("div");
    ground.className = "board-ground";
    ground.dir = "ltr"; // places on a picture do not mirror
    ground.append(this._picture, this._canvas);
    this._ground = ground;
    this.append(ground, bar);
    this._picture.addEventListener("load", () => this._fit());
    addEventListener("resize", () => this._fit());
    for (const event of ["pointerdown", "pointermove", "pointerup"]) this._canvas.addEventListener(event, (it) => this._point(/** @type {PointerEvent} */ (it)));
  }

  /** @param {string | null} url of the picture; null puts the board away */
  show(url) {
    this.hidden = url === null;
    if (url === null || url === this._url) return;
    this._url = url;
    this._picture.src = url;
    this.wipe();
  }

  /** Somebody points.  @param {string} seat @param {string} name @param {Point} point */
  mark(seat, name, point) {
    const pointer = this._pointers.get(seat) ?? this._add(seat, name);
    clearTimeout(pointer.timer);
    pointer.element.hidden = false;
    pointer.element.style.left = `${point.x * 100}%`;
    pointer.element.style.top = `${point.y * 100}%`;
    pointer.timer = setTimeout(() => (pointer.element.hidden = true), POINTER_MS);
    if (point.is_down && pointer.last?.is_down) this._line(pointer.last, point, this._colour(seat));
    pointer.last = point;
  }

  wipe() {
    this._canvas.getContext("2d")?.clearRect(0, 0, this._canvas.width, this._canvas.height);
  }

  _wipe() {
    this.wipe();
    this.onWipe();
  }

  /** @param {PointerEvent} event */
  _point(event) {
    const box = this._canvas.getBoundingClientRect();
    const within = (/** @type {number} */ share) => Math.min(1, Math.max(0, share));
    const point = { x: within((event.clientX - box.left) / box.width), y: within((event.clientY - box.top) / box.height), is_down: event.buttons === 1 };
    if (event.type === "pointerdown") this._canvas.setPointerCapture(event.pointerId);
    if (event.type === "pointermove" && performance.now() - this._sentAt < SEND_MS) return;
    this._sentAt = performance.now();
    this.mark("me", _("You"), point);
    this.onPoint(point);
  }

  /** The drawing lies exactly on the picture. */
  _fit() {
    const ground = this._ground;
    const { naturalWidth, naturalHeight } = this._picture;
    if (!ground || !naturalWidth || this.hidden) return;
    const room = this.getBoundingClientRect();
    const scale = Math.min(room.width / naturalWidth, room.height / naturalHeight);
    ground.style.inlineSize = `${naturalWidth * scale}px`;
    ground.style.blockSize = `${naturalHeight * scale}px`;
    if (this._canvas.width !== naturalWidth) {
      this._canvas.width = naturalWidth;
      this._canvas.height = naturalHeight;
    }
  }

  /** @param {Point} from @param {Point} to @param {string} colour */
  _line(from, to, colour) {
    const pen = this._canvas.getContext("2d");
    if (!pen) return;
    const { width, height } = this._canvas;
    pen.strokeStyle = colour;
    pen.lineWidth = Math.max(3, width / 160);
    pen.lineCap = "round";
    pen.beginPath();
    pen.moveTo(from.x * width, from.y * height);
    pen.lineTo(to.x * width, to.y * height);
    pen.stroke();
  }

  /** @param {string} seat @param {string} name */
  _add(seat, name) {
    const element = document.createElement("span");
    element.className = "board-pointer";
    element.dataset.seat = seat;
    element.textContent = name;
    element.style.setProperty("--pointer", this._colour(seat));
    this._ground?.append(element);
    const pointer = { element, last: null, timer: undefined };
    this._pointers.set(seat, pointer);
    return pointer;
  }

  /** @param {string} seat */
  _colour(seat) {
    const order = ["me", "buyer", "staff"].indexOf(seat);
    return COLOURS[order < 0 ? 3 : order] ?? "#ffb020";
  }
}

/** @param {string} picture @param {string} words @param {() => void} act */
function button(picture, words, act) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "button";
  element.append(icon(picture), words);
  element.addEventListener("click", act);
  return element;
}

customElements.define("fair-board", FairBoard);

/** The smaller pictures of a call with more than two, and how loud everybody is. */

import { element } from "./element.js";

/** @typedef {import("../transport/booth_protocol.js").Gathering} Gathering */

export class Tiles {
  /** @param {string} main the seat that is shown large */
  constructor(main) {
    this._main = main;
    this._place = element("tiles");
    /** @type {Map<string, {figure: HTMLElement, video: HTMLVideoElement}>} */
    this._tiles = new Map();
    /** @type {Map<string, number>} */
    this._volumes = new Map();
    /** @type {Set<string>} interpreters who speak to somebody else right now */
    this._silent = new Set();
  }

  /** @param {Gathering} gathering @param {string} own seat */
  arrange({ seats }, own) {
    const others = seats.filter(({ id, is_here }) => is_here && id !== own && id !== this._main);
    for (const id of this._tiles.keys()) if (!others.some((seat) => seat.id === id)) this._remove(id);
    this._silent.clear();
    for (const { id, name, kind, speaks_to } of others) {
      this._tile(id, name);
      if (kind === "interpreter" && speaks_to !== "both" && speaks_to !== own) this._silent.add(id);
      this._sound(id);
    }
    this._place.hidden = this._tiles.size === 0;
  }

  /** @param {string} seat @param {MediaStream | null} stream */
  put(seat, stream) {
    const tile = this._tiles.get(seat);
    if (!tile) return;
    tile.video.srcObject = stream;
    tile.video.play().catch(() => undefined); // the button over the large picture asks for the gesture
  }

  /** @param {string} seat @param {number} volume from 0 to 1 */
  setVolume(seat, volume) {
    this._volumes.set(seat, volume);
    this._sound(seat);
  }

  clear() {
    for (const id of [...this._tiles.keys()]) this._remove(id);
    this._place.hidden = true;
  }

  /** @param {string} seat */
  _sound(seat) {
    const video = seat === this._main ? element("other-video") : this._tiles.get(seat)?.video;
    if (!(video instanceof HTMLVideoElement)) return;
    video.volume = this._silent.has(seat) ? 0 : (this._volumes.get(seat) ?? 1);
  }

  /** @param {string} seat @param {string} name */
  _tile(seat, name) {
    if (this._tiles.has(seat)) return;
    const figure = document.createElement("figure");
    const video = document.createElement("video");
    const caption = document.createElement("figcaption");
    const bdi = document.createElement("bdi");
    figure.className = "tile";
    figure.dataset.seat = seat;
    video.autoplay = video.playsInline = true;
    video.setAttribute("aria-label", name);
    bdi.textContent = name;
    caption.append(bdi);
    figure.append(video, caption);
    this._place.append(figure);
    this._tiles.set(seat, { figure, video });
  }

  /** @param {string} seat */
  _remove(seat) {
    this._tiles.get(seat)?.figure.remove();
    this._tiles.delete(seat);
  }
}

/** What picture the room asks for: the one that fits its place on the screen, or what the viewer chose on this visit. */

import "../elements/sizes.js";
import { nameOf } from "../elements/sizes.js";
import { _ } from "../i18n.js";
import { linesOf } from "../transport/layers.js";
import { element } from "./element.js";
import { keepQuality } from "./quality_kept.js";

/** A window that is being pulled larger asks once. */
const STILL_MS = 1000;
const LOOK_MS = 10_000;
/** Finer screens show the same to the eye, and would send a telephone the largest picture for a hand's breadth. */
const FINEST = 2;

/** @typedef {HTMLVideoElement & {webkitDisplayingFullscreen?: boolean}} Video the last is of the player of a telephone */

export class RoomSizes {
  /** @param {import("./room_playback.js").Playback} playback @param {import("../elements/stage.js").FairStage} stage */
  constructor(playback, stage) {
    this._playback = playback;
    this._stage = stage;
    this._video = /** @type {Video} */ (element("picture"));
    this._button = element("sizes-button");
    this._menu = /** @type {import("../elements/sizes.js").FairSizes} */ (element("sizes"));
    this._menu.button = this._button;
    this._menu.onOpen = () => this._ask();
    this._menu.onChoose = (item) => this._choose(item && item !== "sound" ? linesOf(item) : item);
    playback.sizes.onChange = playback.later.onSizes = () => this.look();
    this._measure();
    this._watch();
  }

  /** What is played has changed, or its sizes. */
  look() {
    const { way, sizes: direct, later } = this._playback;
    const sizes = way === "direct" ? direct : later.sizes;
    const isInUse = ["playing", "sound"].includes(this._stage.state) || !this._menu.hidden;
    const isOffered = way !== "film" && isInUse && sizes?.isOffered === true;
    this._button.hidden = !isOffered;
    if (!isOffered) return this._menu.close({ isLeft: true });
    const now = this._now(sizes.sizes);
    element("sizes-now").textContent = sizes.isSoundOnly ? _("Sound only") : now ? nameOf(now) : "";
    this._menu.soundKbps = sizes.soundKbps ?? 0;
    this._menu.show(this._items(sizes), sizes.isSoundOnly ? "sound" : sizes.chosen, now);
  }

  /** @param {import("../transport/layers.js").Sizes} offered @returns {import("../elements/sizes.js").Item[]} */
  _items({ sizes, hasSound }) {
    return [null, ...(sizes.length > 1 ? sizes : []), ...(hasSound ? [/** @type {const} */ ("sound")] : [])];
  }

  /** @param {import("../transport/layers.js").Choice} choice */
  _choose(choice) {
    keepQuality(choice);
    this._playback.choose(choice);
  }

  /** The exhibitor's line may allow other sizes than before; a playlist tells once what there is. */
  _ask() {
    if (this._playback.way === "direct") this._playback.sizes.look();
  }

  _watch() {
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const measureSoon = () => {
      clearTimeout(timer);
      timer = setTimeout(() => this._measure(), STILL_MS);
    };
    new ResizeObserver(measureSoon).observe(this._video);
    for (const kind of ["resize", "webkitbeginfullscreen", "webkitendfullscreen"]) this._video.addEventListener(kind, measureSoon);
    setInterval(() => document.hidden || this._ask(), LOOK_MS);
  }

  /** The picture lies in its box as large as it can without being cut. */
  _measure() {
    const { clientWidth, clientHeight, videoWidth, videoHeight, webkitDisplayingFullscreen } = this._video;
    if (!clientHeight) return;
    const height = videoWidth ? Math.min(clientHeight, (clientWidth * videoHeight) / videoWidth) : clientHeight;
    const shown = Math.ceil(height * Math.min(FINEST, devicePixelRatio));
    this._playback.sizes.fit(webkitDisplayingFullscreen ? Infinity : shown);
  }

  /**
   * The size that is nearest to what is seen.
   * @param {import("../transport/layers.js").Size[]} sizes @returns {import("../transport/layers.js").Size | undefined}
   */
  _now(sizes) {
    const seen = this._stage.top?.video.videoHeight ?? 0;
    const distance = (/** @type {{height: number}} */ { height }) => Math.abs(height - seen);
    return [...sizes].sort((one, other) => distance(one) - distance(other))[0];
  }
}

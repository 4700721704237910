/**
 * Plays on the stage's later layer, over HTTP: HLS by its playlist, a recording in one file as a file. What plays is loaded
 * when it is needed: most viewers see the direct way only, and their first picture waits for nothing else.
 */

/** @typedef {import("../transport/hls.js").HlsEvents} HlsEvents */
/** @typedef {import("../transport/hls.js").HlsState} HlsState */
/** @typedef {import("../transport/hls.js").HlsPlayer} HlsPlayer */
/** @typedef {import("../transport/recorded_file.js").RecordedFile} RecordedFile */
/** @typedef {"list" | "file"} Kind */
/** @typedef {import("../transport/hls_sizes.js").HlsSizes} HlsSizes */
/** @typedef {import("../transport/layers.js").Choice} Choice */
/** @typedef {{manner?: import("../transport/hls.js").HlsManner, from?: number | null}} How */

/** A module that did not come is asked for again so much later. */
const AGAIN_MS = 3000;

export class LaterPlayer {
  /** @param {import("../elements/stage.js").FairStage} stage @param {HlsEvents} events */
  constructor(stage, events) {
    const layer = stage.layers.later;
    if (!layer) throw new Error("the stage has no later layer");
    this._stage = stage;
    this._layer = layer;
    this._events = events;
    this.video = layer.video;
    /** The viewer has stopped the picture: nothing starts by itself. */
    this.isHeld = false;
    this._run = 0; // counts what was asked for, so that what comes too late is passed over
    /** @type {Partial<Record<Kind, HlsPlayer | RecordedFile>>} */
    this._players = {};
    /** @type {HlsPlayer | RecordedFile | null} */
    this._player = null;
    /** What is said while the player itself is loaded. @type {HlsState} */
    this._loading = "idle";
    /** @type {Choice} */
    this._choice = null;
    /** Called when what may be chosen, or is, is another. */
    this.onSizes = () => {};
  }

  /** @returns {HlsState} */
  get state() {
    return this._player?.state ?? this._loading;
  }

  /** @returns {number | null} */
  get secondsBehind() {
    return this._player?.secondsBehind ?? null;
  }

  /** @returns {HlsSizes | null} what may be chosen of what plays; null where that is nothing */
  get sizes() {
    return this._player && "sizes" in this._player ? this._player.sizes : null;
  }

  /** @returns {boolean} whether sound is all that should play */
  get isSoundOnly() {
    return this.sizes?.isSoundOnly === true;
  }

  /** @returns {boolean} whether sound is all that plays */
  get isHeard() {
    return this.isSoundOnly && this.state === "connected";
  }

  /** What to load of the picture. @param {Choice} choice */
  choose(choice) {
    const { sizes } = this;
    const wasSoundOnly = sizes?.isSoundOnly;
    this._choice = choice;
    if (this._player && "sizes" in this._player) this._player.choose(choice);
    if (sizes?.isSoundOnly !== wasSoundOnly) this._layer.forget();
  }

  /** @param {string} url a playlist, or a file @param {How & {isLoop?: boolean}} [how] */
  play(url, { isLoop = false, ...how } = {}) {
    this._letGo();
    this.video.loop = isLoop;
    this._loading = "connecting";
    this._begin(this._run, /\.m3u8(\?|$)/.test(url) ? "list" : "file", url, how);
  }

  retry() {
    this._player?.retry();
  }

  stop() {
    this.isHeld = false;
    this._letGo();
  }

  /** @param {number} second */
  seek(second) {
    this.video.currentTime = second;
    if (!this.isHeld) this._stage.start("later");
  }

  /** @param {boolean} isHeld */
  hold(isHeld) {
    this.isHeld = isHeld;
    if (isHeld) this.video.pause();
    else this._stage.start("later");
  }

  _letGo() {
    this._run += 1;
    this._layer.forget();
    const player = this._player;
    this._player = null;
    this._loading = "idle";
    player?.stop();
  }

  /** @param {number} run @param {Kind} kind @param {string} url @param {How} how */
  async _begin(run, kind, url, how) {
    try {
      this._players[kind] ??= await this._load(kind);
    } catch {
      this._loading = "lost";
      setTimeout(() => run === this._run && this._begin(run, kind, url, how), AGAIN_MS);
      return;
    }
    if (run !== this._run) return;
    this._player = this._players[kind] ?? null;
    this.choose(this._choice);
    this._player?.play(url, how);
  }

  /** @param {Kind} kind */
  async _load(kind) {
    const events = { ...this._events, onFlow: () => this._flows() };
    if (kind === "file") return new (await import("../transport/recorded_file.js")).RecordedFile(this.video, events);
    // It will ask for this one; side by side they come sooner.
    if ("MediaSource" in globalThis) import("../../vendor/hls.js").catch(() => undefined);
    const player = new (await import("../transport/hls.js")).HlsPlayer(this.video, events);
    player.sizes.onChange = () => this.onSizes();
    return player;
  }

  _flows() {
    if (!this.isHeld) this._stage.start("later");
    this._events.onFlow?.();
  }
}

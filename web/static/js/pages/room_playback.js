/**
 * Which way the picture of a room comes, and when that changes: directly (WHEP), a few seconds later over HTTP (HLS), from any
 * second of the show (rewound), or from a film while nobody is on the air. One way is wanted, one layer lies on top: it
 * stays there until the wanted one has a picture, so that a change is never black.
 */

import { SizeChoice } from "../transport/layers.js";
import { onNetworkChange } from "../transport/network.js";
import { WhepPlayer } from "../transport/whep.js";
import { Fallback, isLate } from "./fallback.js";
import { mayPlayFilms } from "./films.js";
import { LaterPlayer } from "./later_player.js";
import { noPath } from "./no_path.js";
import { addressOf, liveOverHttp } from "./room_sources.js";
import { Standstill } from "./standstill.js";
import { FRESH_MS, fittingAnyWay, StageWords } from "./stage_words.js";

/** @typedef {import("../transport/protocol.js").Show} Show */
/** @typedef {import("./fallback.js").Reason} Reason */
/** @typedef {"direct" | "hls" | "whole" | "film"} Way */
/** @typedef {import("./room_sources.js").Sources} Sources */
/** @typedef {{onQuality: (quality: import("../transport/quality.js").Quality) => void}} PlaybackEvents */

const LOOK_MS = 100;

export class Playback {
  /**
   * @param {import("../elements/stage.js").FairStage} stage
   * @param {Sources} sources
   * @param {import("../transport/clock.js").ServerClock} clock
   * @param {PlaybackEvents} events
   */
  constructor(stage, sources, clock, events) {
    this._stage = stage;
    this._words = new StageWords(stage);
    this.sources = sources;
    this._clock = clock;
    /** Called when the wanted way has changed. */
    this.onWay = () => {};
    this.show = /** @type {Show | null} */ (null);
    this.way = /** @type {Way} */ ("direct");
    this.reason = /** @type {Reason | null} why the direct way was given up */ (null);
    this._hasHls = sources.hls !== "";
    this._hasWhole = sources.whole !== "";
    /** Whether the direct way is tried while another one is wanted. */
    this.isReturning = false;
    this._fallback = new Fallback();
    this._standstill = new Standstill();
    /** Whether the direct way brings sound alone, as it should. */
    this.isSoundOnly = false;
    this._again = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
    this._timer = /** @type {ReturnType<typeof setInterval> | undefined} */ (undefined);
    this.sizes = new SizeChoice();
    this.direct = new WhepPlayer({
      sizes: this.sizes,
      onState: (state) => {
        this._fallback.hear(state, performance.now());
        if (state === "connected") noPath.forget();
        this._look();
      },
      onFlow: (stream) => stage.show(stream),
      onQuality: (quality) => this.way === "direct" && events.onQuality(quality),
    });
    this.later = new LaterPlayer(stage, {
      onState: () => this._look(),
      onQuality: (quality) => this.way === "hls" && events.onQuality(quality),
      onEnded: () => this.way === "whole" && !this.show && this.toLive(),
    });
    stage.onPicture = () => this._look();
    stage.onRetry = () => this.tryDirect();
    onNetworkChange(() => this._changeNetwork());
  }

  /**
   * Start at once when there is a show; otherwise stand by until `expect` says so, and ask rarely in case it cannot.
   * @param {Show | null} show
   * @param {import("../transport/layers.js").Choice} choice
   */
  begin(show, choice) {
    this.show = show;
    this.choose(choice);
    if (show) this.direct.play(this.sources.whep);
    else this._standBy();
    this._timer = setInterval(() => this._look(), LOOK_MS);
    this._look();
  }

  /** @param {Show | null} show what the server says is on the air */
  expect(show) {
    const isOther = show?.id !== this.show?.id;
    this.show = show;
    if (isOther) this._changeShow();
    const asksDirect = this.way === "direct" || this.isReturning;
    if (show?.state === "live" && asksDirect && this.direct.state === "off") this.direct.retry();
    this._look();
  }

  /** What is played while nobody is on the air is another from now on. @param {Sources["loop"]} loop */
  setLoop(loop) {
    if (loop?.url === this.sources.loop?.url) return;
    this.sources.loop = loop;
    if (!this.show && this.way !== "whole") this._leaveLater();
  }

  /** The page goes away: the seat is given back. */
  leave() {
    clearInterval(this._timer);
    clearTimeout(this._again);
    this.direct.stop();
    this.later.stop();
  }

  /** Whether this show can be played from any of its seconds: what was recorded may be there when nothing live is. */
  get canRewind() {
    return this._hasWhole && this.show !== null;
  }

  /** What is to be sent of the picture, by whichever way. @param {import("../transport/layers.js").Choice} choice */
  choose(choice) {
    this.sizes.choose(choice);
    this.later.choose(choice);
    this.direct.arrange();
    if (this._timer !== undefined) this._look();
  }

  /** Play the running show from one of its seconds on. @param {number} second */
  rewind(second) {
    if (this.way === "whole") return this.later.seek(second);
    if (!this.canRewind) return;
    if (this.isReturning) this._stopDirect();
    this._go("whole");
    this.later.play(addressOf(this.sources.whole, this.show), { manner: "whole", from: second });
  }

  /** Hold what is seen of the running show; `rewind` shows the same second. */
  freeze() { this._stage.top?.video.pause(); }

  /** Back to what happens now: by the way it came before. */
  toLive() {
    if (!this.show) return this._leaveLater();
    this.later.isHeld = false;
    if (this.reason) this._toHls(this.reason);
    else this.tryDirect();
  }

  /** Look for a direct way now; what is seen stays until its first frame. */
  tryDirect() {
    clearTimeout(this._again);
    if (this.way === "direct") return this.direct.retry();
    this._stage.layers.direct?.forget();
    this.isReturning = true;
    this._fallback.hear("idle", performance.now());
    this.direct.play(this.sources.whep);
  }

  _changeShow() {
    this._fallback = new Fallback();
    this._hasHls = this.sources.hls !== "";
    this._hasWhole = this.sources.whole !== "";
    this.reason = null;
    this._stage.layers.direct?.forget();
    if (this.way === "film" && this.show) this.tryDirect();
    else if (this.way !== "whole") this._leaveLater();
  }

  /** Nothing of a show that is over is played any longer. */
  _leaveLater() {
    clearTimeout(this._again);
    const wasDirect = this.way === "direct";
    const isAsked = wasDirect || this.isReturning;
    this.isReturning = false;
    this._go("direct");
    if (!wasDirect) this.later.stop();
    if (!this.show) this._standBy();
    else if (!isAsked) this.direct.play(this.sources.whep);
  }

  _standBy() {
    if (this.direct.state === "idle") this.direct.standBy(this.sources.whep);
    if (!this.sources.loop || !mayPlayFilms() || this.sizes.isSoundOnly) return;
    this._go("film");
    this.later.play(this.sources.loop.url, { manner: "whole", from: 0, isLoop: true });
  }

  /** @param {Reason} reason */
  _toHls(reason) {
    this._giveUp(reason);
    this._playHls();
  }

  _playHls() {
    this._go("hls");
    this.later.play(...liveOverHttp(this.sources, this.show, this._clock.now()));
  }

  /** The direct way goes on trying, and wins if it comes. */
  _toBoth() {
    noPath.keep();
    this.isReturning = true;
    this._playHls();
  }

  _stopDirect() {
    this.isReturning = false;
    this.direct.stop();
  }

  /** No direct way for now, but again after a while. @param {Reason} reason */
  _giveUp(reason) {
    this.reason = reason;
    this.onWay();
    clearTimeout(this._again);
    const pause = this._fallback.pauseMs(reason, Math.random());
    if (Number.isFinite(pause)) this._again = setTimeout(() => this.way === "hls" && this.tryDirect(), pause);
  }

  /** @param {Way} way */
  _go(way) {
    this.way = way;
    if (way === "direct") this.reason = null;
    this.onWay();
  }

  _changeNetwork() {
    noPath.forget();
    if (this.way === "direct") this.direct.changeNetwork();
    else if (this.way === "hls" && !this.isReturning) this.tryDirect();
  }

  _look() {
    const stillMs = this._stage.layers.direct?.stillMs ?? 0;
    this.isSoundOnly = this._standstill.isWaived(this.sizes.isSoundOnly, stillMs, performance.now());
    this._judgeDirect();
    this._judgeHls();
    this._lay();
    this._words.say(fittingAnyWay(this._stage, this), performance.now());
    this._judgeStuck();
  }

  /** Is the direct way in vain? Only while the exhibitor sends: a show that is away is nobody's fault here. */
  _judgeDirect() {
    if (this.show?.state !== "live" || !navigator.onLine) return;
    if (this.way !== "direct" && !this.isReturning) return;
    const reason = this._fallback.reason(this.direct.state, performance.now());
    const isInHls = this.way === "hls";
    if (!reason) {
      if (!isInHls && this._hasHls && isLate(this.direct.state, this.direct.search, noPath.isKnown)) this._toBoth();
      return;
    }
    if (!isInHls && !this._hasHls) return this._giveUpLater();
    this._stopDirect();
    if (isInHls) this._giveUp(reason);
    else this._toHls(reason);
  }

  /** No way but the direct one, which goes on trying: the stage says what is the matter with it. */
  _giveUpLater() {
    if (this.way === "direct") return;
    this.isReturning = false;
    this._go("direct");
    this.later.stop();
  }

  /** A show without HLS is left to the direct way, whatever comes of it. */
  _judgeHls() {
    if (this.way !== "hls" && this.way !== "whole") return;
    if (this.later.state !== "unsupported" && this.later.state !== "refused") return;
    this[this.way === "whole" ? "_hasWhole" : "_hasHls"] = false;
    this._leaveLater();
  }

  /** Lay the layer of the wanted way on top as soon as it moves, and let go of what lay there. */
  _lay() {
    const { direct, later } = this._stage.layers;
    const isWanted = this.way === "direct" || this.isReturning;
    const isThere = this.isSoundOnly || (direct?.hasPicture && direct.stillMs < FRESH_MS);
    if (isWanted && isThere && this.direct.state === "connected") {
      if (this.way !== "direct") this._arrive();
      if (this._stage.layer !== "direct") this._stage.choose("direct");
    } else if (this.way !== "direct" && this._stage.layer !== "later" && (later?.hasPicture || this.later.isHeard)) {
      this._stage.choose("later");
      if (!this.isReturning && this.way === "whole") this.direct.stop();
    }
  }

  _arrive() {
    this.isReturning = false;
    this._fallback.succeed();
    this._stage.choose("direct");
    this._go("direct");
    this.later.stop();
  }

  _judgeStuck() {
    const isLive = this.way === "direct" && this.direct.state === "connected" && this.show?.state === "live";
    const mustMove = isLive && !this.isSoundOnly;
    if (this._standstill.isFault(mustMove, this._stage.stillMs, performance.now())) this.direct.retry();
  }
}

/** Binds the WHEP player to the stage: which message fits what is known about show, session and frames. */

import { onNetworkChange } from "../transport/network.js";
import { WhepPlayer } from "../transport/whep.js";

/** @typedef {import("../transport/protocol.js").Show} Show */
/** @typedef {import("../elements/stage.js").StageState} StageState */

/** The show is live and the session stands, but no frame comes for so long: take a new session. */
const STUCK_MS = 8000;
const LOOK_MS = 100;

/** No frame for so long means the picture stands still; sooner when the server has said that the exhibitor is away. */
const STILL_MS = 2500;
const STILL_WHEN_AWAY_MS = 150;

/** "Back in a moment" stays at least so long: words that flash cannot be read. */
const READ_MS = 800;

export class Playback {
  /**
   * @param {import("../elements/stage.js").FairStage} stage
   * @param {string} url the WHEP endpoint
   * @param {{onQuality: (quality: import("../transport/quality.js").Quality) => void}} events
   */
  constructor(stage, url, events) {
    this._stage = stage;
    this._url = url;
    /** @type {Show | null} */
    this._show = null;
    this._awaySince = 0;
    this._player = new WhepPlayer({
      onState: () => this._look(),
      onFlow: (stream) => stage.show(stream),
      onQuality: events.onQuality,
    });
    stage.onPicture = () => this._look();
    stage.onRetry = () => this._player.retry();
    onNetworkChange(() => this._player.changeNetwork());
  }

  /**
   * Start at once when there is a show; otherwise stand by until `expect` says so, and ask rarely in case it cannot.
   * @param {Show | null} show
   */
  begin(show) {
    this._show = show;
    if (show) this._player.play(this._url);
    else this._player.standBy(this._url);
    this._timer = setInterval(() => this._look(), LOOK_MS);
    this._look();
  }

  /** @param {Show | null} show what the server says is on the air */
  expect(show) {
    if (show?.id !== this._show?.id) this._stage.hasPicture = false;
    this._show = show;
    if (show?.state === "live" && this._player.state === "off") this._player.retry();
    this._look();
  }

  /** The page goes away: the seat is given back. */
  leave() {
    clearInterval(this._timer);
    this._player.stop();
  }

  /** @param {StageState} state */
  _say(state) {
    const now = performance.now();
    if (state === "playing" && this._stage.state === "away" && now - this._awaySince < READ_MS) return;
    if (state === "away" && this._stage.state !== "away") this._awaySince = now;
    this._stage.state = state;
  }

  _look() {
    const stage = this._stage;
    if (stage.state !== "blocked") this._say(fitting(this._player.state, this._show, stage));
    const isStuck = this._player.state === "connected" && this._show?.state === "live" && stage.stillMs > STUCK_MS;
    if (isStuck && this._stuckSince === undefined) this._stuckSince = performance.now();
    if (!isStuck) this._stuckSince = undefined;
    else if (performance.now() - (this._stuckSince ?? 0) > STUCK_MS) {
      this._stuckSince = undefined;
      this._player.retry();
    }
  }
}

/**
 * Return the stage's state; the table of what a viewer is told.
 * @param {import("../transport/whep.js").WhepState} session
 * @param {Show | null} show
 * @param {{stillMs: number, hasPicture: boolean}} picture
 * @returns {StageState}
 */
export function fitting(session, show, picture) {
  if (session === "unsupported" || session === "refused" || session === "full") return session;
  const isMoving = picture.hasPicture && picture.stillMs < (show?.state === "away" ? STILL_WHEN_AWAY_MS : STILL_MS);
  if (session === "connected" && isMoving) return "playing";
  if (show?.state === "away") return "away";
  if (session === "off" || session === "idle") return "off";
  if (session === "connected") return picture.hasPicture ? "away" : "connecting";
  if (!show && !picture.hasPicture) return "off";
  if (picture.hasPicture) return show ? "lost" : "off";
  return session === "lost" ? "lost" : "connecting";
}

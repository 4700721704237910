/** What a viewer is told: the stage's state from what is known about show, session and frames. */

/** @typedef {import("../elements/stage.js").StageState} StageState */
/** @typedef {import("../transport/protocol.js").Show} Show */
/** @typedef {import("./room_playback.js").Way} Way */

const NO_PICTURE = { stillMs: 0, hasPicture: false };
/** A layer whose newest frame is so young is moving. */
export const FRESH_MS = 500;

/** What is said while neither way brings a picture. @type {Record<import("./fallback.js").Reason, StageState>} */
const WITHOUT_PICTURE = { full: "full", unsupported: "unsupported", refused: "refused", no_path: "lost", losses: "lost" };

/** "Back in a moment" stays at least so long: words that flash cannot be read. */
const READ_MS = 800;
/** No frame for so long means the picture stands still; sooner when the server has said that the exhibitor is away. */
const STILL_MS = 2500;
const STILL_WHEN_AWAY_MS = 150;

/**
 * Return the stage's state; the table of what a viewer is told.
 * @param {import("../transport/whep.js").WhepState} session
 * @param {Show | null} show
 * @param {{stillMs: number, hasPicture: boolean}} picture
 * @param {boolean} [isSoundOnly] nothing is to be seen, and nothing amiss
 * @returns {StageState}
 */
export function fitting(session, show, picture, isSoundOnly = false) {
  if (session === "unsupported" || session === "refused" || session === "full") return session;
  if (session === "connected" && isSoundOnly) return show?.state === "away" ? "away" : "sound";
  const isMoving = picture.hasPicture && picture.stillMs < (show?.state === "away" ? STILL_WHEN_AWAY_MS : STILL_MS);
  if (session === "connected" && isMoving) return "playing";
  if (show?.state === "away") return "away";
  if (session === "off" || session === "idle") return "off";
  if (session === "connected") return picture.hasPicture ? "away" : "connecting";
  if (!show && !picture.hasPicture) return "off";
  if (session === "connecting" && isSoundOnly) return session; // a last frame is no sign of a loss
  if (picture.hasPicture) return show ? "lost" : "off";
  return session === "lost" ? "lost" : "connecting";
}

/**
 * The same for the slower way: when that brings nothing either, why the direct one was left.
 * @param {import("../transport/hls.js").HlsState} session
 * @param {Show | null} show
 * @param {{stillMs: number, hasPicture: boolean}} picture
 * @param {boolean} isSoundOnly
 * @param {import("./fallback.js").Reason | null} reason
 * @returns {StageState}
 */
export function fittingOverHttp(session, show, picture, isSoundOnly, reason) {
  // A video that plays already shows its next first frame before it says that there is one.
  if (session === "connecting" && !isSoundOnly && picture.hasPicture && picture.stillMs < STILL_MS) return "playing";
  const isWithout = !picture.hasPicture && session !== "connecting" && session !== "connected";
  return isWithout && reason ? WITHOUT_PICTURE[reason] : fitting(session, show, picture, isSoundOnly);
}

/**
 * The same for what was recorded, which no exhibitor can interrupt.
 * @param {import("../transport/hls.js").HlsState} session
 * @param {{stillMs: number, hasPicture: boolean}} picture
 * @param {boolean} [isSoundOnly]
 * @returns {StageState}
 */
export function fittingRecorded(session, { hasPicture }, isSoundOnly = false) {
  if (session === "connected" && isSoundOnly) return "sound";
  if (session === "connected") return hasPicture ? "playing" : "connecting";
  if (session === "connecting" || session === "idle") return "connecting";
  return session;
}

/**
 * The same for whatever way is wanted, and whatever layer lies on top until that brings a picture.
 * @param {import("../elements/stage.js").FairStage} stage
 * @param {{way: Way, reason: import("./fallback.js").Reason | null, show: Show | null, isSoundOnly: boolean, isReturning: boolean,
 *   direct: {state: import("../transport/whep.js").WhepState}, later: import("./later_player.js").LaterPlayer}} playback
 * `isReturning` is whether the direct way is tried beside another
 * @returns {StageState}
 */
export function fittingAnyWay({ layers, layer }, { way, reason, show, isSoundOnly, isReturning, direct, later }) {
  const picture = layers[way === "direct" || layer === "direct" ? layer : "later"] ?? NO_PICTURE;
  if (way === "film") return layer === "later" && picture.hasPicture ? "film" : "off";
  if (way === "direct") return fitting(direct.state, show, picture, isSoundOnly);
  if (layer === "direct" && picture.hasPicture && picture.stillMs < FRESH_MS) return "playing";
  if (way === "whole") return fittingRecorded(later.state, picture, later.isSoundOnly);
  // Neither has come, and neither was given up.
  if (isReturning && !reason && !picture.hasPicture && later.state !== "connected") return fitting(direct.state, show, picture);
  return fittingOverHttp(later.state, show, picture, later.isSoundOnly, reason);
}

/** Says on the stage what fits, unless the browser waits there for a press. */
export class StageWords {
  /** @param {import("../elements/stage.js").FairStage} stage */
  constructor(stage) {
    this._stage = stage;
    this._awaySince = 0;
  }

  /** @param {StageState} state @param {number} now in milliseconds */
  say(state, now) {
    const stage = this._stage;
    if (stage.state === "blocked") return;
    if (["playing", "sound"].includes(state) && stage.state === "away" && now - this._awaySince < READ_MS) return;
    if (state === "away" && stage.state !== "away") this._awaySince = now;
    stage.state = state;
  }
}

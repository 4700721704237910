/** The sound of a caller: two soft notes, again and again, made by the browser itself. */

const EVERY_MS = 2600;
const NOTES = [659.25, 880];
const NOTE_SECONDS = 0.42;
const LOUDNESS = 0.22;

export class Chime {
  constructor() {
    /** @type {AudioContext | null} */
    this._context = null;
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this._timer = undefined;
    // A browser plays nothing before the first gesture; each one is a chance to be heard later.
    for (const gesture of ["pointerdown", "keydown"]) addEventListener(gesture, () => this._wake(), { passive: true });
  }

  /** @returns {boolean} whether the browser would let a caller be heard */
  get isAudible() {
    return this._context?.state === "running";
  }

  start() {
    if (this._timer) return;
    this._wake();
    this._play();
    this._timer = setInterval(() => this._play(), EVERY_MS);
  }

  stop() {
    clearInterval(this._timer);
    this._timer = undefined;
  }

  _wake() {
    if (!("AudioContext" in window)) return;
    this._context ??= new AudioContext();
    if (this._context.state === "suspended") this._context.resume();
  }

  _play() {
    const context = this._context;
    if (context?.state !== "running") return;
    NOTES.forEach((pitch, index) => note(context, pitch, context.currentTime + index * NOTE_SECONDS * 0.6));
  }
}

/** @param {AudioContext} context @param {number} pitch in hertz @param {number} at on the context's clock */
function note(context, pitch, at) {
  const tone = context.createOscillator();
  const loudness = context.createGain();
  tone.type = "triangle";
  tone.frequency.value = pitch;
  loudness.gain.setValueAtTime(0, at);
  loudness.gain.linearRampToValueAtTime(LOUDNESS, at + 0.02);
  loudness.gain.exponentialRampToValueAtTime(0.001, at + NOTE_SECONDS);
  tone.connect(loudness).connect(context.destination);
  tone.start(at);
  tone.stop(at + NOTE_SECONDS);
}

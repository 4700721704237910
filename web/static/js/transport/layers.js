/**
 * What a viewer is sent of the picture: the size that fits the screen or was chosen by hand, where a show comes in several,
 * or no picture at all. Outlives sessions. The wire calls the sizes layers; here a layer is a picture on the stage. Knows no page.
 */

/**
 * @typedef {{encodingId: string, width: number, height: number, kbps: number}} Size
 * @typedef {{encodingId: string | null, maxHeight: number | null, picture: boolean}} Wish null: as the line allows, and as large as there is
 * @typedef {{layers: Size[], chosen: string | null, active: string | null, maxHeight: number | null, picture: boolean}} Answer
 * @typedef {number | "sound" | null} Choice lines of the picture, the nearest size not above; 0 is the smallest, null what fits
 */

const ASK_MS = 8000;
/** The server is told of a new wish no sooner than so long after the one before. */
const PAUSE_MS = 1000;
/** A picture may be drawn so much larger than it was sent before it looks soft. */
const ENLARGED = 1.25;

/** What there is, by one way or the other, and what the viewer chose of it. */
export class Sizes {
  constructor() {
    /** Largest first; fewer than two where there is none to choose. @type {Size[]} */
    this.sizes = [];
    /** Whether there is anything to hear. */
    this.hasSound = true;
    /** What the sound alone brings; null while that is unknown. @type {number | null} */
    this.soundKbps = null;
    /** Called when sizes or choice are others. */
    this.onChange = () => {};
    /** @type {Choice} */
    this.choice = null;
  }

  /** @returns {boolean} whether no picture is wanted; a show without sound is seen all the same */
  get isSoundOnly() {
    return this.choice === "sound" && this.hasSound;
  }

  /** @returns {Size | null} the size that was chosen by hand */
  get chosen() {
    const { choice: most } = this;
    if (typeof most !== "number" || this.sizes.length < 2) return null;
    return this.sizes.find((size) => linesOf(size) <= most) ?? this.sizes.at(-1) ?? null;
  }
}

/** The choice as a WHEP server is told of it. */
export class SizeChoice extends Sizes {
  constructor() {
    super();
    /** @type {Wish | null} what the server goes by; null until it has said so */
    this._heeded = null;
    this._shownHeight = Infinity;
    this._address = "";
    /** @type {Record<string, string>} */
    this._headers = {};
    this._wishedAt = -PAUSE_MS;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this._timer = undefined;
  }

  /**
   * A new session stands, and knows nothing of what was chosen in the one before.
   * @param {string} address of its sizes, empty where the server has none
   * @param {Record<string, string>} headers
   * @param {boolean} hasSound
   */
  attend(address, headers, hasSound) {
    Object.assign(this, { _address: address, _headers: headers, hasSound });
    if (this.isSoundOnly) this._ask("POST", { picture: false });
    else this.look();
  }

  /** The session is over. */
  leave() {
    clearTimeout(this._timer);
    this._timer = undefined;
    Object.assign(this, { _address: "", _heeded: null, sizes: [], soundKbps: null });
    this.onChange();
  }

  /** @param {Choice} choice */
  choose(choice) {
    this.choice = choice;
    this._settle();
    this.onChange();
  }

  /** @param {number} height in pixels that the picture has on the screen */
  fit(height) {
    this._shownHeight = height;
    this._settle();
  }

  /** @returns {boolean} whether this session has anything to choose */
  get isOffered() {
    return this._heeded !== null && (this.hasSound || this.sizes.length > 1);
  }

  /** Ask which sizes there are now: the exhibitor's line may allow others than before. */
  async look() {
    if (await this._ask("GET")) this._settle();
  }

  /** Tell the server what is wanted, if it goes by something else. */
  _settle() {
    const heeded = this._heeded;
    if (!heeded || this._timer !== undefined) return;
    const wish = this._wish(heeded);
    if (wish.encodingId === heeded.encodingId && wish.maxHeight === heeded.maxHeight && wish.picture === heeded.picture) return;
    const pause = this._wishedAt + PAUSE_MS - performance.now();
    if (pause > 0) {
      this._timer = setTimeout(() => {
        this._timer = undefined;
        this._settle();
      }, pause);
      return;
    }
    this._wishedAt = performance.now();
    this._ask("POST", wish);
  }

  /** @param {Wish} heeded @returns {Wish} where there is one size only, or none is sent, what was wished of sizes stays */
  _wish(heeded) {
    const { chosen, sizes, isSoundOnly } = this;
    const picture = !isSoundOnly;
    if (isSoundOnly || sizes.length < 2) return { ...heeded, picture };
    if (chosen) return { encodingId: chosen.encodingId, maxHeight: null, picture };
    const fitting = sizes.findLast(({ height }) => height * ENLARGED >= this._shownHeight) ?? sizes[0];
    return { encodingId: null, maxHeight: fitting && fitting !== sizes[0] ? fitting.height : null, picture };
  }

  /** @param {"GET" | "POST"} method @param {Partial<Wish>} [wish] @returns {Promise<boolean>} whether there was an answer */
  async _ask(method, wish) {
    const address = this._address;
    if (!address) return false;
    const headers = { Accept: "application/json", ...(wish && { "Content-Type": "application/json" }), ...this._headers };
    try {
      const response = await fetch(address, { method, headers, body: wish && JSON.stringify(wish), signal: AbortSignal.timeout(ASK_MS) });
      const answer = response.ok ? await response.json() : null;
      if (!answer || address !== this._address) return false;
      this._take(answer);
      return true;
    } catch {
      return false; // asked again soon, or by the next session
    }
  }

  /** @param {Answer} answer */
  _take({ layers, chosen, maxHeight, picture }) {
    this.sizes = layers.filter(({ width, height }) => width > 0 && height > 0);
    this._heeded = { encodingId: chosen, maxHeight, picture };
    this.onChange();
  }
}

/** @param {Size} size @returns {number} the lines by which people name it, also where the picture stands upright */
export function linesOf({ width, height }) {
  return Math.min(width, height);
}

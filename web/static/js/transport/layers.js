/**
 * Which size of the picture a viewer is sent, where a show comes in several: what fits the screen, or what was chosen by
 * hand. Outlives sessions. The wire calls the sizes layers; here a layer is a picture on the stage. Knows no page.
 */

/**
 * @typedef {{encodingId: string, width: number, height: number, kbps: number}} Size
 * @typedef {{encodingId: string | null, maxHeight: number | null}} Wish null: as the line allows, and as large as there is
 * @typedef {{layers: Size[], chosen: string | null, active: string | null, maxHeight: number | null}} Answer
 */

const ASK_MS = 8000;
/** The server is told of a new wish no sooner than so long after the one before. */
const PAUSE_MS = 1000;
/** A picture may be drawn so much larger than it was sent before it looks soft. */
const ENLARGED = 1.25;

export class SizeChoice {
  constructor() {
    /** Largest first; fewer than two where there is nothing to choose. @type {Size[]} */
    this.sizes = [];
    /** Called when sizes or choice are others. */
    this.onChange = () => {};
    /** @type {Wish} what the server goes by */
    this._heeded = { encodingId: null, maxHeight: null };
    /** @type {number | null} */
    this._lines = null;
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
   */
  attend(address, headers) {
    Object.assign(this, { _address: address, _headers: headers });
    this.look();
  }

  /** The session is over. */
  leave() {
    clearTimeout(this._timer);
    this._timer = undefined;
    this._address = "";
    this.sizes = [];
    this.onChange();
  }

  /** @param {number | null} lines of the picture wanted, the nearest size not above; 0 is the smallest, null what fits */
  choose(lines) {
    this._lines = lines;
    this._settle();
    this.onChange();
  }

  /** @param {number} height in pixels that the picture has on the screen */
  fit(height) {
    this._shownHeight = height;
    this._settle();
  }

  /** @returns {Size | null} what was chosen by hand */
  get chosen() {
    const { _lines: most } = this;
    if (most === null) return null;
    return this.sizes.find((size) => linesOf(size) <= most) ?? this.sizes.at(-1) ?? null;
  }

  /** Ask which sizes there are now: the exhibitor's line may allow others than before. */
  async look() {
    if (await this._ask("GET")) this._settle();
  }

  /** Tell the server what is wanted, if it goes by something else. */
  _settle() {
    if (this.sizes.length < 2 || this._timer !== undefined) return;
    const wish = this._wish();
    const { encodingId, maxHeight } = this._heeded;
    if (wish.encodingId === encodingId && wish.maxHeight === maxHeight) return;
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

  /** @returns {Wish} */
  _wish() {
    const { chosen, sizes } = this;
    if (chosen) return { encodingId: chosen.encodingId, maxHeight: null };
    const fitting = sizes.findLast(({ height }) => height * ENLARGED >= this._shownHeight) ?? sizes[0];
    return { encodingId: null, maxHeight: fitting && fitting !== sizes[0] ? fitting.height : null };
  }

  /** @param {"GET" | "POST"} method @param {Wish} [wish] @returns {Promise<boolean>} whether there was an answer */
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
  _take({ layers, chosen, maxHeight }) {
    this.sizes = layers.filter(({ width, height }) => width > 0 && height > 0);
    this._heeded = { encodingId: chosen, maxHeight };
    this.onChange();
  }
}

/** @param {Size} size @returns {number} the lines by which people name it, also where the picture stands upright */
export function linesOf({ width, height }) {
  return Math.min(width, height);
}

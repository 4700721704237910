/** The small pictures over the seek bar: many stills in one image, of which one is shown at a time. */

/**
 * A still each `interval` seconds, `width` by `height` each, `columns` in a row and `rows` of them in an image, `count` in all
 * over the images at `urls`.
 * @typedef {{interval: number, columns: number, rows?: number, width: number, height: number, count: number, urls: string[]}} SpriteSheet
 */

const SHOWN_WIDTH = 160;

export class Sprite {
  /** @param {SpriteSheet} sheet */
  constructor(sheet) {
    this._sheet = sheet;
    this._perImage = sheet.columns * (sheet.rows ?? Math.ceil(sheet.count / sheet.columns));
  }

  /**
   * Show the still of `second` as the background of `place`; false where there is none.
   * @param {HTMLElement} place @param {number} second
   */
  show(place, second) {
    const { interval, columns, width, height, count, urls } = this._sheet;
    const number = Math.min(count - 1, Math.floor(second / interval));
    const url = urls[Math.floor(number / this._perImage)];
    if (number < 0 || !url) return false;
    const scale = SHOWN_WIDTH / width;
    const within = number % this._perImage;
    const [column, row] = [within % columns, Math.floor(within / columns)];
    place.style.inlineSize = `${SHOWN_WIDTH}px`;
    place.style.blockSize = `${Math.round(height * scale)}px`;
    place.style.backgroundImage = `url("${url.replace(/["\\\n]/g, "")}")`;
    place.style.backgroundSize = `${columns * SHOWN_WIDTH}px auto`;
    place.style.backgroundPosition = `${-column * SHOWN_WIDTH}px ${-Math.round(row * height * scale)}px`;
    return true;
  }
}

/**
 * Return the sheet that stands at `url`; null where there is none, and then no preview is shown.
 * @param {string} url
 * @returns {Promise<Sprite | null>}
 */
export async function spriteAt(url) {
  try {
    const response = await fetch(url);
    const sheet = response.ok ? await response.json() : null;
    return sheet?.count > 0 ? new Sprite(sheet) : null;
  } catch {
    return null; // a preview is a comfort
  }
}

/** What a viewer of HLS gets of the picture: the size that the player finds fitting, one chosen by hand, or sound alone. Knows no page. */

import { Sizes } from "./layers.js";

/**
 * What one playlist of playlists offers, the largest size first; those of sound alone have none. `kbps` of sizes count the sound;
 * `soundKbps` is 0 where it is unknown. `prefer` takes one of the sizes, null for what fits.
 * @typedef {{sizes: import("./layers.js").Size[], hasSound: boolean, soundKbps: number,
 *   prefer: (size: import("./layers.js").Size | null) => void}} Offered
 */

const WITH_PICTURE = /\/index\.m3u8/;
const SOUND_ALONE = "/sound.m3u8";

export class HlsSizes extends Sizes {
  constructor() {
    super();
    /** @type {Offered | null} */
    this._offered = null;
  }

  /** Another show is played: nothing is known of what it offers. */
  forget() {
    Object.assign(this, { sizes: [], hasSound: true, soundKbps: null });
    this.leave();
  }

  /** A playlist of playlists has come; without the picture it tells only what the sound brings. @param {Offered} offered */
  attend(offered) {
    this._offered = offered;
    if (this.isSoundOnly) this.soundKbps = offered.soundKbps;
    else Object.assign(this, { sizes: offered.sizes, hasSound: offered.hasSound });
    if (!this.isSoundOnly && this.chosen) offered.prefer(this.chosen);
    this.onChange();
  }

  /** What was loaded is let go of. */
  leave() {
    this._offered = null;
    this.onChange();
  }

  /** There is nothing to hear. */
  lackSound() {
    this.hasSound = false;
  }

  /** @param {import("./layers.js").Choice} choice */
  choose(choice) {
    this.choice = choice;
    if (!this.isSoundOnly) this._offered?.prefer(this.chosen);
    this.onChange();
  }

  get isOffered() {
    return this._offered !== null && (this.hasSound || this.sizes.length > 1);
  }

  /** The playlist of playlists to load. @param {string} url of the one with the picture */
  address(url) {
    return this.isSoundOnly ? url.replace(WITH_PICTURE, SOUND_ALONE) : url;
  }
}

/** The chat beside a recording, in time with the picture: a post appears at its second. */

import "../elements/chat.js";
import { _ } from "../i18n.js";
import { backOff } from "../transport/back_off.js";
import { element } from "./element.js";

/** @typedef {import("../transport/protocol.js").Post & {second: number}} TimedPost */

const MOST_POSTS = 10_000;
/** So far behind the newest post on the screen another place was chosen: the list is drawn anew. */
const BACK_SECONDS = 1;
/** Posts that did not come are asked for again after so long, and at last so rarely. */
const FIRST_MS = 1000;
const LONGEST_MS = 30_000;

export class ReplayChat {
  /** @param {Record<string, any>} page @param {(second: number) => void} jump */
  constructor(page, jump) {
    this._url = page.posts_url;
    this._startedAt = page.show.started_at;
    this._chat = /** @type {import("../elements/chat.js").FairChat} */ (element("chat"));
    this._chat.startedAt = this._startedAt;
    this._chat.emptyText = ""; // nobody knows yet
    this._chat.onJump = jump;
    /** @type {TimedPost[]} in order */
    this._posts = [];
    this._shown = 0;
    this._second = 0;
    this._load();
  }

  /** @param {number} second of the show that is seen */
  follow(second) {
    const isBack = second < this._second - BACK_SECONDS;
    const due = this._posts.findLastIndex((post) => post.second <= second) + 1;
    if (isBack || due < this._shown) this._chat.replaceAll(this._posts.slice(0, due));
    else for (const post of this._posts.slice(this._shown, due)) this._chat.add(post);
    this._shown = due;
    this._second = second;
  }

  /** Page by page, so that the first ones need not wait for the last; what does not come is asked for again. */
  async _load() {
    let after = -1;
    while (this._posts.length < MOST_POSTS) {
      const page = await this._after(after);
      this._chat.emptyText = _("Nothing was written up to this second.");
      const fresh = page.filter(({ id }) => !this._posts.some((known) => known.id === id));
      if (!fresh.length) return;
      this._posts.push(...fresh.map((post) => ({ ...post, at: this._startedAt + post.second })));
      after = this._posts.at(-1)?.second ?? after;
    }
  }

  /** The recording plays without its chat meanwhile. @param {number} second @returns {Promise<TimedPost[]>} later ones */
  async _after(second) {
    for (let attempt = 0; ; attempt++) {
      const posts = await postsAt(this._url, second);
      if (posts) return posts;
      this._chat.emptyText = _("The chat could not be loaded yet; it is tried again.");
      await new Promise((resolve) => setTimeout(resolve, backOff(attempt, FIRST_MS, LONGEST_MS)));
    }
  }
}

/** @param {string} url @param {number} after @returns {Promise<TimedPost[] | null>} null when they cannot be had now */
async function postsAt(url, after) {
  try {
    const response = await fetch(`${url}?after=${after}`);
    return response.ok ? (await response.json()).posts : null;
  } catch {
    return null;
  }
}

/** What was on the table at each second of a recording: the card, the chapters, and everything that leads to a second. */

import { markAt } from "../elements/seek_words.js";
import { element } from "./element.js";

/** @typedef {{second: number, title: string, product: import("../transport/protocol.js").Product | null}} Chapter */

export class ReplayTable {
  /** @param {Chapter[]} chapters in order @param {(second: number) => void} jump */
  constructor(chapters, jump) {
    this._chapters = chapters;
    this._card = /** @type {import("../elements/product_card.js").FairPinned} */ (element("pinned"));
    this._card.onJump = jump;
    /** What is on the table at the second that is seen. @type {Chapter["product"]} */
    this.product = null;
    this._links = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("#chapters [data-second]")]);
    document.addEventListener("click", (event) => this._press(event, jump));
  }

  /** @param {number} second */
  follow(second) {
    const chapter = /** @type {Chapter | null} */ (markAt(this._chapters, second));
    if (chapter?.product?.id !== this.product?.id || (chapter && chapter.second !== this._card.second)) {
      this.product = chapter?.product ?? null;
      this._card.second = chapter?.second ?? 0;
      this._card.product = this.product;
    }
    for (const link of this._links) link.toggleAttribute("aria-current", false);
    if (chapter) this._links[this._chapters.indexOf(chapter)]?.setAttribute("aria-current", "true");
  }

  /** Links to a second are addresses for who has no scripts or opens them elsewhere. @param {MouseEvent} event @param {(second: number) => void} jump */
  _press(event, jump) {
    const link = event.target instanceof Element ? event.target.closest("a[data-second]") : null;
    const isElsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0;
    if (!link || isElsewhere) return;
    event.preventDefault();
    jump(Number(link.getAttribute("data-second")));
    document.getElementById("stage")?.scrollIntoView({ block: "nearest" });
  }
}

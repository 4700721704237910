/** What lies beside the picture: the product on the table and the chat; on a phone a sheet that slides up. */

import "../elements/chat.js";
import "../elements/table.js";
import { _ } from "../i18n.js";
import { element } from "./element.js";
import { isTableOpen, openTable, tellOfTable } from "./meeting_news.js";

/** @typedef {import("../transport/protocol.js").Post} Post */
/** @typedef {import("../transport/protocol.js").Product} Product */

export class Beside {
  /**
   * @param {Record<string, any>} page
   * @param {(event: string, payload: object) => Promise<any>} ask
   */
  constructor(page, ask) {
    this._ask = ask;
    this._chat = /** @type {import("../elements/chat.js").FairChat} */ (element("chat"));
    this._table = /** @type {import("../elements/table.js").FairTable} */ (element("table"));
    this._chat.posts = page.posts;
    this._chat.canPost = !page.is_over;
    this._chat.onSend = async (text) => this._chat.add({ ...(await ask("post", { text })).post, mine: true });
    this._table.product = page.product;
    this._table.stills = page.stills;
    this._table.products = page.products;
    this._table.onChoose = (product) => this._choose(product);
    element("open-table").addEventListener("click", () => openTable(!isTableOpen()));
    element("close-table").addEventListener("click", () => openTable(false));
    for (const id of ["look-at-table", "table-again"]) element(id).addEventListener("click", () => openTable(true));
    openTable(!matchMedia("(max-width: 860px)").matches);
  }

  /** @param {import("../transport/booth_protocol.js").MeetingSnapshot} snapshot */
  take({ posts, product, call }) {
    this._chat.replace(posts);
    this.put(product);
    this.show(call.stills);
  }

  /** @param {import("../transport/protocol.js").Still[]} stills */
  show(stills) {
    this._table.stills = stills;
  }

  /** @param {Product | null} product */
  put(product) {
    this._table.product = product;
  }

  /** @param {Post} post */
  hear(post) {
    this._chat.add(post);
    if (!post.mine) tellOfTable();
  }

  /** The call is over: everything stays to be read. */
  close() {
    this._chat.canPost = false;
    this._table.isOpen = false;
  }

  /** @param {string | null} product */
  async _choose(product) {
    this._table.problem = "";
    try {
      this.put((await this._ask("table", { product_id: product })).product);
    } catch (error) {
      this._table.problem = (error instanceof Error && error.message) || _("There is no connection right now. Try again in a moment.");
    }
  }
}

/** `<fair-pinned>`: the product that is on the table now. */

import { LitElement, html, nothing } from "../../vendor/lit.js";
import { _, formatDuration, formatMoney, formatNumber } from "../i18n.js";
import { icon } from "../lib/icons.js";

/** @typedef {import("../transport/protocol.js").Product} Product */

export class FairPinned extends LitElement {
  static properties = { product: { attribute: false }, second: { attribute: false } };

  constructor() {
    super();
    /** @type {Product | null} */
    this.product = null;
    /** In a replay: the second from which on it was on the table. @type {number | null} */
    this.second = null;
    /** @type {(second: number) => void} */
    this.onJump = () => {};
  }

  createRenderRoot() {
    this.replaceChildren();
    return this;
  }

  render() {
    if (!this.product) return nothing;
    return html`
      <article class="product product-pinned" data-product=${this.product.id}>
        <img src=${this.product.picture} alt="" width="96" height="96">
        <div class="product-words">
          <p class="product-now">${this.second === null ? _("On the table now") : _("On the table at this moment")}</p>
          <h2 class="product-title" dir="auto">${this.product.title}</h2>
          <p class="product-summary" dir="auto">${this.product.summary}</p>
          ${terms(this.product)}
          ${this.second === null ? nothing : this._jump(this.second)}
        </div>
      </article>`;
  }

  /** @param {number} second */
  _jump(second) {
    const time = formatDuration(second);
    return html`<p class="product-moment"><button type="button" class="button" @click=${() => this.onJump(second)}>
      ${icon("rotate-ccw")}<span>${_("From where it came on the table, {time}", { time })}</span></button></p>`;
  }
}

/**
 * Draw price and minimum order of a product; what is unknown is left out.
 * @param {Product} product
 */
export function terms({ price_from, currency, minimum_order, unit }) {
  const price = price_from === null ? "" : _("from {price}", { price: formatMoney(price_from, currency) });
  const minimum = minimum_order === null ? "" : _("min. order {count}", { count: formatNumber(minimum_order) });
  return html`
    <p class="product-terms">
      ${price ? html`<span><b class="product-price">${price}</b> ${unit ? html`/&nbsp;<bdi>${unit}</bdi>` : nothing}</span>` : nothing}
      ${minimum ? html`<span>${minimum}</span>` : nothing}
    </p>`;
}

customElements.define("fair-pinned", FairPinned);

/** `<fair-pinned>`: the product that is on the table now. */

import { LitElement, html, nothing } from "../../vendor/lit.js";
import { _, formatMoney, formatNumber } from "../i18n.js";

/** @typedef {import("../transport/protocol.js").Product} Product */

export class FairPinned extends LitElement {
  static properties = { product: { attribute: false } };

  constructor() {
    super();
    /** @type {Product | null} */
    this.product = null;
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
          <p class="product-now">${_("On the table now")}</p>
          <h2 class="product-title" dir="auto">${this.product.title}</h2>
          <p class="product-summary" dir="auto">${this.product.summary}</p>
          ${terms(this.product)}
        </div>
      </article>`;
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
      ${price ? html`<span><b class="product-price">${price}</b> ${unit ? html`<bdi>/ ${unit}</bdi>` : nothing}</span>` : nothing}
      ${minimum ? html`<span>${minimum}</span>` : nothing}
    </p>`;
}

customElements.define("fair-pinned", FairPinned);

/** `<fair-table>`: the product that lies between the two; staff may put another one there. */

import { LitElement, html, nothing } from "../../vendor/lit.js";
import { _ } from "../i18n.js";
import { icon } from "../lib/icons.js";
import { callStills } from "./caller.js";
import { terms } from "./product_card.js";

/** @typedef {import("../transport/protocol.js").Product} Product */

export class FairTable extends LitElement {
  static properties = { product: { attribute: false }, products: { attribute: false }, stills: { attribute: false }, isOpen: { attribute: false }, problem: { attribute: false } };

  constructor() {
    super();
    /** @type {Product | null} */
    this.product = null;
    /** @type {Product[]} the shelf, for those who may choose; empty for others */
    this.products = [];
    /** @type {import("../transport/protocol.js").Still[]} what was attached to the call */
    this.stills = [];
    this.isOpen = true;
    this.problem = "";
    /** @type {(product: string | null) => void} */
    this.onChoose = () => {};
  }

  createRenderRoot() {
    return this;
  }

  render() {
    return html`
      <section class="table-top" aria-labelledby="table-title">
        <h2 id="table-title" class="beside-title">${icon("package")}${_("On the table")}</h2>
        ${this.product ? card(this.product) : html`<p class="table-empty">${this.products.length ? _("Nothing yet. Put the product you talk about on the table.") : _("Nothing yet. The exhibitor can put a product here.")}</p>`}
        ${this.products.length && this.isOpen ? this._chooser() : nothing}
        ${callStills(this.stills)}
        ${this.problem ? html`<p class="field-error" role="alert">${this.problem}</p>` : nothing}
      </section>`;
  }

  _chooser() {
    const chosen = this.product?.id ?? "";
    return html`
      <div class="field table-choice">
        <label for="table-product">${_("Put on the table")}</label>
        <select id="table-product" .value=${chosen} @change=${(/** @type {Event} */ event) => this.onChoose(/** @type {HTMLSelectElement} */ (event.target).value || null)}>
          <option value="" ?selected=${chosen === ""}>${_("Nothing")}</option>
          ${this.products.map(({ id, title }) => html`<option value=${id} ?selected=${id === chosen}>${title}</option>`)}
        </select>
      </div>`;
  }
}

/** @param {Product} product */
function card(product) {
  return html`
    <article class="table-product">
      <img src=${product.picture} alt="" width="120" height="120">
      <div>
        <h3><bdi>${product.title}</bdi></h3>
        <p class="small soft"><bdi>${product.summary}</bdi></p>
        ${terms(product)}
      </div>
    </article>`;
}

customElements.define("fair-table", FairTable);

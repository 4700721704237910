/** `<fair-shelf>`: the products of the room as the server drew them; marks the one that is on the table now. */

export class FairShelf extends HTMLElement {
  /** @param {string | null} product the id of the pinned product */
  set pinned(product) {
    for (const card of this.querySelectorAll("[data-product]")) {
      const now = card.getAttribute("data-product") === product;
      card.classList.toggle("is-pinned", now);
      card.querySelector(".product-now")?.toggleAttribute("hidden", !now);
    }
  }
}

customElements.define("fair-shelf", FairShelf);

/** `<fair-pins>`: the shelf as staff see it; each product has a button that puts it on the table or takes it off. */

/** Expects rows `[data-product]` with a `.pin` button, drawn by the server. */
export class FairPins extends HTMLElement {
  constructor() {
    super();
    /** @type {(product: string | null) => void} */
    this.onPin = () => {};
  }

  connectedCallback() {
    this.addEventListener("click", (event) => {
      const button = /** @type {Element} */ (event.target).closest(".pin");
      const product = button?.closest("[data-product]")?.getAttribute("data-product");
      if (product) this.onPin(button?.getAttribute("aria-pressed") === "true" ? null : product);
    });
  }

  /** @param {string | null} product the id of the product on the table */
  set pinned(product) {
    for (const row of this.querySelectorAll("[data-product]")) {
      const now = row.getAttribute("data-product") === product;
      row.classList.toggle("is-pinned", now);
      row.querySelector(".pin")?.setAttribute("aria-pressed", String(now));
    }
  }
}

customElements.define("fair-pins", FairPins);

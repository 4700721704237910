/** `<fair-tabs>`: shows one of its panels; without scripts all of them stand below each other. */

/** Expects `[role=tablist] > [role=tab][aria-controls]`; arrow keys walk, as readers of tab lists expect. */
export class FairTabs extends HTMLElement {
  connectedCallback() {
    this._tabs = /** @type {HTMLElement[]} */ ([...this.querySelectorAll("[role=tab]")]);
    for (const tab of this._tabs) tab.addEventListener("click", () => this.show(tab));
    document.addEventListener("click", (event) => this._follow(event));
    this.querySelector("[role=tablist]")?.addEventListener("keydown", (event) =>
      this._walk(/** @type {KeyboardEvent} */ (event)),
    );
  }

  /** @param {HTMLElement} chosen */
  show(chosen) {
    for (const tab of this._tabs ?? []) {
      const selected = tab === chosen;
      tab.setAttribute("aria-selected", String(selected));
      tab.tabIndex = selected ? 0 : -1;
      const panel = document.getElementById(tab.getAttribute("aria-controls") ?? "");
      if (panel) panel.hidden = !selected;
    }
  }

  /** A link to something in a panel opens that panel first. @param {MouseEvent} event */
  _follow(event) {
    const link = event.target instanceof Element ? event.target.closest('a[href^="#"]') : null;
    const target = link && document.getElementById(link.getAttribute("href")?.slice(1) ?? "");
    const panel = target?.closest("[role=tabpanel]");
    const tab = this._tabs?.find((one) => one.getAttribute("aria-controls") === panel?.id);
    if (!target || !tab) return;
    event.preventDefault();
    this.show(tab);
    target.scrollIntoView({ block: "nearest" });
  }

  /** @param {KeyboardEvent} event */
  _walk(event) {
    const tabs = this._tabs ?? [];
    const at = tabs.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const forward = getComputedStyle(this).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    const back = forward === "ArrowRight" ? "ArrowLeft" : "ArrowRight";
    const to = { [forward]: at + 1, [back]: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    const tab = to === undefined ? undefined : tabs[(to + tabs.length) % tabs.length];
    if (at < 0 || !tab) return;
    event.preventDefault();
    this.show(tab);
    tab.focus();
  }
}

customElements.define("fair-tabs", FairTabs);

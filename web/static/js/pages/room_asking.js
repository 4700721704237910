/** What stands beside the call in a room: being visible or not, and a message where nobody is there. */

import { _ } from "../i18n.js";
import { newKey } from "../lib/new_key.js";
import { postJson } from "../lib/request.js";
import { element } from "./element.js";

/** @typedef {import("../transport/protocol.js").Visibility} Visibility */
/** @typedef {import("../transport/conversation.js").Conversation} Conversation */

/** Where the bar with the call lies over the page, which an open question would cover; so css/room_narrow.css. */
const NARROW = "(max-width: 820px)";

export class RoomAsking {
  /** @param {Record<string, any>} page @param {Conversation} conversation @param {() => string | null} product in view */
  constructor(page, conversation, product) {
    this._page = page;
    this._conversation = conversation;
    this._product = product;
    this._choices = /** @type {HTMLFieldSetElement | null} */ (document.getElementById("visibility"));
    this._box = /** @type {HTMLDetailsElement | null} */ (document.getElementById("visibility-box"));
    this._dialog = /** @type {HTMLDialogElement | null} */ (document.getElementById("message-dialog"));
    this._form = this._dialog?.querySelector("form") ?? null;
    this._key = newKey();
  }

  begin() {
    if (this._box && this._isAsked && !matchMedia(NARROW).matches) this._box.open = true;
    this._choices?.addEventListener("change", (event) => this._choose(/** @type {HTMLInputElement} */ (event.target)));
    this._form?.addEventListener("submit", (event) => this._send(event));
    document.getElementById("message-not")?.addEventListener("click", () => this._dialog?.close());
  }

  /** @returns {boolean} whether this buyer has never said who may see them */
  get _isAsked() {
    return this._box?.dataset.asks !== undefined;
  }

  /** @param {Visibility | null} visibility what the server knows: hidden is also who has not answered */
  show(visibility) {
    if (!this._choices || !visibility) return;
    this._choices.disabled = false;
    if (!this._isAsked || visibility !== "hidden") this._showChoice(this._choices, visibility);
  }

  /** @param {HTMLFieldSetElement} choices @param {Visibility} visibility */
  _showChoice(choices, visibility) {
    for (const input of choices.querySelectorAll("input")) input.checked = input.value === visibility;
    element("visibility-box").dataset.choice = visibility;
    element("visibility-now").textContent = word(visibility);
  }

  /** Open the message, about the product in view; a guest signs in first. */
  write() {
    if (this._page.me.role === "guest") {
      location.assign(this._page.sign_in_url);
      return;
    }
    const product = /** @type {HTMLSelectElement | null} */ (this._form?.elements.namedItem("product") ?? null);
    if (product && !product.value) product.value = this._product() ?? "";
    this._dialog?.showModal();
  }

  /** @param {HTMLInputElement} input */
  async _choose(input) {
    const problem = element("visibility-problem");
    problem.hidden = true;
    try {
      const { choice } = await this._conversation.ask("set_visibility", { choice: input.value });
      delete this._box?.dataset.asks;
      this.show(choice);
    } catch (error) {
      problem.textContent = (error instanceof Error && error.message) || _("There is no connection right now. Try again in a moment.");
      problem.hidden = false;
    }
  }

  /** @param {SubmitEvent} event */
  async _send(event) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const button = /** @type {HTMLButtonElement} */ (element("message-send"));
    const problem = element("message-problem");
    const said = new FormData(form);
    const quantity = String(said.get("quantity") ?? "");
    problem.hidden = true;
    button.disabled = true;
    try {
      await postJson(`/api/rooms/${this._page.room}/messages`, {
        subject: said.get("subject"), text: said.get("text"), product: said.get("product") || null,
        quantity: quantity ? Number(quantity) : null, key: this._key,
      });
      this._key = newKey(); // what is written from now on is another message
      form.reset();
      this._dialog?.close();
      const notices = /** @type {import("../elements/notices.js").FairNotices} */ (element("notices"));
      notices.say(_("Your message is with {company}.", { company: this._page.company }), { kind: "ok" });
    } catch (error) {
      problem.textContent = error instanceof Error ? error.message : String(error);
      problem.hidden = false;
    } finally {
      button.disabled = false;
    }
  }
}

/** @param {Visibility} visibility */
function word(visibility) {
  const words = {
    visible: () => _("You are visible to exhibitors"),
    here: () => _("You are visible to this exhibitor"),
    hidden: () => _("You are hidden"),
  };
  return words[visibility]();
}

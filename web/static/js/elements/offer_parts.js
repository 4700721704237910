/** What stands around an offer sheet: which offer, which version, how it stands, and what may be done. */

import { html, nothing } from "../../vendor/lit.js";
import { _, formatMoment } from "../i18n.js";
import { exactMoney } from "../lib/decimal.js";
import { icon } from "../lib/icons.js";

/** @typedef {import("../transport/offers.js").Thread} Thread */
/** @typedef {import("../transport/offers.js").Offer} Offer */
/** @typedef {import("../transport/offers.js").Version} Version */
/**
 * @typedef {{isBusy: boolean, hasDraft: boolean, onCounter: () => void, onWithdraw: () => void, onSign: () => void,
 *   onNew: (() => void) | null}} BarParts `onNew` is null where nothing more can be sent
 */

/** @param {Thread} thread @param {Offer} chosen @param {(id: string) => void} onChoose */
export function offerChoice({ offers }, chosen, onChoose) {
  if (offers.length < 2) return nothing;
  return html`
    <div class="field offer-choice">
      <label for="offer-choice">${_("Offers")}</label>
      <select id="offer-choice" .value=${chosen.id} @change=${(/** @type {Event} */ event) => onChoose(/** @type {HTMLSelectElement} */ (event.target).value)}>
        ${offers.map((offer) => html`<option value=${offer.id} ?selected=${offer.id === chosen.id}>${summary(offer)}</option>`)}
      </select>
    </div>`;
}

/** @param {Offer} offer */
function summary(offer) {
  const newest = offer.versions.at(-1);
  if (!newest) return "";
  const { total, currency } = newest.document;
  return _("{moment}, {total}, {state}", { moment: formatMoment(offer.opened_at_ms / 1000), total: exactMoney(total, currency), state: stateWords(offer) });
}

/** @param {Offer} offer @param {Version} shown @param {"buyer" | "seller"} side @param {(number: number) => void} onChoose */
export function versionChoice(offer, shown, side, onChoose) {
  const isNewest = shown === offer.versions.at(-1);
  const by = shown.side === side ? _("sent by your side") : _("sent by the other side");
  return html`
    <div class="offer-title">
      <h3>${_("Version {number}", { number: shown.number })} ${isNewest ? html`<span class=${`badge ${BADGES[offer.state]}`} id="offer-state">${stateWords(offer)}</span>` : html`<span class="badge">${_("Old version")}</span>`}</h3>
      <p class="small soft">${by} · ${formatMoment(shown.written_at_ms / 1000)}</p>
      ${offer.versions.length > 1 ? html`
        <div class="offer-versions" role="group" aria-label=${_("Versions")}>
          ${offer.versions.map(({ number }) => html`<button type="button" class="button version-button" aria-pressed=${number === shown.number} aria-label=${_("Version {number}", { number })} @click=${() => onChoose(number)}>${number}</button>`)}
        </div>` : nothing}
      ${shown.differences && isNewest ? html`<p class="small soft">${_("Marked is what changed since version {number}.", { number: shown.number - 1 })}</p>` : nothing}
    </div>`;
}

const BADGES = { open: "badge-wait", withdrawn: "", expired: "", agreed: "badge-ok" };

/** @param {Offer} offer */
function stateWords({ state, versions }) {
  const isHalf = (versions.at(-1)?.signatures.length ?? 0) === 1;
  const words = {
    open: isHalf ? _("One side has signed") : _("Open"), withdrawn: _("Withdrawn"), expired: _("Expired"), agreed: _("Signed by both"),
  };
  return words[state];
}

/** @param {Offer} offer @param {BarParts} parts */
export function offerBar(offer, { isBusy, hasDraft, onCounter, onWithdraw, onSign, onNew }) {
  const may = new Set(offer.may);
  return html`
    <div class="offer-bar toolbar">
      ${may.has("withdraw") ? html`<button type="button" class="button button-quiet" id="withdraw-offer" ?disabled=${isBusy} @click=${onWithdraw}>${_("Withdraw")}</button>` : nothing}
      ${may.has("counter") ? html`<button type="button" class="button" id="counter-offer" ?disabled=${isBusy} @click=${onCounter}>${icon("pencil")}${hasDraft ? _("Go on with your draft") : _("Counter")}</button>` : nothing}
      ${may.has("sign") ? html`<button type="button" class="button button-primary" id="sign-offer" ?disabled=${isBusy} @click=${onSign}>${icon("badge-check")}${_("Sign")}</button>` : nothing}
      ${offer.state === "open" || !onNew ? nothing : html`<button type="button" class="button" id="new-offer" @click=${onNew}>${icon("plus")}${_("New offer")}</button>`}
    </div>
    ${offer.state === "open" && offer.versions.at(-1)?.is_erased ? html`<p class="small soft" id="erased-version">${_("A name was taken out of this version; send it again to sign it.")}</p>` : nothing}
    ${offer.state === "agreed" ? html`<p class="offer-honest small soft">${_("An order of intent: both sides have said what they agree on. It is not a qualified electronic signature.")}</p>` : nothing}`;
}

/** @param {import("../transport/offer_draft.js").DraftKeeper} keeper */
export function draftNotes(keeper) {
  const words = { untouched: "", saved: _("Draft saved"), saving: _("Saving the draft"), failed: _("Not saved yet; it is tried again."), stale: "" };
  const theirs = keeper.theirs;
  return html`
    <p class="small soft draft-state" role="status" data-state=${keeper.state}>${words[keeper.state]}</p>
    ${theirs ? html`
      <div class="banner banner-wait" role="alert">${icon("triangle-alert")}
        <div><p><b>${changer(theirs)}</b></p>
        <div class="toolbar"><button type="button" class="button" @click=${() => keeper.takeTheirs()}>${_("Take what is there")}</button>
        <button type="button" class="button" @click=${() => keeper.keepMine()}>${_("Keep what I typed")}</button></div></div>
      </div>` : nothing}`;
}

/** Who has changed a draft; one whose name was erased is a colleague.  @param {import("../transport/offers.js").Draft} draft */
function changer({ saved_by, wish }) {
  if (saved_by) return _("{name} has changed this draft meanwhile.", { name: saved_by });
  return wish.lines.length ? _("A colleague has changed this draft meanwhile.") : _("This draft was sent from another window.");
}

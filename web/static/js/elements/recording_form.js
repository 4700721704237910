/** The form with which staff change a recording: title, who may watch, how long it stays. */

import { html, nothing } from "../../vendor/lit.js";
import { _, plural } from "../i18n.js";
import { icon } from "../lib/icons.js";

/** @typedef {import("./recordings.js").Recording} Recording */
/** @typedef {import("./recordings.js").Access} Access */
/** @typedef {import("./recordings.js").Changes} Changes */
/**
 * @typedef {{keepDays: number, fault: string, isBusy: boolean, onSave: (changes: Changes) => void, onCancel: () => void}} FormParts
 */

const TITLE_LENGTH = 120;

/** @type {() => Array<[Access, string, string]>} */
const CHOICES = () => [
  ["public", _("Everybody"), _("Anyone with the link, and in the room's list")],
  ["signed_in", _("Signed-in visitors"), _("Buyers, staff and organisers with an account")],
  ["invited", _("Invited people"), _("Only the accounts with these e-mail addresses, and you")],
];

/** @param {Recording} recording @param {FormParts} parts */
export function recordingForm(recording, { keepDays, fault, isBusy, onSave, onCancel }) {
  const id = recording.id;
  return html`
    <form class="recording-form" @submit=${(/** @type {SubmitEvent} */ event) => send(event, onSave)} @change=${reveal}>
      <div class="field">
        <label for=${`title-${id}`}>${_("Title")}</label>
        <input id=${`title-${id}`} name="title" maxlength=${TITLE_LENGTH} .value=${recording.title} dir="auto" autocomplete="off">
      </div>
      <fieldset class="field">
        <legend class="label">${_("Who may watch")}</legend>
        ${CHOICES().map(([value, label, hint]) => html`
          <label class="choice"><input type="radio" name="access" value=${value} ?checked=${recording.access === value}>
            <span><b>${label}</b><span class="small soft">${hint}</span></span></label>`)}
      </fieldset>
      <div class="field recording-guests" ?hidden=${recording.access !== "invited"}>
        <label for=${`guests-${id}`}>${_("E-mail addresses, one on each line")}</label>
        <textarea id=${`guests-${id}`} name="guests" rows="3" dir="ltr" spellcheck="false" .value=${recording.guests.join("\n")}></textarea>
        <p class="field-hint">${_("They need an account at the fair and sign in with this address.")}</p>
      </div>
      <label class="choice"><input type="checkbox" name="keep" ?checked=${recording.keep}>
        <span><b>${_("Keep it")}</b><span class="small soft">${plural("It is not deleted after {n} day.", "It is not deleted after {n} days.", Math.round(keepDays))}</span></span></label>
      ${fault ? html`<p class="field-error" role="alert">${icon("circle-alert")}${fault}</p>` : nothing}
      <div class="toolbar">
        <button class="button button-primary" ?disabled=${isBusy}>${_("Save")}</button>
        <button type="button" class="button button-quiet" @click=${onCancel}>${_("Cancel")}</button>
      </div>
    </form>`;
}

/** Addresses are asked for where they count. @param {Event} event */
function reveal(event) {
  const form = /** @type {HTMLFormElement} */ (event.currentTarget);
  const guests = /** @type {HTMLElement | null} */ (form.querySelector(".recording-guests"));
  if (guests) guests.hidden = new FormData(form).get("access") !== "invited";
}

/** @param {SubmitEvent} event @param {(changes: Changes) => void} onSave */
function send(event, onSave) {
  event.preventDefault();
  const fields = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
  onSave({
    title: String(fields.get("title") ?? "").trim(),
    access: /** @type {Access} */ (fields.get("access") ?? "public"),
    guests: String(fields.get("guests") ?? "").split(/[\s,;]+/).filter(Boolean),
    keep: fields.get("keep") !== null,
  });
}

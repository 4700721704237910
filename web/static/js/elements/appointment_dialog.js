/** The dialog over everything when an appointment begins: whom it is with, and the way into the call. */

import { _ } from "../i18n.js";
import { icon } from "../lib/icons.js";
import { Chime } from "./chime.js";

const RINGS_MS = 30_000;
const chime = new Chime();
/** @type {HTMLDialogElement | null} */
let open = null;

/**
 * Show it once; a newer one takes its place.
 * @param {{id: string, title: string, words: string, href: string}} what
 */
export function showAppointment({ id, title, words, href }) {
  if (open?.dataset.id === id) return;
  closeAppointment();
  const dialog = document.createElement("dialog");
  dialog.className = "dialog appointment-dialog";
  dialog.dataset.id = id;
  dialog.setAttribute("aria-labelledby", "appointment-title");
  dialog.append(heading(title), paragraph(words), actions(href));
  dialog.addEventListener("close", () => done(dialog));
  document.body.append(dialog);
  dialog.showModal();
  /** @type {HTMLElement | null} */ (dialog.querySelector(".button-primary"))?.focus();
  open = dialog;
  chime.start();
  setTimeout(() => open === dialog && chime.stop(), RINGS_MS);
}

/** @param {string} [id] close it only if it is about this one */
export function closeAppointment(id) {
  if (open && (!id || open.dataset.id === id)) open.close();
}

/** @param {HTMLDialogElement} dialog */
function done(dialog) {
  dialog.remove();
  if (open !== dialog) return;
  open = null;
  chime.stop();
}

/** @param {string} title */
function heading(title) {
  const made = document.createElement("h2");
  made.id = "appointment-title";
  made.append(title);
  return made;
}

/** @param {string} words */
function paragraph(words) {
  const made = document.createElement("p");
  made.className = "soft";
  made.append(words);
  return made;
}

/** @param {string} href */
function actions(href) {
  const later = document.createElement("button");
  later.type = "button";
  later.className = "button button-quiet";
  later.append(_("Not now"));
  later.addEventListener("click", () => closeAppointment());
  const join = document.createElement("a");
  join.className = "button button-primary";
  join.href = href;
  join.append(icon("video"), _("Join"));
  const row = document.createElement("div");
  row.className = "dialog-actions";
  row.append(later, join);
  return row;
}

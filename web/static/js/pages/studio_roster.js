/** The forms of the desk: what this person speaks and explains, and when the company works. */

import { _ } from "../i18n.js";
import { postJson } from "../lib/request.js";
import { element } from "./element.js";

const DAYS = 7;

export class RosterForms {
  /** @param {Record<string, any>} page @param {import("../elements/notices.js").FairNotices} notices */
  constructor(page, notices) {
    this._page = page;
    this._notices = notices;
  }

  begin() {
    element("roster-form").addEventListener("submit", (event) => this._saveRoster(event));
    element("hours-form").addEventListener("submit", (event) => this._saveHours(event));
    const zone = /** @type {HTMLInputElement} */ (element("hours-zone"));
    const zones = Intl.supportedValuesOf?.("timeZone") ?? [];
    element("zones").append(...zones.map((name) => Object.assign(document.createElement("option"), { value: name })));
    if (!this._page.hours_set) zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone || zone.value;
  }

  /** @param {Event} event */
  _saveRoster(event) {
    const said = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const languages = String(said.get("languages") ?? "").split(/[\s,;،，]+/).filter(Boolean);
    this._save(event, "roster", { languages, product_lines: said.getAll("product_lines") });
  }

  /** @param {Event} event */
  _saveHours(event) {
    const said = new FormData(/** @type {HTMLFormElement} */ (event.target));
    /** @type {Record<string, number[][]>} */
    const weekly = {};
    for (let day = 0; day < DAYS; day += 1) {
      const span = [minutes(said.get(`from-${day}`)), minutes(said.get(`until-${day}`), true)];
      if (said.get(`open-${day}`) && span[0] !== null && span[1] !== null) weekly[day] = [/** @type {number[]} */ (span)];
    }
    this._save(event, "hours", { zone: said.get("zone"), weekly });
  }

  /** @param {Event} event @param {"roster" | "hours"} what @param {object} fields */
  async _save(event, what, fields) {
    event.preventDefault();
    const problem = element(`${what}-problem`);
    problem.hidden = true;
    try {
      await postJson(`/api/rooms/${this._page.room}/${what}`, fields);
      this._notices.say(_("Saved."), { kind: "ok" });
    } catch (error) {
      problem.textContent = error instanceof Error ? error.message : String(error);
      problem.hidden = false;
    }
  }
}

/**
 * @param {FormDataEntryValue | null} text as in a time field
 * @param {boolean} [isEnd] midnight is the end of the day there
 * @returns {number | null} minutes of the day
 */
function minutes(text, isEnd = false) {
  const found = /^(\d\d):(\d\d)/.exec(String(text ?? ""));
  if (!found) return null;
  const of = Number(found[1]) * 60 + Number(found[2]);
  return isEnd && of === 0 ? 24 * 60 : of;
}

/** The forms of the desk: what this person speaks and explains, when they are there, and when the company works. */

import { _ } from "../i18n.js";
import { postJson } from "../lib/request.js";
import { element } from "./element.js";

const DAYS = 7;
/** So many spans of a day the server keeps. */
const MOST_SPANS = 6;

export class RosterForms {
  /** @param {Record<string, any>} page @param {import("../elements/notices.js").FairNotices} notices */
  constructor(page, notices) {
    this._page = page;
    this._notices = notices;
  }

  begin() {
    element("roster-form").addEventListener("submit", (event) => this._saveRoster(event));
    element("hours-form").addEventListener("submit", (event) => this._saveHours(event));
    for (const form of ["roster-form", "hours-form"]) {
      element(form).addEventListener("click", (event) => changeSpans(/** @type {Element} */ (event.target)));
    }
    const zone = /** @type {HTMLInputElement} */ (element("hours-zone"));
    const zones = Intl.supportedValuesOf?.("timeZone") ?? [];
    element("zones").append(...zones.map((name) => Object.assign(document.createElement("option"), { value: name })));
    if (!this._page.hours_set) zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone || zone.value;
  }

  /** @param {Event} event */
  _saveRoster(event) {
    const said = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const languages = String(said.get("languages") ?? "").split(/[\s,;،，]+/).filter(Boolean);
    this._saveWeek(event, "roster", said, { languages, product_lines: said.getAll("product_lines") });
  }

  /** @param {Event} event */
  _saveHours(event) {
    const said = new FormData(/** @type {HTMLFormElement} */ (event.target));
    this._saveWeek(event, "hours", said, { zone: said.get("zone") });
  }

  /**
   * @param {Event} event
   * @param {"roster" | "hours"} what
   * @param {FormData} said the hours of the week are in it
   * @param {object} fields what else is kept
   */
  _saveWeek(event, what, said, fields) {
    /** @type {Record<string, (number | null)[][]>} */
    const weekly = {};
    for (let day = 0; day < DAYS; day += 1) if (said.get(`open-${day}`)) weekly[day] = spansOf(said, day);
    if (Object.values(weekly).flat(2).includes(null)) this._refuse(event, what, _("Say from when and until when."));
    else this._save(event, what, { ...fields, weekly });
  }

  /** @param {Event} event @param {"roster" | "hours"} what @param {object} fields */
  async _save(event, what, fields) {
    event.preventDefault();
    element(`${what}-problem`).hidden = true;
    try {
      await postJson(`/api/rooms/${this._page.room}/${what}`, fields);
      this._notices.say(_("Saved."), { kind: "ok" });
    } catch (error) {
      this._refuse(event, what, error instanceof Error ? error.message : String(error));
    }
  }

  /** @param {Event} event @param {"roster" | "hours"} what @param {string} why */
  _refuse(event, what, why) {
    event.preventDefault();
    element(`${what}-problem`).textContent = why;
    element(`${what}-problem`).hidden = false;
  }
}

/** The spans of a day as they stand in the form; a pair of fields that is empty is none.
 * @param {FormData} said @param {number} day @returns {(number | null)[][]} null where half of a pair is empty */
function spansOf(said, day) {
  const ends = said.getAll(`until-${day}`);
  const spans = said.getAll(`from-${day}`).map((begin, place) => [minutes(begin), minutes(ends[place] ?? null, true)]);
  return spans.filter((span) => span.some((minute) => minute !== null));
}

/** Add a span to a day, as after a break, or take one out.  @param {Element} pressed */
function changeSpans(pressed) {
  const button = pressed.closest("button[data-do]");
  if (button?.getAttribute("data-do") === "less") button.closest(".hours-span")?.remove();
  else if (button) addSpan(/** @type {HTMLElement} */ (button.closest(".hours-day")));
}

/** @param {HTMLElement} day */
function addSpan(day) {
  const spans = /** @type {HTMLElement} */ (day.querySelector(".hours-spans"));
  if (spans.childElementCount >= MOST_SPANS) return;
  const span = /** @type {HTMLElement} */ (spans.firstElementChild?.cloneNode(true));
  const fields = span.querySelectorAll("input");
  for (const field of fields) field.value = "";
  spans.append(span);
  /** @type {HTMLInputElement} */ (day.querySelector("input[type=checkbox]")).checked = true;
  fields[0]?.focus();
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

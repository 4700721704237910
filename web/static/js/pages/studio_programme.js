/** The programme card of the studio: announcing, changing and cancelling shows, the loop, and films as shows. */

import { freshen } from "../elements/fresh.js";
import { keepTimes } from "../elements/when.js";
import { _ } from "../i18n.js";
import { postJson } from "../lib/request.js";
import { formatWhen } from "../lib/when.js";
import { element } from "./element.js";
import { followProgramme } from "./programme_news.js";

/**
 * @typedef {{id: string, title: string, about: string, starts_at: number, minutes: number, language: string,
 *   product: string | null, film: string | null}} Announced
 */

const SAID_MS = 2500;
const HOUR_MS = 3600_000;

/** @param {Record<string, any>} page @param {import("../transport/conversation.js").Conversation} conversation */
export function setUpProgramme(page, conversation) {
  keepTimes();
  followProgramme(conversation, page.now, refresh);
  if (page.may_publish) new Programme(page.room).begin();
}

function refresh() {
  freshen(["programme"]).catch(() => undefined); // offline: the list is fetched with the next change
}

class Programme {
  /** @param {string} room */
  constructor(room) {
    this._room = room;
    this._form = /** @type {HTMLFormElement} */ (element("announce-form"));
    this._dialog = /** @type {HTMLDialogElement} */ (element("announce-dialog"));
    this._cancelDialog = /** @type {HTMLDialogElement} */ (element("cancel-dialog"));
    /** What is being changed, or cancelled; empty for a new show. */
    this._id = "";
  }

  begin() {
    element("announce").addEventListener("click", () => this._open(null));
    element("announce-not").addEventListener("click", () => this._dialog.close());
    element("cancel-not").addEventListener("click", () => this._cancelDialog.close());
    element("cancel-really").addEventListener("click", () => this._cancel());
    element("programme").addEventListener("click", (event) => this._choose(/** @type {Element} */ (event.target)));
    this._form.addEventListener("submit", (event) => {
      event.preventDefault();
      this._send();
    });
    element("loop").addEventListener("change", () => this._chooseLoop());
    document.getElementById("play-film")?.addEventListener("click", () => this._play());
  }

  /** @param {Element} target */
  _choose(target) {
    const line = target.closest(".announced-show");
    const wish = line?.getAttribute("data-wish");
    if (!wish) return;
    const show = /** @type {Announced} */ (JSON.parse(wish));
    if (target.closest(".announced-change")) this._open(show);
    if (target.closest(".announced-cancel")) this._askToCancel(show);
  }

  /** @param {Announced | null} show null for a new one */
  _open(show) {
    this._id = show?.id ?? "";
    this._form.reset();
    const start = show ? show.starts_at * 1000 : Math.ceil(Date.now() / HOUR_MS + 0.5) * HOUR_MS;
    this._field("start").value = localValue(start);
    if (show) this._fill(show);
    element("announce-title").textContent = show ? _("Change the show") : _("Announce a show");
    element("announce-really").textContent = show ? _("Save") : _("Announce");
    this._say("");
    this._dialog.showModal();
    this._field("title").focus();
  }

  /** @param {Announced} show */
  _fill(show) {
    for (const name of ["title", "about", "language"]) this._field(name).value = show[/** @type {"title"} */ (name)];
    this._field("product").value = show.product ?? "";
    if (this._form.elements.namedItem("film")) this._field("film").value = show.film ?? "";
    const minutes = /** @type {HTMLSelectElement} */ (/** @type {unknown} */ (this._field("minutes")));
    minutes.value = String(show.minutes);
    if (minutes.selectedIndex < 0) minutes.add(new Option(String(show.minutes), String(show.minutes), true, true));
  }

  async _send() {
    const start = new Date(this._field("start").value).getTime();
    if (Number.isNaN(start)) {
      this._say(_("Say when the show begins."));
      return;
    }
    const button = /** @type {HTMLButtonElement} */ (element("announce-really"));
    button.disabled = true;
    try {
      await postJson(this._id ? `/api/programme/${this._id}` : `/api/rooms/${this._room}/programme`, this._wish(start));
      this._dialog.close();
      refresh();
    } catch (error) {
      this._say(wordsOf(error));
    } finally {
      button.disabled = false;
    }
  }

  /** @param {number} start milliseconds */
  _wish(start) {
    const film = this._form.elements.namedItem("film") ? this._field("film").value : "";
    return {
      title: this._field("title").value,
      about: this._field("about").value,
      starts_at: start / 1000,
      minutes: Number(this._field("minutes").value),
      language: this._field("language").value,
      product: this._field("product").value || null,
      film: film || null,
    };
  }

  /** @param {Announced} show */
  _askToCancel(show) {
    this._id = show.id;
    const facts = { title: show.title, when: formatWhen(show.starts_at) };
    element("cancel-words").textContent = _("“{title}”, {when}. It leaves the programme; nobody is reminded of it.", facts);
    this._cancelDialog.showModal();
  }

  async _cancel() {
    this._cancelDialog.close();
    await postJson(`/api/programme/${this._id}/cancel`).catch(() => undefined); // over already: the list shows how it is
    refresh();
  }

  async _chooseLoop() {
    const { value } = /** @type {HTMLSelectElement} */ (element("loop"));
    const isFilm = value !== "last" && value !== "off";
    const loop = { mode: isFilm ? "film" : value, film: isFilm ? value : null };
    if (!(await this._tried("loop-problem", postJson(`/api/rooms/${this._room}/loop`, loop)))) return;
    element("loop-said").hidden = false;
    setTimeout(() => (element("loop-said").hidden = true), SAID_MS);
  }

  async _play() {
    const { value } = /** @type {HTMLSelectElement} */ (element("film"));
    const again = /** @type {HTMLInputElement} */ (element("film-again")).checked;
    await this._tried("film-problem", postJson(`/api/rooms/${this._room}/film`, { film: value, again }));
  }

  /** @param {string} place where the reason is said @param {Promise<unknown>} asked */
  async _tried(place, asked) {
    const problem = element(place);
    problem.hidden = true;
    try {
      await asked;
      return true;
    } catch (error) {
      problem.textContent = wordsOf(error);
      problem.hidden = false;
      return false;
    }
  }

  /** @param {string} problem */
  _say(problem) {
    element("announce-problem").textContent = problem;
    element("announce-problem").hidden = problem === "";
  }

  /** @param {string} name @returns {HTMLInputElement} */
  _field(name) {
    return /** @type {HTMLInputElement} */ (this._form.elements.namedItem(name));
  }
}

/** @param {unknown} error */
function wordsOf(error) {
  return error instanceof Error ? error.message : String(error);
}

/** @param {number} milliseconds @returns {string} as a datetime-local field has it: on the clock of this computer */
function localValue(milliseconds) {
  const local = new Date(milliseconds - new Date(milliseconds).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

/** The studio's card of recordings: asks for the list, changes and deletes, and says beforehand what is lost. */

import "../elements/recordings.js";
import { titleOf } from "../elements/recordings.js";
import { _, formatDuration } from "../i18n.js";
import { askJson, postJson } from "../lib/request.js";
import { element } from "./element.js";

/** @typedef {import("../elements/recordings.js").Recording} Recording */

/** So long it takes until the list knows what the console was told. */
const SETTLE_MS = 2500;

export class RecordingsCard {
  /** @param {string} room @param {boolean} mayManage @param {(text: string, isWrong?: boolean) => void} say */
  constructor(room, mayManage, say) {
    this._room = room;
    this._say = say;
    this._list = /** @type {import("../elements/recordings.js").FairRecordings} */ (element("recordings"));
    this._list.mayManage = mayManage;
    this._list.room = room;
    this._list.onChange = (recording, changes) => this._change(recording, changes);
    this._list.onDelete = (recording) => this._confirm(recording);
    this._list.onRetry = () => this.load();
    this._dialog = /** @type {HTMLDialogElement} */ (element("delete-dialog"));
    /** @type {Recording | null} */
    this._doomed = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this._timer = undefined;
    element("delete-not").addEventListener("click", () => this._dialog.close());
    element("delete-really").addEventListener("click", () => this._delete());
  }

  /** Ask for the list, at first and whenever a show has begun or ended. */
  async load() {
    this._list.problem = "";
    try {
      const response = await fetch(`/api/rooms/${this._room}/recordings`);
      if (!response.ok) throw new Error(String(response.status));
      this._list.archive = await response.json();
    } catch {
      if (!this._list.archive) this._list.problem = _("The list of recordings could not be loaded.");
    }
  }

  /** Something has begun or ended: it stands in the list a moment later. */
  loadSoon() {
    clearTimeout(this._timer);
    this._timer = setTimeout(() => this.load(), SETTLE_MS);
  }

  /** @param {Recording} recording @param {import("../elements/recordings.js").Changes} changes */
  async _change(recording, changes) {
    const { guests, ...others } = changes;
    await postJson(`/api/recordings/${recording.id}`, changes.access === "invited" ? { ...others, guests } : others);
    await this.load();
    this._say(_("Saved"));
  }

  /** @param {Recording} recording */
  _confirm(recording) {
    this._doomed = recording;
    const values = { title: titleOf(recording), length: formatDuration(recording.seconds) };
    element("delete-words").textContent = _(
      "“{title}” ({length}) is deleted for good, with its chat, its chapters and its captions. Links to it lead to a page that says so.", values);
    this._dialog.showModal();
  }

  async _delete() {
    const doomed = this._doomed;
    this._dialog.close();
    if (!doomed) return;
    try {
      await askJson("DELETE", `/api/recordings/${doomed.id}`);
      this._say(_("The recording is deleted."));
    } catch (error) {
      this._say(error instanceof Error ? error.message : String(error), true);
    }
    await this.load();
  }
}

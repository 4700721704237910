/** What was recorded of a call that is over: its two parties have the list, and may delete what stands in it. */

import { _, formatDuration } from "../i18n.js";
import { askJson, getJson } from "../lib/request.js";
import { Refusal } from "../lib/refusal.js";
import { element } from "./element.js";
import { isolated } from "./news.js";

/** @typedef {import("../elements/call_papers.js").CallRecording} CallRecording */

/** So long it takes until the list knows that nothing more is written. */
const SETTLE_MS = 2500;
const MOST_LOOKS = 5;

export class MeetingRecordings {
  /** @param {string} call @param {import("../elements/gathering.js").FairGathering} list */
  constructor(call, list) {
    this._call = call;
    this._list = list;
    this._dialog = /** @type {HTMLDialogElement} */ (element("delete-dialog"));
    /** @type {CallRecording | null} */
    this._doomed = null;
    /** @type {Map<string, CallRecording>} deleted since the page is open */
    this._gone = new Map();
    element("delete-not").addEventListener("click", () => this._dialog.close());
    element("delete-really").addEventListener("click", () => this._delete());
  }

  /** Ask for the list, and again a few times while something is being written: only then can it be deleted. */
  async load(looks = MOST_LOOKS) {
    const { recordings } = await getJson(`/api/calls/${this._call}/recordings`);
    this._show(recordings);
    const isWritten = recordings.some((/** @type {CallRecording} */ { is_running }) => is_running);
    if (isWritten && looks > 1) setTimeout(() => this._list.attempt(() => this.load(looks - 1)), SETTLE_MS);
  }

  /** Say beforehand what is lost.  @param {CallRecording} recording */
  confirm(recording) {
    this._doomed = recording;
    const values = { name: isolated(recording.name), length: formatDuration(recording.seconds) };
    element("delete-words").textContent = _("What {name} sent ({length}) is deleted for good, for both of you.", values);
    this._dialog.showModal();
  }

  async _delete() {
    const doomed = this._doomed;
    this._dialog.close();
    if (doomed) await this._list.attempt(() => this._remove(doomed));
  }

  /** @param {CallRecording} recording */
  async _remove(recording) {
    await askJson("DELETE", `/api/recordings/${recording.id}`).catch(passIfGone);
    this._gone.set(recording.id, { ...recording, is_gone: true });
    this._show(this._list.recordings);
  }

  /** Show what there is, with what was deleted here in its place.  @param {CallRecording[]} recordings */
  _show(recordings) {
    const left = recordings.filter(({ id }) => !this._gone.has(id));
    const earlier = (/** @type {CallRecording} */ one, /** @type {CallRecording} */ other) =>
      one.began_at - other.began_at || (one.id < other.id ? -1 : 1);
    this._list.recordings = [...left, ...this._gone.values()].sort(earlier);
  }
}

/** The other may have deleted it before.  @param {unknown} error */
function passIfGone(error) {
  if (!(error instanceof Refusal && error.code === "no_recording")) throw error;
}

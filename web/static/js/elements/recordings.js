/** `<fair-recordings>`: the recordings of a room as its staff keep them: who may watch, how long, how much room they take. */

import { LitElement, html, nothing, repeat } from "../../vendor/lit.js";
import { _, formatBytes, formatDate, formatDuration, formatMoment, plural } from "../i18n.js";
import { icon } from "../lib/icons.js";
import { recordingForm } from "./recording_form.js";

/**
 * @typedef {"public" | "signed_in" | "invited"} Access
 * @typedef {{id: string, title: string, started_at: number, seconds: number, bytes: number, is_running: boolean,
 *   stop_reason: string, access: Access, guests: string[], keep: boolean}} Recording
 * @typedef {{recordings: Recording[], used: number, used_by_calls: number, quota: number, keep_days: number}} Archive
 * @typedef {{title: string, access: Access, guests: string[], keep: boolean}} Changes
 */

/** So full a quota is said in another colour. */
const NEARLY_FULL = 0.9;

/** Shows what it is given; `onChange` and `onDelete` resolve when the server has it and reject with what to say. */
export class FairRecordings extends LitElement {
  static properties = {
    archive: { attribute: false }, problem: { attribute: false }, mayManage: { attribute: false }, room: { attribute: false },
    _edited: { state: true }, _fault: { state: true }, _isBusy: { state: true },
  };

  constructor() {
    super();
    /** @type {Archive | null} null while it is loading */
    this.archive = null;
    this.problem = "";
    this.mayManage = false;
    this.room = "";
    this._edited = "";
    this._fault = "";
    this._isBusy = false;
    /** @type {(recording: Recording, changes: Changes) => Promise<unknown>} */
    this.onChange = async () => undefined;
    /** @type {(recording: Recording) => void} */
    this.onDelete = () => {};
    this.onRetry = () => {};
  }

  createRenderRoot() {
    this.replaceChildren();
    return this;
  }

  render() {
    if (this.problem) return this._broken();
    if (!this.archive) return html`<p class="recordings-wait" aria-busy="true"><span class="skeleton">${_("Loading the recordings")}</span></p>`;
    const { recordings } = this.archive;
    return html`
      ${room(this.archive)}
      ${recordings.length
        ? html`<ul class="recordings">${repeat(recordings, ({ id }) => id, (one) => this._row(one))}</ul>`
        : html`<p class="desk-empty">${_("Nothing is recorded yet. Each show you send is kept here by itself.")}</p>`}`;
  }

  _broken() {
    return html`
      <p class="desk-empty" role="alert">${this.problem}</p>
      <p class="recordings-again"><button type="button" class="button" @click=${() => this.onRetry()}>${icon("refresh-cw")}${_("Try again")}</button></p>`;
  }

  /** @param {Recording} recording */
  _row(recording) {
    const isOpen = this._edited === recording.id;
    return html`
      <li class="recording" data-recording=${recording.id}>
        <div class="recording-words">
          <p class="recording-title" id=${`title-of-${recording.id}`}><a href=${`/rooms/${this.room}/shows/${recording.id}`} target="_blank" rel="noopener"><bdi>${titleOf(recording)}</bdi></a></p>
          <p class="small soft recording-facts"><bdi>${formatMoment(recording.started_at)}</bdi> · <span dir="ltr">${formatDuration(recording.seconds)}</span> · <bdi>${formatBytes(recording.bytes)}</bdi></p>
          <p class="recording-badges">${badges(recording)}</p>
        </div>
        ${this.mayManage ? this._actions(recording, isOpen) : nothing}
        ${isOpen && this.archive ? recordingForm(recording, {
          keepDays: this.archive.keep_days, fault: this._fault, isBusy: this._isBusy,
          onSave: (changes) => this._save(recording, changes), onCancel: () => this._edit(""),
        }) : nothing}
      </li>`;
  }

  /** What runs can be given captions already, and nothing else. @param {Recording} recording @param {boolean} isOpen */
  _actions(recording, isOpen) {
    const { id, is_running } = recording;
    const captionsUrl = `/studio/${this.room}/shows/${id}/captions`;
    return html`
      <div class="recording-actions">
        ${is_running ? nothing : this._changes(recording, isOpen)}
        <a class="button" id=${`captions-of-${id}`} href=${captionsUrl} aria-labelledby=${`captions-of-${id} title-of-${id}`}>${icon("captions")}<span>${_("Captions")}</span></a>
      </div>`;
  }

  /** @param {Recording} recording @param {boolean} isOpen */
  _changes(recording, isOpen) {
    const title = titleOf(recording);
    return html`
      <button type="button" class="button" aria-expanded=${isOpen} aria-label=${_("Edit {title}", { title })}
        @click=${() => this._edit(isOpen ? "" : recording.id)}>${icon("pencil")}<span>${_("Edit")}</span></button>
      <a class="button" href=${`/recordings/${recording.id}/download`} download aria-label=${_("Download {title}", { title })}>${icon("download")}<span>${_("Download")}</span></a>
      <button type="button" class="button button-danger" aria-label=${_("Delete {title}", { title })}
        @click=${() => this.onDelete(recording)}>${icon("trash-2")}<span>${_("Delete")}</span></button>`;
  }

  /** @param {string} id */
  _edit(id) {
    this._edited = id;
    this._fault = "";
  }

  /** @param {Recording} recording @param {Changes} changes */
  async _save(recording, changes) {
    this._isBusy = true;
    this._fault = "";
    try {
      await this.onChange(recording, changes);
      this._edited = "";
    } catch (error) {
      this._fault = error instanceof Error ? error.message : String(error);
    } finally {
      this._isBusy = false;
    }
  }
}

/** @param {Archive} archive */
function room({ used, used_by_calls, quota, keep_days }) {
  const share = quota > 0 ? Math.min(1, used / quota) : 0;
  return html`
    <div class="recordings-room">
      <p class="small"><b>${_("{used} of {quota} used", { used: formatBytes(used), quota: formatBytes(quota) })}</b></p>
      <meter min="0" max="1" high=${NEARLY_FULL} .value=${share} aria-label=${_("Room for recordings")}></meter>
      <p class="small soft">${plural("Recordings are deleted after {n} day, unless you keep them.", "Recordings are deleted after {n} days, unless you keep them.", Math.round(keep_days))}
        ${used_by_calls > 0 ? _("{size} of it are recordings of private calls; only those who were in a call can delete them, on its page.", { size: formatBytes(used_by_calls) }) : nothing}
        ${share > NEARLY_FULL ? html`<b class="recordings-full">${_("It is nearly full: when it is, new shows are not recorded. Delete what you do not need.")}</b>` : nothing}</p>
    </div>`;
}

/** @param {Recording} recording */
export function titleOf({ title, started_at }) {
  return title || _("Show of {date}", { date: formatDate(started_at) });
}

/** @param {Recording} recording */
function badges({ access, guests, keep, is_running, stop_reason }) {
  const who = {
    public: () => html`<span class="badge">${icon("globe")}${_("Everybody")}</span>`,
    signed_in: () => html`<span class="badge">${icon("lock")}${_("Signed-in visitors")}</span>`,
    invited: () => html`<span class="badge">${icon("lock")}${plural("{n} invited", "{n} invited", guests.length)}</span>`,
  };
  return html`
    ${is_running ? html`<span class="badge badge-live">${_("Being recorded")}</span>` : nothing}
    ${who[access]()}
    ${keep ? html`<span class="badge badge-ok">${icon("pin")}${_("Kept")}</span>` : nothing}
    ${cut(stop_reason)}`;
}

/** A recording that stopped before its show did. @param {string} reason */
function cut(reason) {
  const words = {
    disk_full: () => _("Cut short: the disk was full"),
    quota: () => _("Cut short: your room was used up"),
    failed: () => _("Cut short: writing failed"),
    limit: () => _("Cut at the longest length"),
  };
  const word = words[/** @type {"limit"} */ (reason)];
  return word ? html`<span class="badge badge-wait">${icon("triangle-alert")}${word()}</span>` : nothing;
}

customElements.define("fair-recordings", FairRecordings);

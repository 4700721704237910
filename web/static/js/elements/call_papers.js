/** What was handed over in a call, and the notes that were left, as lists. */

import { html, nothing, repeat } from "../../vendor/lit.js";
import { _, formatDuration, plural } from "../i18n.js";
import { icon } from "../lib/icons.js";

/** @typedef {import("../transport/booth_protocol.js").Gathering} Gathering */
/** @typedef {import("../transport/booth_protocol.js").CallFile} CallFile */
/** @typedef {import("./gathering.js").FairGathering} FairGathering */
/**
 * @typedef {{id: string, name: string, began_at: number, seconds: number, is_running: boolean, download: string,
 *   is_gone?: boolean}} CallRecording what one person sent; `is_gone` once it was deleted here
 */

const ACCEPT = ".jpg,.jpeg,.png,.webp,.pdf,.docx,.xlsx,.pptx,.odt,.ods,.odp,.doc,.xls,.ppt,.zip,.csv,.txt,.dxf,.step,.stp";

/** @param {FairGathering} host @param {Gathering} it */
export function files(host, it) {
  const count = it.files.length;
  return html`
    <details class="gathering-part" ?open=${count > 0}>
      <summary>${icon("file-text")}<span>${_("Files")}</span><span class="small soft">${count ? plural("{n} file", "{n} files", count) : ""}</span></summary>
      ${count ? html`<ul class="gathering-files">${it.files.map((file) => line(host, file))}</ul>` : html`<p class="small soft">${_("Nothing was handed over yet. Pictures, PDF, office files, CSV and ZIP up to 20 MB.")}</p>`}
      ${host.isOpen ? sending(host) : nothing}
    </details>`;
}

/** @param {FairGathering} host @param {CallFile} file */
function line(host, file) {
  return html`
    <li>
      <a href=${file.url} download>${file.is_picture ? html`<img src=${file.url} alt="" width="48" height="36" loading="lazy">` : icon("file-text")}<span><bdi>${file.name}</bdi><br><span class="small soft"><bdi>${file.sent_by}</bdi> · ${sizeWords(file.size)}</span></span></a>
      ${file.is_picture && host.isOpen ? html`<button type="button" class="button" @click=${() => host.actions?.freezeFile(file.id)}>${icon("hand")}${_("Point at it")}</button>` : nothing}
    </li>`;
}

/** @param {FairGathering} host */
function sending(host) {
  return html`
    <div class="gathering-buttons">
      <label class="button ${host.isBusy ? "is-busy" : ""}">${icon("upload")}${host.isBusy ? _("Sending") : _("Hand over a file")}
        <input type="file" class="visually-hidden" id="call-file" accept=${ACCEPT} ?disabled=${host.isBusy} @change=${(/** @type {Event} */ event) => send(host, event)}></label>
      <button type="button" class="button" id="freeze" @click=${() => host.actions?.freezePicture()}>${icon("image")}${_("Freeze the picture")}</button>
    </div>`;
}

/** @param {FairGathering} host @param {Event} event */
async function send(host, event) {
  const input = /** @type {HTMLInputElement} */ (event.target);
  const file = input.files?.[0];
  if (!file) return;
  host.isBusy = true;
  await host.attempt(async () => host.actions?.send(file));
  host.isBusy = false;
  input.value = "";
}

/** @param {Gathering} it */
export function notes(it) {
  if (!it.notes.length) return nothing;
  return html`
    <details class="gathering-part" open>
      <summary>${icon("message-square")}<span>${_("Notes left here")}</span></summary>
      <ul class="gathering-notes">${it.notes.map(({ name, text }) => html`<li><b><bdi>${name}</bdi></b><p><bdi>${text}</bdi></p></li>`)}</ul>
    </details>`;
}

/** @param {FairGathering} host */
export function recordings(host) {
  if (!host.recordings.length) return nothing;
  return html`
    <details class="gathering-part" open>
      <summary>${icon("film")}<span>${_("Recordings")}</span></summary>
      <ul class="gathering-files">${repeat(host.recordings, ({ id }) => id, (one) => recordingLine(host, one))}</ul>
    </details>`;
}

/** What is being written cannot be deleted yet.  @param {FairGathering} host @param {CallRecording} recording */
function recordingLine(host, recording) {
  const { name, seconds, download, is_running, is_gone } = recording;
  const length = formatDuration(seconds);
  const words = html`<span><bdi>${name}</bdi> <span class="small soft">${length}</span></span>`;
  return html`
    <li>
      ${is_gone ? words : html`<a href=${download} download>${icon("download")}${words}</a>`}
      <span class="small soft" role="status">${is_gone ? _("The recording is deleted.") : nothing}</span>
      ${is_gone || is_running ? nothing : html`
        <button type="button" class="button button-danger" aria-label=${_("Delete {title}", { title: `${name} (${length})` })}
          @click=${() => host.actions?.deleteRecording(recording)}>${icon("trash-2")}${_("Delete")}</button>`}
    </li>`;
}

/** @param {number} bytes */
function sizeWords(bytes) {
  if (bytes >= 1 << 20) return _("{n} MB", { n: (bytes / (1 << 20)).toFixed(1) });
  return _("{n} kB", { n: Math.max(1, Math.round(bytes / 1024)) });
}

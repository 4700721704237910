/** What was handed over in a call, and the notes that were left, as lists. */

import { html, nothing } from "../../vendor/lit.js";
import { _, formatDuration, plural } from "../i18n.js";
import { icon } from "../lib/icons.js";

/** @typedef {import("../transport/booth_protocol.js").Gathering} Gathering */
/** @typedef {import("../transport/booth_protocol.js").CallFile} CallFile */
/** @typedef {import("./gathering.js").FairGathering} FairGathering */

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
      <summary>${icon("message-square")}<span>${_("Notes")}</span></summary>
      <ul class="gathering-notes">${it.notes.map(({ name, text }) => html`<li><b><bdi>${name}</bdi></b><p><bdi>${text}</bdi></p></li>`)}</ul>
    </details>`;
}

/** @param {{id: string, name: string, seconds: number, download: string}[]} recorded each what one person sent */
export function recordings(recorded) {
  if (!recorded.length) return nothing;
  return html`
    <details class="gathering-part" open>
      <summary>${icon("film")}<span>${_("Recordings")}</span></summary>
      <ul class="gathering-files">${recorded.map(({ name, seconds, download }) => html`
        <li><a href=${download} download>${icon("download")}<span><bdi>${name}</bdi> <span class="small soft">${formatDuration(seconds)}</span></span></a></li>`)}</ul>
    </details>`;
}

/** @param {number} bytes */
function sizeWords(bytes) {
  if (bytes >= 1 << 20) return _("{n} MB", { n: (bytes / (1 << 20)).toFixed(1) });
  return _("{n} kB", { n: Math.max(1, Math.round(bytes / 1024)) });
}

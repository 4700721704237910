/** The captions of a show: uploading a file, editing the text of a language, deleting it. */

import "../elements/cues.js";
import "../elements/notices.js";
import { _ } from "../i18n.js";
import { askJson } from "../lib/request.js";
import { pageData } from "../page_data.js";
import { element } from "./element.js";

const page = pageData();
const cues = /** @type {import("../elements/cues.js").FairCues | null} */ (document.getElementById("cues"));
const notices = /** @type {import("../elements/notices.js").FairNotices} */ (element("notices"));
const form = /** @type {HTMLFormElement} */ (element("upload"));
let seen = page.seen;

if (cues) {
  cues.title_ = page.title;
  cues.cues = page.cues;
  cues.onSave = save;
  cues.onDelete = remove;
}
form.addEventListener("submit", upload);
// until now a press would have sent the form without its file
/** @type {HTMLButtonElement} */ (form.querySelector("button")).disabled = false;
addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
  event.preventDefault();
  save();
});
addEventListener("beforeunload", (event) => cues?.isDirty && event.preventDefault());

async function save() {
  if (!cues || cues.isBusy || !cues.isDirty) return;
  const read = cues.read();
  if (!read) {
    notices.say(_("A time cannot be read, or ends before it begins. Write it as 1:04.5."), { kind: "danger" });
    return;
  }
  const saved = await tried(askJson("POST", `${page.captions_url}/${page.language}`, { title: cues.title_, cues: read, seen }));
  if (!saved) return;
  seen = saved.changed_at;
  cues.isDirty = false;
  cues.words = _("Saved.");
}

async function remove() {
  if (!cues || !confirm(_("Delete all captions in this language?"))) return;
  if (!(await tried(askJson("DELETE", `${page.captions_url}/${page.language}`)))) return;
  cues.isDirty = false;
  location.assign(location.pathname);
}

/** @param {SubmitEvent} event */
async function upload(event) {
  event.preventDefault();
  const language = /** @type {HTMLInputElement} */ (element("upload-language")).value.trim();
  const file = /** @type {HTMLInputElement} */ (element("upload-file")).files?.[0];
  const problem = element("upload-problem");
  problem.hidden = true;
  try {
    const body = file ?? new Blob(["WEBVTT\n"]);
    const kept = await askJson("PUT", `${page.captions_url}/${encodeURIComponent(language)}`, body);
    if (cues) cues.isDirty = false;
    location.assign(`${location.pathname}?language=${kept.language}`);
  } catch (error) {
    problem.textContent = error instanceof Error ? error.message : String(error);
    problem.hidden = false;
  }
}

/** @param {Promise<any>} asked @returns {Promise<any>} the answer; null when it was refused, and the person told */
async function tried(asked) {
  if (cues) cues.isBusy = true;
  try {
    return await asked;
  } catch (error) {
    notices.say(error instanceof Error ? error.message : String(error), { kind: "danger", stays: true });
    return null;
  } finally {
    if (cues) cues.isBusy = false;
  }
}

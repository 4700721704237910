/** What the studio's bar says of recording: since when, or why not, and what to change. */

import { _, formatTime } from "../i18n.js";
import { element } from "./element.js";

/** @typedef {import("../transport/booth_protocol.js").Recording} Recording */

/** @type {() => Record<string, string>} */
const WHY_NOT = () => ({
  disk_full: _("Not recording: disk full"),
  quota: _("Not recording: your room for recordings is used up"),
  limit: _("Not recording: the longest length is reached"),
  failed: _("Not recording: writing failed"),
  switched_off: _("Not recorded at this fair"),
  rehearsal: _("A rehearsal is not recorded"),
});

/** Reasons that nobody need worry about. */
const CALM = new Set(["switched_off", "rehearsal"]);

/** @param {Recording | null} recording null while nothing is on the air */
export function showTape(recording) {
  const sign = element("tape");
  sign.hidden = recording === null;
  element("tape-advice").hidden = recording?.reason !== "no_hls";
  if (!recording) return;
  const isOn = recording.state === "recording";
  sign.dataset.tape = isOn ? "on" : CALM.has(recording.reason ?? "") ? "calm" : "off";
  element("tape-words").textContent = isOn ? since(recording.since) : (WHY_NOT()[recording.reason ?? ""] ?? _("Not recording"));
}

/** @param {number | null} moment */
function since(moment) {
  return moment === null ? _("Recording") : _("Recording since {time}", { time: formatTime(moment) });
}

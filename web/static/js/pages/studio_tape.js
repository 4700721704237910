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
});

/** @param {Recording} recording */
export function showTape({ state, since, reason, has_hls }) {
  const sign = element("tape");
  sign.hidden = state === "off";
  sign.dataset.tape = state === "recording" ? "on" : "off";
  const why = WHY_NOT()[reason] ?? _("Not recording");
  element("tape-words").textContent = state === "recording" ? _("Recording since {time}", { time: formatTime(since) }) : why;
  element("tape-cut").hidden = state !== "stopped";
  element("tape-advice").hidden = state !== "recording" || has_hls;
}

/** How a caller and their request are put into words, on the ringing dialog and in the list of requests. */

import { html, nothing } from "../../vendor/lit.js";
import { _, countryName, formatDate, formatDuration, languageName } from "../i18n.js";
import { icon } from "../lib/icons.js";

/** @typedef {import("../transport/protocol.js").Call} Call */

/** @param {Call} call */
export function callerFacts(call) {
  const { buyer } = call;
  return html`
    <ul class="caller-facts">
      ${buyer.country ? html`<li>${icon("map-pin", "icon-small")}${countryName(buyer.country)}</li>` : nothing}
      ${buyer.language ? html`<li>${icon("languages", "icon-small")}${languageName(buyer.language)}</li>` : nothing}
      ${askedAt(call)}
    </ul>`;
}

/** What the buyer saw when they asked.  @param {Call} call */
function askedAt({ show_second, is_replay, show_started_at }) {
  if (show_second === null) return nothing;
  const time = formatDuration(show_second);
  if (!is_replay) return html`<li>${icon("clock", "icon-small")}${_("At {time} of the show", { time })}</li>`;
  const date = formatDate(show_started_at ?? 0);
  return html`<li>${icon("clock", "icon-small")}${_("At {time} of the replay of {date}", { time, date })}</li>`;
}

/** @param {import("../transport/protocol.js").Still[] | undefined} stills */
export function callStills(stills) {
  if (!stills?.length) return nothing;
  return html`
    <ul class="call-stills" aria-label=${_("Stills")}>
      ${stills.map(({ url, picture, show_second }) => html`
        <li><a href=${url} target="_blank" rel="noopener"><img src=${picture} alt="" width="96" height="54" loading="lazy">
          <span class="small">${_("Still at {time}", { time: formatDuration(show_second) })}</span></a></li>`)}
    </ul>`;
}

/** @param {import("../transport/protocol.js").Product | null} product */
export function callerProduct(product) {
  if (!product) return nothing;
  return html`
    <div class="caller-product">
      <img src=${product.picture} alt="" width="56" height="56">
      <p><span class="small soft">${_("About")}</span><br><b><bdi>${product.title}</bdi></b></p>
    </div>`;
}

/** The request stays, but nobody looks at it right now.  @param {Call} call */
export function callerAway({ buyer_away }) {
  if (!buyer_away) return nothing;
  return html`<p class="caller-away small">${icon("eye-off", "icon-small")}${_("The buyer has no page of the fair open right now. The request stays; accept and they are told when they are back.")}</p>`;
}

/** The offers of a meeting: what its two write down and sign while they talk, beside the picture. */

import "../elements/offers.js";
import { pageData } from "../page_data.js";
import { Refusal } from "../lib/refusal.js";
import { backOff } from "../transport/back_off.js";
import { fetchThread } from "../transport/offers.js";
import { element } from "./element.js";
import { tellOfTable } from "./meeting_news.js";
import { keepOffers } from "./offer_news.js";

const page = pageData();
const offers = /** @type {import("../elements/offers.js").FairOffers} */ (element("offers"));
/** Refusals of somebody who helps in this call, and is of neither side. */
const NOT_THEIRS = new Set(["denied", "sign_in", "no_thread", "no_room"]);

const panel = /** @type {HTMLDetailsElement} */ (element("offer-panel"));

begin();

async function begin() {
  offers.call = page.call;
  offers.product = page.product;
  panel.addEventListener("toggle", () => document.body.classList.toggle("offer-open", panel.open));
  panel.hidden = page.is_third === true || !(await load());
  if (panel.hidden || !offers.thread) return;
  if (offers.thread.offers.length) panel.open = true;
  let known = offers.thread.offers.length;
  offers.onNews = () => {
    if ((offers.thread?.offers.length ?? 0) > known) panel.open = true;
    known = offers.thread?.offers.length ?? 0;
  };
  keepOffers(offers, tellOfTable);
}

/** Fetch the thread, however long the line or the fair takes.  @returns {Promise<boolean>} whether it is for this person */
async function load() {
  for (let attempt = 0; !offers.thread; attempt++) {
    try {
      offers.thread = await fetchThread(page.room, page.buyer);
    } catch (error) {
      if (error instanceof Refusal && NOT_THEIRS.has(error.code)) return false;
      await new Promise((resolve) => setTimeout(resolve, backOff(attempt)));
    }
  }
  return true;
}

/** The offers of a meeting: what its two write down and sign while they talk, beside the picture. */

import "../elements/offers.js";
import { pageData } from "../page_data.js";
import { fetchThread } from "../transport/offers.js";
import { element } from "./element.js";
import { keepOffers } from "./offer_news.js";

const page = pageData();
const offers = /** @type {import("../elements/offers.js").FairOffers} */ (element("offers"));
const panel = /** @type {HTMLDetailsElement} */ (element("offer-panel"));

begin();

async function begin() {
  offers.call = page.call;
  offers.product = page.product;
  panel.addEventListener("toggle", () => document.body.classList.toggle("offer-open", panel.open));
  try {
    offers.thread = await fetchThread(page.room, page.buyer);
  } catch {
    panel.hidden = true; // somebody who helps in this call, and is of neither side
    return;
  }
  if (offers.thread.offers.length) panel.open = true;
  let known = offers.thread.offers.length;
  offers.onNews = () => {
    if ((offers.thread?.offers.length ?? 0) > known) panel.open = true;
    known = offers.thread?.offers.length ?? 0;
  };
  keepOffers(offers);
}

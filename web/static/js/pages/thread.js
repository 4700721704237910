/** The page of a thread: its offers, kept true, and its time line as the server draws it. */

import { freshen } from "../elements/fresh.js";
import "../elements/offers.js";
import { keepTimes } from "../elements/when.js";
import { _ } from "../i18n.js";
import { pageData } from "../page_data.js";
import { eraseName } from "../transport/offers.js";
import { element } from "./element.js";
import { keepOffers } from "./offer_news.js";
import { keepReminding } from "./reminders.js";

const page = pageData();
const offers = /** @type {import("../elements/offers.js").FairOffers} */ (element("offers"));

offers.thread = page.thread;
offers.onNews = () => freshen(["time-line"]).catch(() => undefined); // offline: the next news brings it
keepOffers(offers);
keepTimes();
keepReminding(page.me);
document.getElementById("erase")?.addEventListener("click", erase);

async function erase() {
  try {
    await eraseName(page.thread.room, page.thread.buyer);
    element("erase-words").textContent = _("Your name was erased here.");
    await offers.refresh();
  } catch (error) {
    element("erase-words").textContent = error instanceof Error ? error.message : String(error);
  }
}

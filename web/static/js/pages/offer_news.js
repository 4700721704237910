/** News of offers, on any page: whoever is of a thread hears that something happened in it, and fetches it. */

import { _ } from "../i18n.js";
import { pageData } from "../page_data.js";
import { openConversation } from "../transport/conversation.js";
import { isolated, notices } from "./news.js";

/**
 * @typedef {{room: string, buyer: string, company: string, buyer_name: string, offer: string, version: number,
 *   action: "sent" | "countered" | "withdrawn" | "signed" | "expired", by: "buyer" | "seller" | null}} OfferNews
 */

/**
 * Keep an element true from now on: also after the connection was lost, when something may have been missed.
 * @param {import("../elements/offers.js").FairOffers} offers
 * @param {(words: string) => void} [onTheirs] hears in words what the other side has done
 */
export function keepOffers(offers, onTheirs = () => {}) {
  const conversation = openConversation("/hall", { purpose: "hall" });
  let isFirst = true;
  conversation.on("snapshot", () => {
    if (!isFirst) offers.refresh();
    isFirst = false;
  });
  conversation.on("offer", (/** @type {{offer: OfferNews}} */ { offer: news }) => {
    if (news.room !== offers.thread?.room || news.buyer !== offers.thread.buyer) return;
    offers.refresh();
    if (news.by !== null && news.by !== offers.thread.side) onTheirs(wordsOf(news.action, nameOf(news)));
  });
}

/**
 * Show a notice of what the other side does, on a page that does not show the offers themselves.
 * @param {import("../transport/conversation.js").Conversation} conversation with the hall
 */
export function hearOffers(conversation) {
  conversation.on("offer", (/** @type {{offer: OfferNews}} */ { offer: news }) => {
    const own = pageData().me.role === "buyer" ? "buyer" : "seller";
    const shown = /** @type {import("../elements/offers.js").FairOffers | null} */ (document.querySelector("fair-offers"));
    const isHere = shown?.thread?.room === news.room && shown.thread.buyer === news.buyer;
    if (news.by === null || news.by === own || isHere) return;
    const words = wordsOf(news.action, nameOf(news));
    if (words) notices().say(words, { stays: true, link: { href: `/threads/${news.room}/${news.buyer}`, text: _("Go to the offer") } });
  });
}

/** For pages of staff, who walk in no hall. */
export function keepOfferNotices() {
  hearOffers(openConversation("/hall", { purpose: "hall" }));
}

/** @param {OfferNews} news @returns {string} who has done it */
const nameOf = (news) => isolated(news.by === "seller" ? news.company : news.buyer_name);

/** @param {OfferNews["action"]} action @param {string} name */
function wordsOf(action, name) {
  const words = {
    sent: _("{name} has sent you an offer.", { name }), countered: _("{name} has sent a counter-offer.", { name }),
    withdrawn: _("{name} has withdrawn an offer.", { name }), signed: _("{name} has signed an offer.", { name }), expired: "",
  };
  return words[action];
}

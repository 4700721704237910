/** News of offers, on any page: whoever is of a thread hears that something happened in it, and fetches it. */

import { openConversation } from "../transport/conversation.js";

/** @typedef {{room: string, buyer: string, offer: string, version: number, state: string}} OfferNews */

/**
 * Keep an element true from now on: also after the connection was lost, when something may have been missed.
 * @param {import("../elements/offers.js").FairOffers} offers
 */
export function keepOffers(offers) {
  const conversation = openConversation("/hall", { purpose: "hall" });
  let isFirst = true;
  conversation.on("snapshot", () => {
    if (!isFirst) offers.refresh();
    isFirst = false;
  });
  conversation.on("offer", (/** @type {OfferNews} */ news) => {
    if (news.room === offers.thread?.room && news.buyer === offers.thread.buyer) offers.refresh();
  });
}

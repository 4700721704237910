/** Threads and offers by HTTP: what the server sends of them, and what may be asked. */

import { getJson, postJson } from "../lib/request.js";

/**
 * Times are milliseconds since 1970, amounts decimals as texts.
 *
 * @typedef {"buyer" | "seller"} Side
 * @typedef {"open" | "withdrawn" | "expired" | "agreed"} OfferState
 * @typedef {{start: string, price: string}} WishedBreak
 * @typedef {{product: string, title: string, quantity: string, unit: string, price: string, breaks: WishedBreak[]}} WishedLine
 * @typedef {{lines: WishedLine[], currency: string, incoterm: string, place: string, lead_days: string, payment: string,
 *   valid_until_ms: number | null, notes: string}} Wish what is typed
 * @typedef {{product: string | null, title: string, quantity: string, unit: string, price: string,
 *   breaks: Array<{from: string, price: string}>, amount: string}} Line
 * @typedef {{name: string, company: string, country: string}} Buyer
 * @typedef {{company: string, country: string, city: string}} Seller
 * @typedef {{lines: Line[], currency: string, incoterm: string | null, place: string, lead_days: number | null,
 *   payment: string, valid_until_ms: number | null, notes: string, total: string, written_by: {side: Side, name: string},
 *   buyer: Buyer, seller: Seller}} Terms
 * @typedef {{name: string, before: any, after: any}} FieldChange
 * @typedef {{before: number | null, after: number | null, fields: FieldChange[]}} LineChange
 * @typedef {{fields: FieldChange[], lines: LineChange[]}} Differences
 * @typedef {{side: Side, name: string, company: string, signed_at_ms: number}} Signature
 * @typedef {{number: number, side: Side, written_at_ms: number, document: Terms, sha256: string,
 *   withdrawn_at_ms: number | null, is_erased: boolean, signatures: Signature[], differences: Differences | null}} Version
 * @typedef {{id: string, state: OfferState, call: string | null, show: string | null, opened_at_ms: number,
 *   may: Array<"counter" | "withdraw" | "sign">, consent: string, versions: Version[]}} Offer
 * @typedef {{offer: string | null, revision: number, wish: Wish, saved_at_ms: number, saved_by: string}} Draft
 * @typedef {{room: string, buyer: string, side: Side, company: string, buyer_name: string, buyer_company: string,
 *   has_left: boolean, offers: Offer[], drafts: Draft[], products: import("./protocol.js").Product[], currencies: string[], places: Record<string, number>,
 *   incoterms: string[], now_ms: number}} Thread
 */

/** @param {string} room @param {string} buyer @returns {Promise<Thread>} */
export const fetchThread = (room, buyer) => getJson(threadUrl(room, buyer));

/** @param {Thread} thread @param {{offer: string | null, revision: number, wish: Wish}} draft @returns {Promise<Draft>} */
export async function saveDraft(thread, draft) {
  return (await postJson(`${threadUrl(thread.room, thread.buyer)}/draft`, draft)).draft;
}

/** @param {Thread} thread @param {{key: string, wish: Wish, call: string, draft: number}} asked @returns {Promise<{offer: string}>} */
export const sendOffer = (thread, asked) => postJson(`${threadUrl(thread.room, thread.buyer)}/offers`, asked);

/** @param {string} offer @param {{key: string, wish: Wish, version: number, draft: number}} asked @returns {Promise<{offer: string}>} */
export const counterOffer = (offer, asked) => postJson(`/api/offers/${offer}/counter`, asked);

/** @param {string} offer @param {{key: string, version: number}} asked */
export const withdrawOffer = (offer, asked) => postJson(`/api/offers/${offer}/withdraw`, asked);

/** @param {string} offer @param {{key: string, version: number, sha256: string, consent: string, password: string}} asked */
export const signOffer = (offer, asked) => postJson(`/api/offers/${offer}/sign`, asked);

/** @param {string} room @param {string} buyer */
export const eraseName = (room, buyer) => postJson(`${threadUrl(room, buyer)}/erasure`);

/** @param {string} room @param {string} buyer */
function threadUrl(room, buyer) {
  return `/api/threads/${room}/${buyer}`;
}

/** What is typed into an offer sheet: empty, from a version, and what it adds up to. */

import { costs, decimalText, millionths, placesOf } from "./decimal.js";

/** @typedef {import("../transport/offers.js").Wish} Wish */
/** @typedef {import("../transport/offers.js").WishedLine} WishedLine */
/** @typedef {import("../transport/offers.js").Terms} Terms */
/** @typedef {import("../transport/protocol.js").Product} Product */

export const MOST_LINES = 100;
export const MOST_BREAKS = 8;

/** @returns {WishedLine} */
export const emptyLine = () => ({ product: "", title: "", quantity: "", unit: "", price: "", breaks: [] });

/** @param {string} currency @param {Product | null} product that the talk is about @returns {Wish} */
export function newWish(currency, product) {
  const line = product ? lineOf(product) : emptyLine();
  return {
    lines: [line], currency: product?.currency || currency, incoterm: "", place: "", lead_days: "", payment: "",
    valid_until_ms: null, notes: "",
  };
}

/** @param {Product} product @returns {WishedLine} */
export function lineOf({ id, title, minimum_order, unit, price_from }) {
  return { product: id, title, quantity: String(minimum_order ?? ""), unit, price: price_from ?? "", breaks: [] };
}

/** @param {Terms} terms of a version @returns {Wish} the same, to go on from */
export function wishOf(terms) {
  return {
    lines: terms.lines.map(({ product, title, quantity, unit, price, breaks }) => ({
      product: product ?? "", title, quantity, unit, price, breaks: breaks.map((step) => ({ start: step.from, price: step.price })),
    })),
    currency: terms.currency, incoterm: terms.incoterm ?? "", place: terms.place, lead_days: String(terms.lead_days ?? ""),
    payment: terms.payment, valid_until_ms: terms.valid_until_ms, notes: terms.notes,
  };
}

/** @param {Wish} wish whether nothing was typed into it */
export function isEmpty(wish) {
  return wish.lines.length === 0 && !wish.currency && !wish.notes && !wish.payment && !wish.place;
}

/** @param {WishedLine} line @param {string} currency @returns {bigint | null} the smallest parts it costs; null while unknown */
export function lineCosts(line, currency) {
  const quantity = millionths(line.quantity);
  if (quantity === null) return null;
  const reached = line.breaks.filter(({ start }) => (millionths(start) ?? quantity + 1n) <= quantity);
  const price = millionths(reached.at(-1)?.price ?? line.price);
  return price === null ? null : costs(quantity, price, placesOf(currency));
}

/** @param {Wish} wish @returns {string} the total of the lines that are complete, a decimal */
export function totalOf(wish) {
  const sum = wish.lines.reduce((total, line) => total + (lineCosts(line, wish.currency) ?? 0n), 0n);
  return decimalText(sum, placesOf(wish.currency));
}

/** @param {WishedLine} line @param {string} currency @returns {string | null} a decimal */
export function lineTotal(line, currency) {
  const parts = lineCosts(line, currency);
  return parts === null ? null : decimalText(parts, placesOf(currency));
}

/**
 * Return the line of the version one goes on from that a line belongs to: by product, else by title.
 * @param {WishedLine} line @param {Wish | null} base @param {number} place
 */
export function lineBefore(line, base, place) {
  if (!base) return null;
  return (
    base.lines.find((it) => it.product && it.product === line.product) ??
    base.lines.find((it) => it.title === line.title) ??
    base.lines[place] ?? null
  );
}

/**
 * Put a block of cells, as spreadsheets copy them, into lines from a cell on.
 * @param {Wish} wish @param {string} text @param {number} place @param {number} column @returns {Wish}
 */
export function pasted(wish, text, place, column) {
  const lines = wish.lines.map((line) => ({ ...line }));
  const rows = text.replace(/\r/g, "").replace(/\n$/, "").split("\n").slice(0, MOST_LINES - place);
  rows.forEach((row, down) => {
    const line = (lines[place + down] ??= emptyLine());
    row.split("\t").forEach((cell, right) => {
      const name = COLUMNS[column + right];
      if (name) line[name] = cell.trim();
      if (name === "title") line.product = "";
    });
  });
  return { ...wish, lines };
}

/** @type {Array<"title" | "quantity" | "unit" | "price">} the columns one types in, in their order */
export const COLUMNS = ["title", "quantity", "unit", "price"];

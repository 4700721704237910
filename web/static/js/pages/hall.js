/** The hall: keeps badges, counts and thumbnails of the cards true; whole cards always come from the server. */

import "../elements/remind.js";
import { freshen } from "../elements/fresh.js";
import { keepTimes } from "../elements/when.js";
import { _, formatNumber } from "../i18n.js";
import { pageData } from "../page_data.js";
import { openConversation } from "../transport/conversation.js";
import { hearCalls } from "./calls_here.js";
import { followProgramme } from "./programme_news.js";
import { hearReminders } from "./reminders.js";

/** @typedef {import("../transport/protocol.js").LiveRoom} LiveRoom */

const THUMBNAIL_MS = 10_000;
/** Cards are fetched again at most so often, and not by everybody at once. */
const REDRAW_MS = 4000;
const WITHOUT_SOCKET_MS = 20_000;

const page = pageData();
let redrawing = false;
let drawn = new Set(/** @type {string[]} */ (page.on_air));

begin();

function begin() {
  const talk = openConversation("/hall", { purpose: "hall" });
  talk.on("snapshot", ({ live }) => live && update(live));
  talk.on("live", ({ rooms }) => update(rooms));
  followProgramme(talk, page.now, redraw, REDRAW_MS);
  hearReminders(talk);
  if (page.me.role === "buyer") hearCalls(talk);
  keepTimes();
  setInterval(() => talk.state === "open" || document.hidden || askForRooms(), WITHOUT_SOCKET_MS);
  setInterval(refreshThumbnails, THUMBNAIL_MS);
  watchThumbnails();
  for (const select of document.querySelectorAll("#country")) {
    select.addEventListener("change", () => /** @type {HTMLSelectElement} */ (select).form?.requestSubmit());
  }
  document.getElementById("filters")?.addEventListener("submit", leaveOutEmpty);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && location.hash === "#hall-filters") location.hash = "main";
  });
}

/** Keep addresses short: what is not asked for is not in them. @param {SubmitEvent} event */
function leaveOutEmpty(event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  for (const field of form.elements) {
    if ((field instanceof HTMLInputElement || field instanceof HTMLSelectElement) && !field.value) field.disabled = true;
  }
}

async function askForRooms() {
  const response = await fetch("/api/hall").catch(() => null);
  if (response?.ok) update((await response.json()).rooms);
}

/** @param {LiveRoom[]} rooms */
function update(rooms) {
  for (const room of rooms) updateCard(room);
  const now = new Set(rooms.map(({ room }) => room));
  if (isSame(now, drawn)) return;
  drawn = now;
  // A page of filtered rooms may leave some of them out; the server knows which.
  setTimeout(redraw, Math.random() * REDRAW_MS);
}

/** @param {LiveRoom} room */
function updateCard({ room, state, viewers, product, staffed, is_film: isFilm }) {
  const card = document.querySelector(`.room-card-live[data-room="${CSS.escape(room)}"]`);
  if (!card) return;
  write(card, ".count", formatNumber(viewers));
  const isOn = state === "live";
  const badge = write(card, ".state", isOn ? (isFilm ? _("RECORDED") : _("LIVE")) : _("Back in a moment"));
  badge?.classList.toggle("badge-live", isOn && !isFilm);
  badge?.classList.toggle("stage-badge", isOn && isFilm);
  badge?.classList.toggle("badge-wait", state !== "live");
  write(card, ".product", product?.title ?? "");
  card.querySelector(".room-card-table")?.toggleAttribute("hidden", !product);
  card.querySelector(".staffed")?.toggleAttribute("hidden", !staffed);
}

/** @param {Element} card @param {string} selector @param {string} text @returns {Element | null} */
function write(card, selector, text) {
  const place = card.querySelector(selector);
  if (place && place.textContent !== text) place.textContent = text;
  return place;
}

/** Fetch this very page again and take its cards: a room has come on the air or left it. */
async function redraw() {
  if (redrawing) return;
  redrawing = true;
  try {
    await freshen(["rooms", "hall-sum"]);
    watchThumbnails();
  } catch {
    drawn = new Set(); // offline: the next message tries again
  } finally {
    redrawing = false;
  }
}

function refreshThumbnails() {
  if (document.hidden) return;
  for (const image of thumbnails()) {
    const room = image.closest(".room-card")?.getAttribute("data-room");
    const next = new Image();
    const src = `/thumbnails/${room}.jpg?at=${Math.floor(Date.now() / THUMBNAIL_MS)}`;
    next.addEventListener("load", () => (image.src = src));
    next.src = src;
  }
}

/** A thumbnail that cannot be had gives way to the company's portrait. */
function watchThumbnails() {
  for (const image of thumbnails()) {
    image.addEventListener("error", () => (image.src = portrait(image)), { once: true });
  }
}

/** @returns {NodeListOf<HTMLImageElement>} */
function thumbnails() {
  return document.querySelectorAll(".room-card img.thumbnail");
}

/** @param {HTMLImageElement} image */
function portrait(image) {
  return image.closest(".room-card")?.getAttribute("data-portrait") ?? "";
}

/** @param {Set<string>} one @param {Set<string>} other */
function isSame(one, other) {
  return one.size === other.size && [...one].every((room) => other.has(room));
}

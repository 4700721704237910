/** Brings the replay page to life: the deck, what was on the table and said at each second, links, and the way to a call. */

import "../elements/product_card.js";
import "../elements/remind.js";
import "../elements/seek.js";
import "../elements/tabs.js";
import "../elements/captions.js";
import { keepOlderShows } from "../elements/older_shows.js";
import { keepQuiet } from "../elements/quiet.js";
import { spriteAt } from "../elements/seek_preview.js";
import { gapWords } from "../elements/seek_words.js";
import { keepTimes } from "../elements/when.js";
import { _, formatMoment } from "../i18n.js";
import { measureBar } from "../lib/bar.js";
import { captionsOf } from "../lib/captions_of.js";
import { Deck } from "./deck.js";
import { element } from "./element.js";
import { keepReminding } from "./reminders.js";
import { ReplayAsk } from "./replay_ask.js";
import { ReplayChat } from "./replay_chat.js";
import { ReplayTable } from "./replay_table.js";

/** @typedef {import("./replay_playback.js").ReplayPlayback} ReplayPlayback */

const FOLLOW_MS = 250;
const SAID_MS = 5000;

/** @param {Record<string, any>} page @param {ReplayPlayback} playback */
export function bindReplay(page, playback) {
  measureBar();
  const jump = (/** @type {number} */ second) => playback.seek(second);
  const end = () => (Number.isFinite(playback.video.duration) ? playback.video.duration : page.seconds);
  const deck = new Deck({
    at: () => playback.second, end, isLive: () => false, isHeld: () => playback.isHeld, canSeek: () => true,
    seek: jump, hold: (isHeld) => playback.hold(isHeld), setRate: (rate) => keepRate(playback.video, rate),
  });
  furnish(deck, page);
  const table = new ReplayTable(page.chapters, jump);
  const chat = new ReplayChat(page, jump);
  if (page.has_left) keepReminding(page.me); // nobody is there to be asked
  else new ReplayAsk(page, () => ({ second: playback.second, product: table.product?.id ?? null, show: page.show.id })).begin();
  setInterval(() => {
    table.follow(playback.second);
    chat.follow(playback.second);
  }, FOLLOW_MS);
  bindCaptions(page, playback);
  bindStage(playback);
  bindShare(playback);
  element("began").textContent = formatMoment(page.show.started_at);
  keepQuiet(element("stage"));
  keepTimes();
  keepOlderShows(element("panel-shows"));
}

/** @param {Record<string, any>} page @param {ReplayPlayback} playback */
function bindCaptions(page, playback) {
  const captions = /** @type {import("../elements/captions.js").FairCaptions} */ (element("captions"));
  captions.second = () => playback.second;
  captions.past = (language) => captionsOf(page.show.id, language);
  captions.button = element("captions-button");
  captions.offer(page.captions);
}

/** @param {Deck} deck @param {Record<string, any>} page */
async function furnish(deck, page) {
  deck.seek.gaps = page.gaps;
  deck.seek.marks = page.chapters.map((/** @type {any} */ { second, title }) => ({ second, title }));
  deck.seek.end = page.seconds;
  deck.seek.drawMarks();
  deck.seek.sprite = await spriteAt(page.sprite_url);
}

/** A chosen speed holds over seeking and reloading of the source. @param {HTMLVideoElement} video @param {number} rate */
function keepRate(video, rate) {
  video.defaultPlaybackRate = rate;
  video.playbackRate = rate;
}

/** @param {ReplayPlayback} playback */
function bindStage(playback) {
  element("again").addEventListener("click", () => playback.seek(0));
  const note = element("gap-note");
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  playback.onGap = (gap) => {
    note.textContent = gapWords(gap);
    note.hidden = false;
    clearTimeout(timer);
    timer = setTimeout(() => (note.hidden = true), SAID_MS);
  };
}

/** @param {ReplayPlayback} playback */
function bindShare(playback) {
  const button = element("share");
  button.hidden = false;
  button.addEventListener("click", async () => {
    const address = new URL(location.pathname, location.href);
    address.searchParams.set("t", String(Math.floor(playback.second)));
    history.replaceState(history.state, "", address.pathname + address.search);
    const said = element("shared");
    try {
      await navigator.clipboard.writeText(address.href);
      said.textContent = _("Copied");
    } catch {
      said.textContent = _("The link is in the address bar now."); // no clipboard on this address
    }
    setTimeout(() => (said.textContent = ""), SAID_MS);
  });
}


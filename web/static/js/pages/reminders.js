/** Reminders of announced shows, news of offers and of appointments, on any page: a notice, and a notification while the page is out of sight. */

import { _, plural } from "../i18n.js";
import { notify } from "../lib/notify.js";
import { openConversation } from "../transport/conversation.js";
import { hearAppointments } from "./appointment_news.js";
import { hearCalls } from "./calls_here.js";
import { isolated, notices } from "./news.js";
import { hearOffers } from "./offer_news.js";

/** @typedef {import("../transport/protocol.js").Reminder} Reminder */
/** @typedef {import("../transport/conversation.js").Conversation} Conversation */

/**
 * Show the reminders that come over a page's own conversation with the hall.
 * @param {Conversation} conversation
 * @param {string} [room] the room this page is in: nobody there need be told that its show has begun
 */
export function hearReminders(conversation, room = "") {
  conversation.on("snapshot", ({ reminders }) => (reminders ?? []).forEach((/** @type {Reminder} */ it) => tell(it, room)));
  conversation.on("reminder", ({ reminder }) => tell(reminder, room));
  hearOffers(conversation); // they come to the same people, by the same way
  hearAppointments(conversation);
}

/** For pages that do not talk to the hall themselves. @param {{role: string}} me */
export function keepReminding(me) {
  if (me.role !== "buyer" && me.role !== "staff") return;
  const talk = openConversation("/hall", { purpose: "hall" });
  hearReminders(talk);
  if (me.role === "buyer") hearCalls(talk);
}

/** @param {Reminder} reminder @param {string} room */
function tell(reminder, room) {
  if (reminder.room === room && reminder.stage === "begun") return;
  const words = wordsOf(reminder);
  const href = `/rooms/${reminder.room}`;
  if (reminder.room === room) notices().say(words, { stays: true });
  else notices().say(words, { stays: true, link: { href, text: _("Go to the room") } });
  if (document.hidden) notify(words, href, `${reminder.id}-${reminder.stage}`);
}

/** @param {Reminder} reminder */
function wordsOf({ title: said, company: whose, stage, starts_at: startsAt, now }) {
  const [title, company] = [isolated(said), isolated(whose)];
  if (stage === "begun") return _("“{title}” by {company} has begun.", { title, company });
  const minutes = Math.max(1, Math.round((startsAt - now) / 60));
  return plural(
    "“{title}” by {company} begins in {n} minute.",
    "“{title}” by {company} begins in {n} minutes.",
    minutes,
    { title, company },
  );
}

/** News of one's appointments on any page: reminders, the call that waits at the hour, and who did not come. */

import { closeAppointment, showAppointment } from "../elements/appointment_dialog.js";
import { _, formatTime, plural } from "../i18n.js";
import { notify } from "../lib/notify.js";
import { pageData } from "../page_data.js";
import { isolated, notices } from "./news.js";

/** @typedef {import("../transport/protocol.js").Appointment} Appointment */

const LIST = "/appointments";
/** Said already in this tab: a reload need not say it again. */
const SLOT = "appointments-told";

/**
 * Show what a conversation says about the reader's own appointments.
 * @param {import("../transport/conversation.js").Conversation} conversation
 * @param {() => void} [onChange] called after each
 */
export function hearAppointments(conversation, onChange = () => {}) {
  const { me = {} } = pageData();
  conversation.on("snapshot", ({ appointments }) => {
    for (const appointment of appointments ?? []) hear(appointment, me);
  });
  conversation.on("appointment", ({ appointment }) => {
    hear(appointment, me);
    onChange();
  });
}

/** @param {Appointment} appointment @param {{id?: string}} me */
function hear(appointment, me) {
  const { id, state, stage, side, staff, meeting } = appointment;
  if (state !== "begun") closeAppointment(id);
  const isMine = side === "buyer" || staff === me.id;
  if (state === "begun" && isMine && meeting && !location.pathname.startsWith(meeting)) return begin(appointment, meeting);
  const words = isMine ? wordsOf(appointment) : "";
  if (!words || isTold(`${id} ${state} ${stage} ${appointment.starts_at}`)) return;
  const link = location.pathname === LIST ? undefined : { href: `${LIST}#a-${id}`, text: _("See your appointments") };
  notices().say(words, { stays: true, ...(link && { link }) });
  if (document.hidden) notify(words, LIST, `${id}-${state}-${stage}`);
}

/** @param {Appointment} appointment @param {string} meeting */
function begin({ id, other, other_company: company }, meeting) {
  if (isTold(`${id} begun`)) return;
  const title = _("Your appointment with {name} begins", { name: isolated(other) });
  showAppointment({ id, title, words: _("{company} is expected in the call now.", { company: isolated(company) }), href: meeting });
  if (document.hidden) notify(title, meeting, `${id}-begun`);
}

/** @param {Appointment} appointment @returns {string} what there is to say; nothing of what one did oneself */
function wordsOf(appointment) {
  const { state, stage, side, other, starts_at: start, now, proposed_by: by, absent } = appointment;
  const values = { name: isolated(other), time: formatTime(start) };
  if (stage !== "changed") {
    const minutes = Math.max(1, Math.round((start - now) / 60));
    return plural("Your appointment with {name} begins in {n} minute.", "Your appointment with {name} begins in {n} minutes.", minutes, values);
  }
  if (state === "missed") return absent.includes(side) ? _("You missed your appointment with {name}.", values) : _("{name} did not come.", values);
  if ((state === "asked" || state === "countered") && by !== side) return _("{name} suggests an appointment at {time}.", values);
  if (state === "accepted" && by === side) return _("{name} has accepted your appointment at {time}.", values);
  if (state === "declined" && by === side) return _("{name} has declined your appointment at {time}.", values);
  if (state === "cancelled") return _("Your appointment with {name} at {time} was cancelled.", values);
  return state === "expired" ? _("Nobody answered in time about the appointment with {name}.", values) : "";
}

/** @param {string} key @returns {boolean} whether this tab has said it before; from now on it has */
function isTold(key) {
  /** @type {string[]} */
  const told = JSON.parse(sessionStorage.getItem(SLOT) ?? "[]");
  if (told.includes(key)) return true;
  sessionStorage.setItem(SLOT, JSON.stringify([...told, key].slice(-50)));
  return false;
}

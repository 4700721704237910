"""Mails about appointments: one sentence for each thing that can happen, and the entry for the calendar."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from rooms.negotiation.appointments.states import OPEN, WAITING, AppointmentState
from web.calendar import Entry, Method, Person, calendar
from web.i18n import gettext, mark
from web.mail.letter import Invitation, Words
from web.times import time_in, when_in, zone_name

SUBJECTS = {
    "asked": mark("%(other)s asks for an appointment"),
    "propose": mark("A time for an appointment with %(other)s"),
    "accept": mark("Your appointment with %(other)s is agreed"),
    "decline": mark("Your appointment with %(other)s was declined"),
    "counter": mark("Another time for your appointment with %(other)s"),
    "cancel": mark("Your appointment with %(other)s is cancelled"),
    "leave": mark("Your appointment with %(other)s is cancelled"),
    "expire": mark("No answer in time: your appointment with %(other)s"),
    "reassign": mark("Somebody else takes your appointment with %(other)s"),
    "unassigned": mark("A colleague takes your appointment with %(other)s"),
    "miss": mark("Your appointment with %(other)s did not take place"),
    "remind": mark("Reminder: your appointment with %(other)s"),
}
SENTENCES = {
    "asked": mark("%(other)s of %(other_company)s would like to talk to you. The time is held for you."),
    "accept": mark("You will meet %(other)s of %(other_company)s. Open the fair then and join the call."),
    "decline": mark("This time does not suit. You can ask for another one at any time."),
    "counter": mark("%(other)s of %(other_company)s suggests the time below. Accept it, or suggest another."),
    "own-counter": mark("You suggested the time below to %(other)s. It is held until they answer."),
    "cancel": mark("The appointment was taken back, and its time is free again."),
    "leave": mark("%(company)s has left the fair, so the appointment is cancelled. Its time is free again."),
    "expire": mark("Nobody answered in time, so the time was given back. You can ask for another one."),
    "reassign": mark("The appointment is now with %(other)s of %(other_company)s. The time stays."),
    "unassigned": mark("A colleague has taken this appointment over. You need do nothing."),
    "miss": mark("%(other)s did not come. You can ask for another time."),
    "own-miss": mark("%(other)s waited for you. You can ask for another time."),
    "both-miss": mark("You did not meet. You can ask for another time."),
    "remind": mark("You will soon meet %(other)s of %(other_company)s. Open the fair then and join."),
}  # fmt: skip


def appointment_words(facts: Mapping[str, Any], address: str) -> Words:
    """Return the mail about an appointment for one of its two."""
    what, starts_at = facts["what"], facts["starts_at"]
    names = {name: facts[name] for name in ("other", "other_company", "company")}
    rows = [(gettext("When"), when_in(starts_at, facts["zone"]))]
    if facts["other_zone"] != facts["zone"]:
        theirs = f"{time_in(starts_at, facts['other_zone'])} ({zone_name(facts['other_zone'], starts_at)})"
        rows.append((gettext("Their time"), theirs))
    minutes = gettext("%(minutes)s minutes") % {"minutes": facts["minutes"]}
    rows += [(gettext("Length"), minutes), (gettext("Company"), facts["company"])]
    if facts["note"]:
        rows.append((gettext("Note"), facts["note"]))
    return Words(
        gettext(SUBJECTS[what]) % names, (gettext(SENTENCES[_sentence(facts)]) % names,), tuple(rows),
        (gettext("See your appointments"), f"{address}/appointments#a-{facts['id']}"),
        _invitation(facts, address),
    )


def _sentence(facts: Mapping[str, Any]) -> str:
    what = facts["what"]
    if what in ("counter", "propose"):
        return "own-counter" if facts["is_own"] else "counter"
    if what == "miss" and facts["is_absent"]:
        return "both-miss" if facts["other_is_absent"] else "own-miss"
    return str(what)


def _invitation(facts: Mapping[str, Any], address: str) -> Invitation | None:
    """Return what the calendar must know; a call that is over leaves it as it is."""
    state = AppointmentState(facts["state"])
    if state in (AppointmentState.HELD, AppointmentState.MISSED, AppointmentState.BEGUN):
        return None
    method = Method.REQUEST if state in OPEN else Method.CANCEL
    own, other = Person(_own_name(facts), facts["own_email"]), Person(facts["other"], facts["other_email"])
    staff, buyer = (own, other) if facts["side"] == "staff" else (other, own)
    people = tuple(person for person in (buyer, staff) if person.email)
    entry = Entry(
        facts["id"], gettext("Appointment with %(other)s") % {"other": facts["other"]}, facts["note"],
        facts["company"], f"{address}/appointments", facts["starts_at"],
        facts["starts_at"] + 60 * facts["minutes"], facts["changed_at"], facts["revision"],
        is_cancelled=state not in OPEN, is_tentative=state in WAITING,
        organizer=staff if staff.email else own, attendees=people,
    )
    return Invitation(calendar(entry, urlsplit(address).hostname or "showroom", method), method.value)


def _own_name(facts: Mapping[str, Any]) -> str:
    return str(facts["staff"] if facts["side"] == "staff" else facts["buyer"])

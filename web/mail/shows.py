"""The mail that reminds of an announced show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from web.i18n import gettext
from web.mail.letter import Words
from web.times import when_in


def show_words(facts: Mapping[str, Any], address: str) -> Words:
    """Return the mail to one who reserved; it holds whether it is read before the show or while it runs."""
    sentence = gettext("You asked to be reminded of this show of %(company)s. Open its room then to watch.")
    minutes = gettext("%(minutes)s minutes") % {"minutes": facts["minutes"]}
    rows = (
        (gettext("When"), when_in(facts["starts_at"], facts["zone"])), (gettext("Length"), minutes),
        (gettext("Company"), facts["company"]),
    )
    return Words(
        gettext("Reminder: %(title)s") % {"title": facts["title"]},
        (sentence % {"company": facts["company"]},), rows,
        (gettext("Go to the room"), f"{address}/rooms/{facts['room']}"),
    )

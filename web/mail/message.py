"""A letter as a mail: text and HTML in the reader's language, with the entry for their calendar."""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, parseaddr
from urllib.parse import urlsplit

from rooms.fair.outbox import Due
from web.i18n import LANGUAGES, Catalogues, current_language, direction, gettext
from web.mail.appointments import appointment_words
from web.mail.letter import Compose, Words
from web.mail.shows import show_words
from web.templating import Pages

COMPOSERS: dict[str, Compose] = {"appointment": appointment_words, "show": show_words}
"""Who finds the words, by the template a letter names; whatever else the fair writes is added here."""


class Secretary:
    """Writes mails; `address` is that of the fair, `sender` whom they come from."""

    def __init__(self, catalogues: Catalogues, pages: Pages, address: str, sender: str) -> None:
        self._catalogues = catalogues
        self._pages = pages
        self._address = address
        self._sender = sender

    def write(self, due: Due) -> EmailMessage:
        """Return the mail; written again it has the same Message-ID, so that readers see it once."""
        letter = due.letter
        base = letter.language.partition("-")[0]
        self._catalogues.speak(base if base in LANGUAGES else self._catalogues.default)
        words = COMPOSERS[letter.template](letter.facts, self._address)
        mail = EmailMessage(policy=SMTP)
        mail["From"] = _address(*parseaddr(self._sender))
        mail["To"] = _address(letter.name, letter.recipient)
        mail["Subject"] = words.subject
        mail["Date"] = formatdate(due.created_at)
        mail["Message-ID"] = f"<{due.id}@{urlsplit(self._address).hostname or 'showroom'}>"
        mail["Auto-Submitted"] = "auto-generated"
        self._fill(mail, words, letter.name)
        mail["Content-Language"] = current_language()
        return mail

    def _fill(self, mail: EmailMessage, words: Words, name: str) -> None:
        greeting = gettext("Hello %(name)s,") % {"name": name}
        language = current_language()
        values = {
            "words": words, "greeting": greeting, "locale": language, "dir": direction(language),
            "address": self._address,
        }
        mail.set_content(text_of(words, greeting, self._address))
        mail.add_alternative(self._pages.text("mail/letter.html", values), subtype="html")
        if words.invitation is None:
            return
        method = words.invitation.method
        mail.add_alternative(words.invitation.text, subtype="calendar", params={"method": method})
        mail.add_attachment(
            words.invitation.text.encode(), maintype="text", subtype="calendar", filename="appointment.ics",
            params={"method": method, "charset": "utf-8"},
        )


def text_of(words: Words, greeting: str, address: str) -> str:
    """Return a mail as plain text."""
    facts = "\n".join(f"{name}: {value}" for name, value in words.facts)
    label, url = words.button
    link, foot = f"{label}: {url}" if url else "", f"-- \nShowroom\n{address}"
    parts = [greeting, *words.paragraphs, facts, link, foot]
    return "\n\n".join(part for part in parts if part) + "\n"


def _address(name: str, email: str) -> Address:
    return Address(name, addr_spec=email)

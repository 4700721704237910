"""The mails of the fair, put together: nothing where no SMTP server is set."""

from __future__ import annotations

from config.settings import Settings
from showroom.stores import Facts
from signaling.clockwork import Job
from web.assets import Assets
from web.i18n import Catalogues
from web.mail.message import Secretary
from web.mail.postman import Postman
from web.templating import Pages

SEND_SECONDS, WRITE_SECONDS, TIDY_SECONDS = 2.0, 20.0, 3600.0


def mail_jobs(settings: Settings, facts: Facts) -> tuple[Job, ...]:
    """Return what must be done again and again for the mails to go out."""
    if not settings.mail.host:
        return ()
    secretary = Secretary(
        Catalogues(settings.locale.default), Pages(Assets()), settings.public_url, settings.mail.sender
    )
    postman = Postman(facts.outbox, secretary, settings.mail)
    return (
        Job("write reminders", WRITE_SECONDS, facts.due_appointments.write_reminders),
        Job("write reminders of shows", WRITE_SECONDS, facts.show_letters.write_reminders),
        Job("send mails", SEND_SECONDS, postman.sweep),
        Job("tidy the outbox", TIDY_SECONDS, facts.outbox.tidy),
    )

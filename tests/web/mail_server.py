"""A real SMTP server on this machine for tests of mails, and a postman who takes them there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope

from config.settings import MailSettings, load_settings
from rooms.fair.outbox import Outbox
from web.assets import Assets
from web.i18n import Catalogues
from web.mail.message import Secretary
from web.mail.postman import Postman
from web.templating import Pages

ADDRESS = "https://fair.example"


@dataclass
class Inbox:
    """A mail server that keeps what it gets, and answers with `refusals` first."""

    mails: list[EmailMessage] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:
        if self.refusals:
            return self.refusals.pop(0)
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"


@asynccontextmanager
async def open_inbox() -> AsyncIterator[tuple[Inbox, int]]:
    """Open a server on a free port of this machine."""
    inbox = Inbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(inbox, hostname="localhost"), "127.0.0.1", 0)
    yield inbox, server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()


def postman(outbox: Outbox, port: int, tls: str = "none") -> Postman:
    settings = replace(load_settings().mail, host="127.0.0.1", port=port, tls=tls)
    settings = replace(settings, sender="The fair <fair@fair.example>")
    assert isinstance(settings, MailSettings)
    secretary = Secretary(Catalogues("en"), Pages(Assets()), ADDRESS, settings.sender)
    return Postman(outbox, secretary, settings)


def part(mail: EmailMessage, kind: str) -> str:
    found = [it for it in mail.walk() if it.get_content_type() == kind]
    assert found, f"no {kind}"
    return str(found[0].get_content())

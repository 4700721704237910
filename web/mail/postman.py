"""The postman: takes letters from the outbox to the SMTP server, one after the other.

What the server refuses for good is given up at once. What it cannot take now is tried again, later and later,
and so is what cannot be written: the operator may mend a setting meanwhile, and the other letters go out.
"""

from __future__ import annotations

import logging
from email.errors import MessageError
from email.message import EmailMessage
from functools import partial

import aiosmtplib

from config.settings import MailSettings
from rooms.fair.outbox import Due, Outbox
from web.mail.message import Secretary

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 20.0
AT_ONCE = 20
"""Letters of one round; what is left is for the next one."""
UNWRITABLE = (ValueError, LookupError, TypeError, MessageError)
"""What comes of an address that is none, or of facts that a template lacks."""
FINAL_CODES = range(500, 600)


class Postman:
    """Sends what is due; `sweep` is called again and again, by every node."""

    def __init__(self, outbox: Outbox, secretary: Secretary, settings: MailSettings) -> None:
        self._outbox = outbox
        self._secretary = secretary
        self._settings = settings

    async def sweep(self) -> int:
        """Send what is due and return how many went out."""
        count = 0
        for _ in range(AT_ONCE):
            due = await self._outbox.take()
            if due is None:
                break
            count += await self._deliver(due)
        return count

    async def _deliver(self, due: Due) -> bool:
        try:
            await self._send(self._secretary.write(due))
        except aiosmtplib.SMTPRecipientsRefused as error:
            worst = [refused.code for refused in error.recipients]
            await self._failed(due, str(worst), is_final=all(code in FINAL_CODES for code in worst))
        except aiosmtplib.SMTPAuthenticationError as error:
            await self._failed(due, str(error), is_final=False)
        except aiosmtplib.SMTPResponseException as error:
            await self._failed(due, str(error), is_final=error.code in FINAL_CODES)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            await self._failed(due, str(error) or type(error).__name__, is_final=False)
        except UNWRITABLE as error:
            await self._failed(due, f"cannot be written: {error!r}", is_final=False)
        else:
            await self._outbox.sent(due)
            log.info("mail sent", extra={"letter": due.id, "template": due.letter.template})
            return True
        return False

    async def _failed(self, due: Due, problem: str, *, is_final: bool) -> None:
        again = await self._outbox.failed(due, problem, is_final=is_final)
        log.warning("mail not sent", extra={"letter": due.id, "reason": problem, "again": again})

    async def _send(self, mail: EmailMessage) -> None:
        settings = self._settings
        send = partial(
            aiosmtplib.send, mail, hostname=settings.host, port=settings.port, timeout=TIMEOUT_SECONDS,
            use_tls=settings.tls == "tls", start_tls=settings.tls == "starttls",
        )
        if settings.user:
            send = partial(send, username=settings.user, password=settings.password)
        await send()

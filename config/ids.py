"""The identifiers of the fair, each a type of its own so that they cannot be mixed up."""

from __future__ import annotations

import secrets
from typing import NewType

AccountId = NewType("AccountId", str)
AnnouncedId = NewType("AnnouncedId", str)
"""A show that is announced, and the show it becomes later has another."""
AppointmentId = NewType("AppointmentId", str)
CallId = NewType("CallId", str)
CompanyId = NewType("CompanyId", str)
ProductId = NewType("ProductId", str)
RoomId = NewType("RoomId", str)
"""The room of a company: its slug, as in `/rooms/{room}`; lower-case letters, digits and hyphens."""
SessionId = NewType("SessionId", str)
"""One WHIP or WHEP session."""
ShowId = NewType("ShowId", str)
StillId = NewType("StillId", str)
"""An authenticity still."""


def new_id() -> str:
    """Return 128 random bits as 22 URL-safe characters: nobody guesses one."""
    return secrets.token_urlsafe(16)

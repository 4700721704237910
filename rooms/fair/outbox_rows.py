"""The table of the outbox: mails that are to be sent, and what became of them."""

from __future__ import annotations

from sqlalchemy import Double, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from rooms.fair.models import ID, NAME, Table


class LetterRow(Table):
    """A mail; `once` names what it is about, so that the same thing is not written twice.

    It is not sent after `useful_until`, where there is such a time.
    """

    __tablename__ = "outbox"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    once: Mapped[str] = mapped_column(String(200), unique=True)
    recipient: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(NAME)
    language: Mapped[str] = mapped_column(String(35))
    template: Mapped[str] = mapped_column(ID)
    facts: Mapped[str] = mapped_column(Text)
    created_at: Mapped[float] = mapped_column(Double)
    next_try_at: Mapped[float | None] = mapped_column(Double)
    tries: Mapped[int]
    sent_at: Mapped[float | None] = mapped_column(Double)
    problem: Mapped[str] = mapped_column(String(300))
    useful_until: Mapped[float | None] = mapped_column(Double)

    __table_args__ = (Index("ix_outbox_next_try_at", "next_try_at"),)

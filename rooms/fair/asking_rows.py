"""The tables around requests: working hours, the roster, messages, what was seen to, visibility, blocks.

Accounts, rooms and calls are named without foreign keys, as calls do it: these facts outlive them.
"""

from __future__ import annotations

from sqlalchemy import Double, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from rooms.fair.models import ID, NAME, Table

CALL_ID = String(128)


class HoursRow(Table):
    """When a company works, by the clock of its zone; `weekly` is JSON: weekdays to spans of minutes."""

    __tablename__ = "company_hours"

    room: Mapped[str] = mapped_column(ID, primary_key=True)
    zone: Mapped[str] = mapped_column(String(64))
    weekly: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[float] = mapped_column(Double)


class RosterRow(Table):
    """What a member of staff speaks and looks after; lists are separated by commas.

    `weekly` are their own hours, as those of the company; without any they work when it does.
    """

    __tablename__ = "roster"

    account: Mapped[str] = mapped_column(ID, primary_key=True)
    languages: Mapped[str] = mapped_column(String(200))
    product_lines: Mapped[str] = mapped_column(Text)
    weekly: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[float] = mapped_column(Double)


class BuyerMessageRow(Table):
    """What a buyer wrote to an exhibitor of whom nobody was there."""

    __tablename__ = "buyer_messages"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    room: Mapped[str] = mapped_column(ID)
    buyer: Mapped[str] = mapped_column(ID)
    buyer_name: Mapped[str] = mapped_column(NAME)
    buyer_company: Mapped[str] = mapped_column(NAME)
    buyer_country: Mapped[str] = mapped_column(NAME)
    buyer_language: Mapped[str] = mapped_column(String(35))
    subject: Mapped[str] = mapped_column(String(120))
    product: Mapped[str | None] = mapped_column(ID)
    quantity: Mapped[int | None]
    text: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[float] = mapped_column(Double)

    __table_args__ = (Index("ix_buyer_messages_room_sent_at", "room", "sent_at"),)


class SeenToRow(Table):
    """A missed request or a message somebody has dealt with: a row means done."""

    __tablename__ = "seen_to"

    subject: Mapped[str] = mapped_column(CALL_ID, primary_key=True)
    room: Mapped[str] = mapped_column(ID, index=True)
    account: Mapped[str] = mapped_column(ID)
    name: Mapped[str] = mapped_column(NAME)
    done_at: Mapped[float] = mapped_column(Double)


class VisibilityRow(Table):
    """Where a buyer lets exhibitors see them: a row means visible, the room `""` stands for all of them.

    A row with the room `"?"` means that they have chosen, once at least.
    """

    __tablename__ = "visibility"

    account: Mapped[str] = mapped_column(ID, primary_key=True)
    room: Mapped[str] = mapped_column(ID, primary_key=True)
    since: Mapped[float] = mapped_column(Double)


class OutreachRefusalRow(Table):
    """A buyer who has refused an invitation of an exhibitor and gets no other one."""

    __tablename__ = "outreach_refusals"

    room: Mapped[str] = mapped_column(ID, primary_key=True)
    account: Mapped[str] = mapped_column(ID, primary_key=True)
    refused_at: Mapped[float] = mapped_column(Double)


class BlockRow(Table):
    """A buyer of whom an exhibitor takes nothing."""

    __tablename__ = "blocks"

    room: Mapped[str] = mapped_column(ID, primary_key=True)
    account: Mapped[str] = mapped_column(ID, primary_key=True)
    name: Mapped[str] = mapped_column(NAME)
    company: Mapped[str] = mapped_column(NAME)
    blocked_by: Mapped[str] = mapped_column(NAME)
    blocked_at: Mapped[float] = mapped_column(Double)

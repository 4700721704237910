"""The tables of appointments. One row of `appointment_claims` is a quarter of an hour of one person's time.

Its primary key is what keeps everybody from being in two appointments at once, in both databases and
whoever is fastest.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Double, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from rooms.fair.models import ID, NAME, Table

CALL_ID = String(128)


class AppointmentRow(Table):
    """An appointment; `came` and `absent` are sides with commas, `reminded` is the last stage told."""

    __tablename__ = "appointments"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    room: Mapped[str] = mapped_column(ID)
    state: Mapped[str] = mapped_column(String(20))
    starts_at: Mapped[float] = mapped_column(Double)
    minutes: Mapped[int]
    buyer: Mapped[str] = mapped_column(ID)
    buyer_name: Mapped[str] = mapped_column(NAME)
    buyer_company: Mapped[str] = mapped_column(NAME)
    buyer_country: Mapped[str] = mapped_column(NAME)
    buyer_language: Mapped[str] = mapped_column(String(35))
    buyer_zone: Mapped[str] = mapped_column(ID)
    staff: Mapped[str] = mapped_column(ID)
    staff_name: Mapped[str] = mapped_column(NAME)
    product: Mapped[str | None] = mapped_column(ID)
    language: Mapped[str] = mapped_column(String(35))
    note: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[str] = mapped_column(String(20))
    hold_until: Mapped[float | None] = mapped_column(Double)
    revision: Mapped[int]
    created_at: Mapped[float] = mapped_column(Double)
    changed_at: Mapped[float] = mapped_column(Double)
    begun_at: Mapped[float | None] = mapped_column(Double)
    call: Mapped[str | None] = mapped_column(CALL_ID)
    came: Mapped[str] = mapped_column(String(20))
    absent: Mapped[str] = mapped_column(String(20))
    outcome: Mapped[str] = mapped_column(Text)
    next_step: Mapped[str] = mapped_column(Text)
    reminded: Mapped[str] = mapped_column(String(20))

    __table_args__ = (
        Index("ix_appointments_room_starts_at", "room", "starts_at"),
        Index("ix_appointments_buyer_starts_at", "buyer", "starts_at"),
        Index("ix_appointments_state_starts_at", "state", "starts_at"),
        Index("ix_appointments_state_hold_until", "state", "hold_until"),
    )


class ClaimRow(Table):
    """A quarter of an hour (counted since 1970) of somebody's time that belongs to an appointment."""

    __tablename__ = "appointment_claims"

    account: Mapped[str] = mapped_column(ID, primary_key=True)
    quarter: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    appointment: Mapped[str] = mapped_column(ForeignKey("appointments.id"), index=True)


class FeedRow(Table):
    """The calendar address of somebody; only the hash of its token is kept."""

    __tablename__ = "calendar_feeds"

    account: Mapped[str] = mapped_column(ID, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[float] = mapped_column(Double)

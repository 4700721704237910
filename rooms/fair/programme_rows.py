"""The tables of the programme: announced shows, who is to be reminded of them, what dark rooms play."""

from __future__ import annotations

from sqlalchemy import Double, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from rooms.fair.models import ID, Table


class AnnouncedRow(Table):
    """A show to come; `film_claimed_at` is when a node took it on itself to play its film."""

    __tablename__ = "announced_shows"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    room: Mapped[str] = mapped_column(ForeignKey("companies.room"))
    title: Mapped[str] = mapped_column(String(120))
    about: Mapped[str] = mapped_column(Text)
    starts_at: Mapped[float] = mapped_column(Double, index=True)
    minutes: Mapped[int]
    language: Mapped[str] = mapped_column(String(35))
    product: Mapped[str | None] = mapped_column(ID)
    film: Mapped[str | None] = mapped_column(ID)
    state: Mapped[str] = mapped_column(String(20))
    show: Mapped[str | None] = mapped_column(ID, index=True)
    revision: Mapped[int]
    created_by: Mapped[str] = mapped_column(ID)
    created_at: Mapped[float] = mapped_column(Double)
    changed_at: Mapped[float] = mapped_column(Double)
    film_claimed_at: Mapped[float | None] = mapped_column(Double)

    __table_args__ = (
        Index("ix_announced_shows_room_starts_at", "room", "starts_at"),
        Index("ix_announced_shows_state_starts_at", "state", "starts_at"),
    )


class ReservationRow(Table):
    """Somebody who wants to be reminded; `reminded` is how far that went, `reminded_at` when it last did.

    That is on screens; `mailed_at` is when the mail for the time the show has now was written. `zone` is that
    of their clock, empty where they told none.
    """

    __tablename__ = "reservations"

    announced: Mapped[str] = mapped_column(ForeignKey("announced_shows.id"), primary_key=True)
    account: Mapped[str] = mapped_column(ID, primary_key=True, index=True)
    created_at: Mapped[float] = mapped_column(Double)
    reminded: Mapped[int]
    reminded_at: Mapped[float | None] = mapped_column(Double)
    zone: Mapped[str] = mapped_column(ID, server_default="")
    mailed_at: Mapped[float | None] = mapped_column(Double)


class RoomLoopRow(Table):
    """What a room plays while it is dark; a room without a row plays its last show."""

    __tablename__ = "room_loops"

    room: Mapped[str] = mapped_column(ForeignKey("companies.room"), primary_key=True)
    mode: Mapped[str] = mapped_column(String(20))
    film: Mapped[str | None] = mapped_column(ID)

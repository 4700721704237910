"""The tables of the fair's facts; `migrations/` builds them, a test holds both together.

Times are Unix seconds. Calls and shows name rooms and accounts without foreign keys: they outlive them.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Dialect, Double, ForeignKey, Index, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

ID = String(64)
NAME = String(80)
PRICE_UNITS = 10_000


class Money(TypeDecorator[Decimal]):
    """An amount kept exactly, as a whole number of ten-thousandths, in stores with and without decimals."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Return the amount in ten-thousandths."""
        return None if value is None else int((value * PRICE_UNITS).to_integral_value())

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Return the amount with two decimals, or four where it has them."""
        if value is None:
            return None
        amount = Decimal(value) / PRICE_UNITS
        short = amount.quantize(Decimal("0.01"))
        return short if short == amount else amount.quantize(Decimal("0.0001"))


class Table(DeclarativeBase):
    """The base of all tables."""


class HallRow(Table):
    __tablename__ = "halls"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    title: Mapped[str] = mapped_column(NAME)


class CompanyRow(Table):
    __tablename__ = "companies"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    room: Mapped[str] = mapped_column(ID, unique=True)
    name: Mapped[str] = mapped_column(NAME)
    country: Mapped[str] = mapped_column(NAME)
    city: Mapped[str] = mapped_column(NAME)
    hall: Mapped[int] = mapped_column(ForeignKey("halls.number"), index=True)
    stand: Mapped[str] = mapped_column(String(20))
    about: Mapped[str] = mapped_column(Text)
    languages: Mapped[str] = mapped_column(String(200))
    accent: Mapped[str] = mapped_column(String(20))
    portrait: Mapped[str] = mapped_column(String(200))
    search_text: Mapped[str] = mapped_column(Text)


class ProductRow(Table):
    __tablename__ = "products"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    room: Mapped[str] = mapped_column(ForeignKey("companies.room"))
    title: Mapped[str] = mapped_column(String(120))
    summary: Mapped[str] = mapped_column(Text)
    price_from: Mapped[Decimal | None] = mapped_column(Money)
    currency: Mapped[str] = mapped_column(String(3))
    minimum_order: Mapped[int | None]
    unit: Mapped[str] = mapped_column(String(40))
    picture: Mapped[str] = mapped_column(String(200))
    position: Mapped[int]
    search_text: Mapped[str] = mapped_column(Text)
    taken_out_at: Mapped[float | None] = mapped_column(Double)
    """When it left the shelf; offers and chapters still name it."""

    __table_args__ = (Index("ix_products_room_position", "room", "position"),)


class AccountRow(Table):
    __tablename__ = "accounts"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(NAME)
    role: Mapped[str] = mapped_column(String(20))
    company: Mapped[str] = mapped_column(NAME)
    room: Mapped[str | None] = mapped_column(ForeignKey("companies.room"), index=True)
    country: Mapped[str] = mapped_column(NAME)
    language: Mapped[str] = mapped_column(String(35))
    password_hash: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[float] = mapped_column(Double)
    disabled_at: Mapped[float | None] = mapped_column(Double, index=True)
    sign_in_ended_at: Mapped[float | None] = mapped_column("password_changed_at", Double, index=True)
    """When a sign-in was ended before its time: by a new password, as the column says, or by hand."""


class SessionRow(Table):
    """A sign-in; only the hash of its token is kept."""

    __tablename__ = "sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    created_at: Mapped[float] = mapped_column(Double)
    expires_at: Mapped[float] = mapped_column(Double, index=True)


class RoomKeyColumns:
    """A secret of a room; only its hash is kept."""

    room: Mapped[str] = mapped_column(ForeignKey("companies.room"), primary_key=True)
    key_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[float] = mapped_column(Double)
    created_by: Mapped[str] = mapped_column(ID)


class StreamKeyRow(RoomKeyColumns, Table):
    __tablename__ = "stream_keys"


class ShowRow(Table):
    __tablename__ = "shows"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    room: Mapped[str] = mapped_column(ID, index=True)
    title: Mapped[str] = mapped_column(String(120))
    anchor: Mapped[str] = mapped_column(NAME)
    started_at: Mapped[float] = mapped_column(Double)
    ended_at: Mapped[float | None] = mapped_column(Double)


class CallRequestRow(Table):
    """A private call that was asked for, and what became of it."""

    __tablename__ = "call_requests"

    id: Mapped[str] = mapped_column(String(128), primary_key=True)
    room: Mapped[str] = mapped_column(ID)
    show: Mapped[str | None] = mapped_column(ID)
    show_second: Mapped[float | None] = mapped_column(Double)
    product: Mapped[str | None] = mapped_column(ID)
    buyer: Mapped[str] = mapped_column(ID, index=True)
    buyer_name: Mapped[str] = mapped_column(NAME)
    buyer_company: Mapped[str] = mapped_column(NAME)
    buyer_country: Mapped[str] = mapped_column(NAME)
    buyer_language: Mapped[str] = mapped_column(String(35))
    requested_at: Mapped[float] = mapped_column(Double, index=True)
    rings_until: Mapped[float] = mapped_column(Double)
    outcome: Mapped[str] = mapped_column(String(20))
    ended_at: Mapped[float | None] = mapped_column(Double, index=True)
    epoch: Mapped[int]
    replay_of: Mapped[float | None] = mapped_column(Double)
    """When the show began whose replay it was asked from; NULL for one that ran."""
    kind: Mapped[str] = mapped_column(String(20), server_default="request")
    called_by: Mapped[str | None] = mapped_column(ID)
    """The member of staff who rings the buyer; NULL where the buyer asked, and for an appointment."""
    called_by_name: Mapped[str | None] = mapped_column(NAME)
    about: Mapped[str | None] = mapped_column(String(128))
    """The missed request or the message this call answers."""
    waits_until: Mapped[float | None] = mapped_column(Double)

    __table_args__ = (
        Index("ix_call_requests_room_requested_at", "room", "requested_at"),
        Index("ix_call_requests_room_buyer_requested_at", "room", "buyer", "requested_at"),
        Index("ix_call_requests_outcome_requested_at", "outcome", "requested_at"),
        Index(
            "ix_call_requests_room_about", "room", "about",
            sqlite_where=about.is_not(None), postgresql_where=about.is_not(None),
        ),
    )


class CallAnswerRow(Table):
    """Who won a call: the primary key is what makes two winners impossible."""

    __tablename__ = "call_answers"

    call: Mapped[str] = mapped_column(ForeignKey("call_requests.id"), primary_key=True)
    account: Mapped[str] = mapped_column(ID, index=True)
    name: Mapped[str] = mapped_column(NAME)
    answered_at: Mapped[float] = mapped_column(Double)
    buyer_came_at: Mapped[float | None] = mapped_column(Double)
    staff_came_at: Mapped[float | None] = mapped_column(Double)
    """When each of the two first took their seat; NULL for who did not come."""


class RecordingRow(Table):
    """A recording of a show or a call, under its id; a deleted one stays, without what it was made of."""

    __tablename__ = "recordings"

    id: Mapped[str] = mapped_column(String(128), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    room: Mapped[str] = mapped_column(ID)
    title: Mapped[str] = mapped_column(String(120))
    started_at: Mapped[float] = mapped_column(Double)
    ended_at: Mapped[float | None] = mapped_column(Double)
    stop_reason: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20), index=True)
    access: Mapped[str] = mapped_column(String(20))
    is_kept: Mapped[bool]
    seconds: Mapped[float] = mapped_column(Double)
    bytes: Mapped[int] = mapped_column(BigInteger)
    node: Mapped[str] = mapped_column(String(255))
    storage: Mapped[str] = mapped_column(String(20))
    left_files: Mapped[str] = mapped_column(Text)
    """JSON: the files of a deleted recording that are still to be deleted; empty once they are."""
    first_section: Mapped[int]
    first_segment: Mapped[int]
    """The node that writes it now counts from these on."""

    __table_args__ = (Index("ix_recordings_room_started_at", "room", "started_at"),)


class RecordingSectionRow(Table):
    __tablename__ = "recording_sections"

    recording: Mapped[str] = mapped_column(ForeignKey("recordings.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    container: Mapped[str] = mapped_column(String(20))
    video: Mapped[str] = mapped_column(NAME)
    audio: Mapped[str] = mapped_column(NAME)
    width: Mapped[int]
    height: Mapped[int]
    init_bytes: Mapped[int]
    is_whole: Mapped[bool]
    bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    place: Mapped[str] = mapped_column(String(20), index=True)
    node: Mapped[str] = mapped_column(String(255), index=True)


class RecordingSegmentRow(Table):
    """`parts` belongs to those who write and serve the files; nobody here reads it."""

    __tablename__ = "recording_segments"

    recording: Mapped[str] = mapped_column(ForeignKey("recordings.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    section: Mapped[int]
    start: Mapped[float] = mapped_column(Double)
    duration: Mapped[float] = mapped_column(Double)
    offset: Mapped[int] = mapped_column(BigInteger)
    size: Mapped[int] = mapped_column(BigInteger)
    parts: Mapped[str] = mapped_column(Text)


class RecordingGuestRow(Table):
    """Who is invited to a recording, or the parties of a recorded call."""

    __tablename__ = "recording_guests"

    recording: Mapped[str] = mapped_column(ForeignKey("recordings.id"), primary_key=True)
    account: Mapped[str] = mapped_column(ID, primary_key=True)


class ShowPinRow(Table):
    """What was pinned from this second of a show on; NULL for nothing."""

    __tablename__ = "show_pins"

    show: Mapped[str] = mapped_column(ID, primary_key=True)
    second: Mapped[float] = mapped_column(Double, primary_key=True)
    product: Mapped[str | None] = mapped_column(ID)


class ShowPostRow(Table):
    __tablename__ = "show_posts"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    show: Mapped[str] = mapped_column(ID)
    second: Mapped[float] = mapped_column(Double)
    author_id: Mapped[str] = mapped_column(ID)
    author: Mapped[str] = mapped_column(NAME)
    company: Mapped[str] = mapped_column(NAME)
    role: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[float] = mapped_column(Double)

    __table_args__ = (Index("ix_show_posts_show_second", "show", "second"),)

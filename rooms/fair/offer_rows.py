"""The tables of threads and offers. Times are whole milliseconds since 1970.

Accounts, calls and shows are named without foreign keys: what was agreed outlives them. What must not happen
twice is a primary key: a version's number, a side's signature of a version, an answer to a repeated request.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Double, ForeignKey, ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from rooms.fair.models import ID, NAME, Table
from rooms.fair.show_models import CALL_ID

SIDE = String(10)


class ThreadRow(Table):
    """A thread; the buyer stands here as they are shown, until they ask for erasure."""

    __tablename__ = "threads"

    room: Mapped[str] = mapped_column(ID, primary_key=True)
    buyer: Mapped[str] = mapped_column(ID, primary_key=True, index=True)
    buyer_name: Mapped[str] = mapped_column(NAME)
    buyer_company: Mapped[str] = mapped_column(NAME)
    buyer_country: Mapped[str] = mapped_column(NAME)
    opened_at_ms: Mapped[int] = mapped_column(BigInteger)
    changed_at_ms: Mapped[int] = mapped_column(BigInteger)
    erased_at_ms: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (Index("ix_threads_room_changed_at_ms", "room", "changed_at_ms"),)


class OfferRow(Table):
    __tablename__ = "offers"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    room: Mapped[str] = mapped_column(ID)
    buyer: Mapped[str] = mapped_column(ID)
    call: Mapped[str | None] = mapped_column(CALL_ID)
    show: Mapped[str | None] = mapped_column(ID)
    show_second: Mapped[float | None] = mapped_column(Double)
    state: Mapped[str] = mapped_column(String(20))
    valid_until_ms: Mapped[int | None] = mapped_column(BigInteger)
    """Of the newest version, for whoever looks for what has expired."""
    opened_at_ms: Mapped[int] = mapped_column(BigInteger)
    changed_at_ms: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (
        ForeignKeyConstraint(["room", "buyer"], ["threads.room", "threads.buyer"]),
        Index("ix_offers_room_buyer", "room", "buyer"),
        Index("ix_offers_state_valid_until_ms", "state", "valid_until_ms"),
    )


class VersionRow(Table):
    """A version as it was sent; `text` is its document."""

    __tablename__ = "offer_versions"

    offer: Mapped[str] = mapped_column(ForeignKey("offers.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    side: Mapped[str] = mapped_column(SIDE)
    author: Mapped[str] = mapped_column(ID)
    written_at_ms: Mapped[int] = mapped_column(BigInteger)
    text: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    valid_until_ms: Mapped[int | None] = mapped_column(BigInteger)
    withdrawn_at_ms: Mapped[int | None] = mapped_column(BigInteger)
    erased_at_ms: Mapped[int | None] = mapped_column(BigInteger)


class SignatureRow(Table):
    """Who signed: one row for each side of a version, which makes two signatures of a side impossible."""

    __tablename__ = "offer_signatures"

    offer: Mapped[str] = mapped_column(ID, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    side: Mapped[str] = mapped_column(SIDE, primary_key=True)
    account: Mapped[str] = mapped_column(ID)
    name: Mapped[str] = mapped_column(NAME)
    company: Mapped[str] = mapped_column(NAME)
    email: Mapped[str] = mapped_column(String(254))
    signed_at_ms: Mapped[int] = mapped_column(BigInteger)
    consent: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(35))
    sha256: Mapped[str] = mapped_column(String(64))
    seal: Mapped[str] = mapped_column(String(100))

    __table_args__ = (
        ForeignKeyConstraint(["offer", "version"], ["offer_versions.offer", "offer_versions.number"]),
    )


class DraftRow(Table):
    """What a side types; `offer` is empty for a new one. `revision` grows with each save."""

    __tablename__ = "offer_drafts"

    room: Mapped[str] = mapped_column(ID, primary_key=True)
    buyer: Mapped[str] = mapped_column(ID, primary_key=True)
    side: Mapped[str] = mapped_column(SIDE, primary_key=True)
    offer: Mapped[str] = mapped_column(ID, primary_key=True)
    revision: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    saved_at_ms: Mapped[int] = mapped_column(BigInteger)
    saved_by: Mapped[str] = mapped_column(NAME)


class RequestRow(Table):
    """The answer to a request, kept for whoever asks again; `fingerprint` is of what was asked."""

    __tablename__ = "offer_requests"

    account: Mapped[str] = mapped_column(ID, primary_key=True)
    key: Mapped[str] = mapped_column(ID, primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    answer: Mapped[str] = mapped_column(Text)
    at_ms: Mapped[int] = mapped_column(BigInteger, index=True)


class ErasureRow(Table):
    """The wish of one of a thread's people that their name be taken out of it, and when that was done."""

    __tablename__ = "erasures"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    room: Mapped[str] = mapped_column(ID)
    buyer: Mapped[str] = mapped_column(ID, index=True)
    side: Mapped[str] = mapped_column(SIDE, server_default="buyer")
    account: Mapped[str] = mapped_column(ID, server_default="")
    """Who asked, for themselves; of the exhibitor's staff several may."""
    asked_at_ms: Mapped[int] = mapped_column(BigInteger)
    done_at_ms: Mapped[int] = mapped_column(BigInteger)

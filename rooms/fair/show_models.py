"""The tables of what is kept of shows beside their recordings: stills, captions, and the keys of captioners.

Shows, rooms, accounts and calls are named without foreign keys: what is kept here outlives them.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Double, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rooms.fair.models import ID, NAME, RoomKeyColumns, Table

CALL_ID = String(128)


class StillRow(Table):
    """A picture of a show with its signed facts; times are whole milliseconds."""

    __tablename__ = "stills"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    room: Mapped[str] = mapped_column(ID, index=True)
    company: Mapped[str] = mapped_column(NAME)
    show: Mapped[str] = mapped_column(ID, index=True)
    show_ms: Mapped[int] = mapped_column(BigInteger)
    taken_ms: Mapped[int] = mapped_column(BigInteger)
    taken_by: Mapped[str] = mapped_column(ID)
    width: Mapped[int]
    height: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str] = mapped_column(String(100))
    public_key: Mapped[str] = mapped_column(String(64))
    call: Mapped[str | None] = mapped_column(CALL_ID, index=True)
    jpeg: Mapped[bytes] = mapped_column(LargeBinary)


class CaptionsRow(Table):
    """The captions of a show in one language; `kind` is `uploaded` or `live`."""

    __tablename__ = "captions"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    show: Mapped[str] = mapped_column(ID)
    room: Mapped[str] = mapped_column(ID)
    language: Mapped[str] = mapped_column(String(35))
    title: Mapped[str] = mapped_column(NAME)
    kind: Mapped[str] = mapped_column(String(20))
    changed_at: Mapped[float] = mapped_column(Double)

    __table_args__ = (UniqueConstraint("show", "language"),)


class CaptionCueRow(Table):
    """One caption; times are seconds of the show, `id` is its writer's or ours."""

    __tablename__ = "caption_cues"

    captions: Mapped[str] = mapped_column(ForeignKey("captions.id"), primary_key=True)
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    start: Mapped[float] = mapped_column(Double)
    end: Mapped[float] = mapped_column(Double)
    text: Mapped[str] = mapped_column(Text)

    __table_args__ = (Index("ix_caption_cues_captions_start", "captions", "start"),)


class CaptionKeyRow(RoomKeyColumns, Table):
    __tablename__ = "caption_keys"

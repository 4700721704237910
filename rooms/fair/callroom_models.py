"""The tables of what is kept of private calls: consents, third persons, files, notes, recordings.

Calls, accounts and recordings are named without foreign keys: what is kept here outlives them.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Double, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from rooms.fair.models import ID, NAME, Table
from rooms.fair.show_models import CALL_ID


class CallConsentRow(Table):
    """One answer to the question whether a call may be recorded, with what was read.

    Never changed, but for the name of somebody who asks for erasure when nothing was recorded.
    """

    __tablename__ = "call_consents"

    number: Mapped[int] = mapped_column(primary_key=True)
    call: Mapped[str] = mapped_column(CALL_ID, index=True)
    party: Mapped[str] = mapped_column(ID)
    name: Mapped[str] = mapped_column(NAME)
    is_agreed: Mapped[bool]
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(35))
    at: Mapped[float] = mapped_column(Double)


class CallThirdRow(Table):
    """Somebody a party invited into a call; `token_hash` is of the link that lets them in once."""

    __tablename__ = "call_thirds"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    call: Mapped[str] = mapped_column(CALL_ID, index=True)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(NAME)
    company: Mapped[str] = mapped_column(NAME)
    invited_by: Mapped[str] = mapped_column(ID)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[float] = mapped_column(Double)
    joined_at: Mapped[float | None] = mapped_column(Double)
    removed_at: Mapped[float | None] = mapped_column(Double)


class CallFileRow(Table):
    """A file that was handed over in a call; its bytes lie on the shelf under its id."""

    __tablename__ = "call_files"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    call: Mapped[str] = mapped_column(CALL_ID, index=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    sent_by: Mapped[str] = mapped_column(ID)
    sent_by_name: Mapped[str] = mapped_column(NAME)
    sent_at: Mapped[float] = mapped_column(Double)


class CallNoteRow(Table):
    """What somebody left for the other, who was gone."""

    __tablename__ = "call_notes"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    call: Mapped[str] = mapped_column(CALL_ID, index=True)
    author: Mapped[str] = mapped_column(ID)
    name: Mapped[str] = mapped_column(NAME)
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[float] = mapped_column(Double)


class CallRecordingRow(Table):
    """Which recording holds whose picture and sound of a call."""

    __tablename__ = "call_recordings"

    recording: Mapped[str] = mapped_column(String(128), primary_key=True)
    call: Mapped[str] = mapped_column(CALL_ID, index=True)
    party: Mapped[str] = mapped_column(ID)
    name: Mapped[str] = mapped_column(NAME)
    began_at: Mapped[float] = mapped_column(Double)

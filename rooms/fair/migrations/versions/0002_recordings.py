"""Recordings, what they are made of and who may watch; pins and posts of shows; calls from replays."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build the tables of recordings and of the moments of shows."""
    _recordings()
    _pieces()
    _moments()
    op.add_column("call_requests", sa.Column("replay_of", sa.Double()))


def downgrade() -> None:
    """Take them away, those that point at others first."""
    op.drop_column("call_requests", "replay_of")
    for table in (
        "show_posts", "show_pins", "recording_guests", "recording_segments", "recording_sections",
        "recordings",
    ):
        op.drop_table(table)


def _recordings() -> None:
    op.create_table(
        "recordings",
        sa.Column("id", sa.String(128), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("room", sa.String(64), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("started_at", sa.Double(), nullable=False),
        sa.Column("ended_at", sa.Double()),
        sa.Column("stop_reason", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False, index=True),
        sa.Column("access", sa.String(20), nullable=False),
        sa.Column("is_kept", sa.Boolean(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("node", sa.String(255), nullable=False),
        sa.Column("storage", sa.String(20), nullable=False),
        sa.Column("left_files", sa.Text(), nullable=False),
    )
    op.create_index("ix_recordings_room_started_at", "recordings", ["room", "started_at"])


def _pieces() -> None:
    op.create_table(
        "recording_sections",
        sa.Column("recording", sa.String(128), sa.ForeignKey("recordings.id"), primary_key=True),
        sa.Column("number", sa.Integer(), autoincrement=False, primary_key=True),
        sa.Column("container", sa.String(20), nullable=False),
        sa.Column("video", sa.String(80), nullable=False),
        sa.Column("audio", sa.String(80), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("init_bytes", sa.Integer(), nullable=False),
        sa.Column("is_whole", sa.Boolean(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("place", sa.String(20), nullable=False, index=True),
    )
    op.create_table(
        "recording_segments",
        sa.Column("recording", sa.String(128), sa.ForeignKey("recordings.id"), primary_key=True),
        sa.Column("number", sa.Integer(), autoincrement=False, primary_key=True),
        sa.Column("section", sa.Integer(), nullable=False),
        sa.Column("start", sa.Double(), nullable=False),
        sa.Column("duration", sa.Double(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("parts", sa.Text(), nullable=False),
    )
    op.create_table(
        "recording_guests",
        sa.Column("recording", sa.String(128), sa.ForeignKey("recordings.id"), primary_key=True),
        sa.Column("account", sa.String(64), primary_key=True),
    )


def _moments() -> None:
    op.create_table(
        "show_pins",
        sa.Column("show", sa.String(64), primary_key=True),
        sa.Column("second", sa.Double(), primary_key=True),
        sa.Column("product", sa.String(64)),
    )
    op.create_table(
        "show_posts",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("show", sa.String(64), nullable=False),
        sa.Column("second", sa.Double(), nullable=False),
        sa.Column("author_id", sa.String(64), nullable=False),
        sa.Column("author", sa.String(80), nullable=False),
        sa.Column("company", sa.String(80), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
    )
    op.create_index("ix_show_posts_show_second", "show_posts", ["show", "second"])

"""What is kept of shows beside their recordings: stills, captions, and the keys of captioners."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build the tables."""
    _stills()
    _captions()
    op.create_table(
        "caption_keys",
        sa.Column("room", sa.String(64), sa.ForeignKey("companies.room"), primary_key=True),
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("created_by", sa.String(64), nullable=False),
    )


def downgrade() -> None:
    """Take them away, those that point at others first."""
    for table in ("caption_keys", "caption_cues", "captions", "stills"):
        op.drop_table(table)


def _stills() -> None:
    op.create_table(
        "stills",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("room", sa.String(64), nullable=False, index=True),
        sa.Column("company", sa.String(80), nullable=False),
        sa.Column("show", sa.String(64), nullable=False, index=True),
        sa.Column("show_ms", sa.BigInteger(), nullable=False),
        sa.Column("taken_ms", sa.BigInteger(), nullable=False),
        sa.Column("taken_by", sa.String(64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("signature", sa.String(100), nullable=False),
        sa.Column("public_key", sa.String(64), nullable=False),
        sa.Column("call", sa.String(128), index=True),
        sa.Column("jpeg", sa.LargeBinary(), nullable=False),
    )


def _captions() -> None:
    op.create_table(
        "captions",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("show", sa.String(64), nullable=False),
        sa.Column("room", sa.String(64), nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("title", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("changed_at", sa.Double(), nullable=False),
        sa.UniqueConstraint("show", "language"),
    )
    op.create_table(
        "caption_cues",
        sa.Column("captions", sa.String(64), sa.ForeignKey("captions.id"), primary_key=True),
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("start", sa.Double(), nullable=False),
        sa.Column("end", sa.Double(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
    )
    op.create_index("ix_caption_cues_captions_start", "caption_cues", ["captions", "start"])

"""The programme: announced shows, reservations, and what rooms play while they are dark."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build the tables of the programme."""
    _announced_shows()
    _reservations()
    op.create_table(
        "room_loops",
        sa.Column("room", sa.String(64), sa.ForeignKey("companies.room"), primary_key=True),
        sa.Column("mode", sa.String(20), nullable=False),
        sa.Column("film", sa.String(64)),
    )


def downgrade() -> None:
    """Take them away, those that point at others first."""
    for table in ("room_loops", "reservations", "announced_shows"):
        op.drop_table(table)


def _announced_shows() -> None:
    op.create_table(
        "announced_shows",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("room", sa.String(64), sa.ForeignKey("companies.room"), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.Double(), nullable=False, index=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("product", sa.String(64)),
        sa.Column("film", sa.String(64)),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("show", sa.String(64), index=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(64), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("changed_at", sa.Double(), nullable=False),
        sa.Column("film_claimed_at", sa.Double()),
    )
    op.create_index("ix_announced_shows_room_starts_at", "announced_shows", ["room", "starts_at"])


def _reservations() -> None:
    op.create_table(
        "reservations",
        sa.Column("announced", sa.String(64), sa.ForeignKey("announced_shows.id"), primary_key=True),
        sa.Column("account", sa.String(64), primary_key=True, index=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("reminded", sa.Integer(), nullable=False),
        sa.Column("reminded_at", sa.Double()),
    )

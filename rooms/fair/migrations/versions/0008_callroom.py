"""What is kept of private calls: consents, third persons, files, notes, and which recordings are theirs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build the tables."""
    _consents()
    _thirds()
    _files()
    op.create_table(
        "call_notes",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("call", sa.String(128), nullable=False, index=True),
        sa.Column("author", sa.String(64), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
    )
    op.create_table(
        "call_recordings",
        sa.Column("recording", sa.String(128), primary_key=True),
        sa.Column("call", sa.String(128), nullable=False, index=True),
        sa.Column("party", sa.String(64), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("began_at", sa.Double(), nullable=False),
    )


def downgrade() -> None:
    """Take them away."""
    for table in ("call_recordings", "call_notes", "call_files", "call_thirds", "call_consents"):
        op.drop_table(table)


def _consents() -> None:
    op.create_table(
        "call_consents",
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("call", sa.String(128), nullable=False, index=True),
        sa.Column("party", sa.String(64), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("is_agreed", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
    )


def _thirds() -> None:
    op.create_table(
        "call_thirds",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("call", sa.String(128), nullable=False, index=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("company", sa.String(80), nullable=False),
        sa.Column("invited_by", sa.String(64), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.Column("joined_at", sa.Double()),
        sa.Column("removed_at", sa.Double()),
    )


def _files() -> None:
    op.create_table(
        "call_files",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("call", sa.String(128), nullable=False, index=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("sent_by", sa.String(64), nullable=False),
        sa.Column("sent_by_name", sa.String(80), nullable=False),
        sa.Column("sent_at", sa.Double(), nullable=False),
    )

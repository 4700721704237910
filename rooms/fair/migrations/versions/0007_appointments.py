"""Appointments, whose time they take, calendar addresses, and the outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build the tables of appointments and of mails."""
    _appointments()
    op.create_table(
        "appointment_claims",
        sa.Column("account", sa.String(64), primary_key=True),
        sa.Column("quarter", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("appointment", sa.String(64), sa.ForeignKey("appointments.id"), nullable=False, index=True),
    )
    op.create_table(
        "calendar_feeds",
        sa.Column("account", sa.String(64), primary_key=True),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("created_at", sa.Double(), nullable=False),
    )
    _outbox()


def downgrade() -> None:
    """Take them away, those that point at others first."""
    for table in ("outbox", "calendar_feeds", "appointment_claims", "appointments"):
        op.drop_table(table)


def _appointments() -> None:
    op.create_table(
        "appointments",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("room", sa.String(64), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("starts_at", sa.Double(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("buyer", sa.String(64), nullable=False),
        sa.Column("buyer_name", sa.String(80), nullable=False),
        sa.Column("buyer_company", sa.String(80), nullable=False),
        sa.Column("buyer_country", sa.String(80), nullable=False),
        sa.Column("buyer_language", sa.String(35), nullable=False),
        sa.Column("buyer_zone", sa.String(64), nullable=False),
        sa.Column("staff", sa.String(64), nullable=False),
        sa.Column("staff_name", sa.String(80), nullable=False),
        sa.Column("product", sa.String(64)),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.String(20), nullable=False),
        sa.Column("hold_until", sa.Double()),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("changed_at", sa.Double(), nullable=False),
        sa.Column("begun_at", sa.Double()),
        sa.Column("call", sa.String(128)),
        sa.Column("came", sa.String(20), nullable=False),
        sa.Column("absent", sa.String(20), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("next_step", sa.Text(), nullable=False),
        sa.Column("reminded", sa.String(20), nullable=False),
    )
    for column in ("room", "buyer", "state"):
        op.create_index(f"ix_appointments_{column}_starts_at", "appointments", [column, "starts_at"])


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("once", sa.String(200), nullable=False, unique=True),
        sa.Column("recipient", sa.String(254), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("template", sa.String(64), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("next_try_at", sa.Double(), index=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.Double()),
        sa.Column("problem", sa.String(300), nullable=False),
    )

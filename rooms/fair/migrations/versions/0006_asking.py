"""Requests of people: hours, the roster, messages, what was seen to, visibility, refusals, blocks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = (
    "blocks", "outreach_refusals", "visibility", "seen_to", "buyer_messages", "roster", "company_hours",
)


def upgrade() -> None:
    """Build the tables around requests, and let a call be one the staff make."""
    _duty()
    _messages()
    _outreach()
    kind = sa.Column("kind", sa.String(20), nullable=False, server_default="request")
    for column in (
        kind, sa.Column("called_by", sa.String(64)), sa.Column("called_by_name", sa.String(80)),
        sa.Column("about", sa.String(128)), sa.Column("waits_until", sa.Double()),
    ):
        op.add_column("call_requests", column)


def downgrade() -> None:
    """Take them away."""
    with op.batch_alter_table("call_requests") as table:
        for name in ("kind", "called_by", "called_by_name", "about", "waits_until"):
            table.drop_column(name)
    for name in TABLES:
        op.drop_table(name)


def _duty() -> None:
    op.create_table(
        "company_hours",
        sa.Column("room", sa.String(64), primary_key=True),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("weekly", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.Double(), nullable=False),
    )
    op.create_table(
        "roster",
        sa.Column("account", sa.String(64), primary_key=True),
        sa.Column("languages", sa.String(200), nullable=False),
        sa.Column("product_lines", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.Double(), nullable=False),
    )


def _messages() -> None:
    op.create_table(
        "buyer_messages",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("room", sa.String(64), nullable=False),
        sa.Column("buyer", sa.String(64), nullable=False),
        sa.Column("buyer_name", sa.String(80), nullable=False),
        sa.Column("buyer_company", sa.String(80), nullable=False),
        sa.Column("buyer_country", sa.String(80), nullable=False),
        sa.Column("buyer_language", sa.String(35), nullable=False),
        sa.Column("subject", sa.String(120), nullable=False),
        sa.Column("product", sa.String(64)),
        sa.Column("quantity", sa.Integer()),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.Double(), nullable=False),
    )
    op.create_index("ix_buyer_messages_room_sent_at", "buyer_messages", ["room", "sent_at"])
    op.create_table(
        "seen_to",
        sa.Column("subject", sa.String(128), primary_key=True),
        sa.Column("room", sa.String(64), nullable=False, index=True),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("done_at", sa.Double(), nullable=False),
    )


def _outreach() -> None:
    op.create_table(
        "visibility",
        sa.Column("account", sa.String(64), primary_key=True),
        sa.Column("room", sa.String(64), primary_key=True),
        sa.Column("since", sa.Double(), nullable=False),
    )
    op.create_table(
        "outreach_refusals",
        sa.Column("room", sa.String(64), primary_key=True),
        sa.Column("account", sa.String(64), primary_key=True),
        sa.Column("refused_at", sa.Double(), nullable=False),
    )
    op.create_table(
        "blocks",
        sa.Column("room", sa.String(64), primary_key=True),
        sa.Column("account", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("company", sa.String(80), nullable=False),
        sa.Column("blocked_by", sa.String(80), nullable=False),
        sa.Column("blocked_at", sa.Double(), nullable=False),
    )

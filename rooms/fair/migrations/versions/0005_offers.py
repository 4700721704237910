"""Threads with their offers, versions, signatures and drafts, and the audit trail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = (
    "erasures", "offer_requests", "offer_drafts", "offer_signatures", "offer_versions", "offers", "threads",
    "audit_head", "audit",
)


def upgrade() -> None:
    """Build the tables."""
    _audit()
    _threads()
    _offers()
    _signatures()
    _beside()


def downgrade() -> None:
    """Take them away, those that point at others first."""
    for table in TABLES:
        op.drop_table(table)


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("sequence", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(128), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False, index=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("seal", sa.String(100), nullable=False),
    )


def _threads() -> None:
    op.create_table(
        "threads",
        sa.Column("room", sa.String(64), primary_key=True),
        sa.Column("buyer", sa.String(64), primary_key=True, index=True),
        sa.Column("buyer_name", sa.String(80), nullable=False),
        sa.Column("buyer_company", sa.String(80), nullable=False),
        sa.Column("buyer_country", sa.String(80), nullable=False),
        sa.Column("opened_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("changed_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("erased_at_ms", sa.BigInteger()),
    )
    op.create_index("ix_threads_room_changed_at_ms", "threads", ["room", "changed_at_ms"])


def _offers() -> None:
    op.create_table(
        "offers",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("room", sa.String(64), nullable=False),
        sa.Column("buyer", sa.String(64), nullable=False),
        sa.Column("call", sa.String(128)),
        sa.Column("show", sa.String(64)),
        sa.Column("show_second", sa.Double()),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("valid_until_ms", sa.BigInteger()),
        sa.Column("opened_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("changed_at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["room", "buyer"], ["threads.room", "threads.buyer"]),
    )
    op.create_index("ix_offers_room_buyer", "offers", ["room", "buyer"])
    op.create_index("ix_offers_state_valid_until_ms", "offers", ["state", "valid_until_ms"])
    op.create_table(
        "offer_versions",
        sa.Column("offer", sa.String(64), sa.ForeignKey("offers.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("side", sa.String(10), nullable=False),
        sa.Column("author", sa.String(64), nullable=False),
        sa.Column("written_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("valid_until_ms", sa.BigInteger()),
        sa.Column("withdrawn_at_ms", sa.BigInteger()),
        sa.Column("erased_at_ms", sa.BigInteger()),
    )


def _signatures() -> None:
    op.create_table(
        "offer_signatures",
        sa.Column("offer", sa.String(64), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("side", sa.String(10), primary_key=True),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("company", sa.String(80), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("signed_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("seal", sa.String(100), nullable=False),
        sa.ForeignKeyConstraint(["offer", "version"], ["offer_versions.offer", "offer_versions.number"]),
    )


def _beside() -> None:
    op.create_table(
        "offer_drafts",
        sa.Column("room", sa.String(64), primary_key=True),
        sa.Column("buyer", sa.String(64), primary_key=True),
        sa.Column("side", sa.String(10), primary_key=True),
        sa.Column("offer", sa.String(64), primary_key=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("saved_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("saved_by", sa.String(80), nullable=False),
    )
    op.create_table(
        "offer_requests",
        sa.Column("account", sa.String(64), primary_key=True),
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False, index=True),
    )
    op.create_table(
        "erasures",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("room", sa.String(64), nullable=False),
        sa.Column("buyer", sa.String(64), nullable=False, index=True),
        sa.Column("asked_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("done_at_ms", sa.BigInteger(), nullable=False),
    )

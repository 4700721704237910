"""The first fair: halls, companies, products, accounts, sessions, stream keys, shows and calls."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build all tables."""
    _companies()
    _products()
    _accounts()
    _stream_keys()
    _shows()
    _calls()


def downgrade() -> None:
    """Take all tables away, those that point at others first."""
    for table in (
        "call_answers", "call_requests", "shows", "stream_keys", "sessions", "accounts", "products",
        "companies", "halls",
    ):
        op.drop_table(table)


def _companies() -> None:
    op.create_table(
        "halls",
        sa.Column("number", sa.Integer(), autoincrement=False, primary_key=True),
        sa.Column("title", sa.String(80), nullable=False),
    )
    op.create_table(
        "companies",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("room", sa.String(64), nullable=False, unique=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("country", sa.String(80), nullable=False),
        sa.Column("city", sa.String(80), nullable=False),
        sa.Column("hall", sa.Integer(), sa.ForeignKey("halls.number"), nullable=False, index=True),
        sa.Column("stand", sa.String(20), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("languages", sa.String(200), nullable=False),
        sa.Column("accent", sa.String(20), nullable=False),
        sa.Column("portrait", sa.String(200), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
    )


def _products() -> None:
    op.create_table(
        "products",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("room", sa.String(64), sa.ForeignKey("companies.room"), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("price_from", sa.BigInteger()),  # ten-thousandths of the currency
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("minimum_order", sa.Integer()),
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("picture", sa.String(200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
    )
    op.create_index("ix_products_room_position", "products", ["room", "position"])


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("email", sa.String(254), nullable=False, unique=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("company", sa.String(80), nullable=False),
        sa.Column("room", sa.String(64), sa.ForeignKey("companies.room"), index=True),
        sa.Column("country", sa.String(80), nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("disabled_at", sa.Double()),
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("account", sa.String(64), sa.ForeignKey("accounts.id"), nullable=False, index=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
    )


def _stream_keys() -> None:
    op.create_table(
        "stream_keys",
        sa.Column("room", sa.String(64), sa.ForeignKey("companies.room"), primary_key=True),
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("created_by", sa.String(64), nullable=False),
    )


def _shows() -> None:
    op.create_table(
        "shows",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("room", sa.String(64), nullable=False, index=True),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("anchor", sa.String(80), nullable=False),
        sa.Column("started_at", sa.Double(), nullable=False),
        sa.Column("ended_at", sa.Double()),
    )


def _calls() -> None:
    op.create_table(
        "call_requests",
        sa.Column("id", sa.String(128), primary_key=True),
        sa.Column("room", sa.String(64), nullable=False),
        sa.Column("show", sa.String(64)),
        sa.Column("show_second", sa.Double()),
        sa.Column("product", sa.String(64)),
        sa.Column("buyer", sa.String(64), nullable=False, index=True),
        sa.Column("buyer_name", sa.String(80), nullable=False),
        sa.Column("buyer_company", sa.String(80), nullable=False),
        sa.Column("buyer_country", sa.String(80), nullable=False),
        sa.Column("buyer_language", sa.String(35), nullable=False),
        sa.Column("requested_at", sa.Double(), nullable=False),
        sa.Column("rings_until", sa.Double(), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("ended_at", sa.Double()),
        sa.Column("epoch", sa.Integer(), nullable=False),
    )
    op.create_index("ix_call_requests_room_requested_at", "call_requests", ["room", "requested_at"])
    op.create_table(
        "call_answers",
        sa.Column("call", sa.String(128), sa.ForeignKey("call_requests.id"), primary_key=True),
        sa.Column("account", sa.String(64), nullable=False, index=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("answered_at", sa.Double(), nullable=False),
    )

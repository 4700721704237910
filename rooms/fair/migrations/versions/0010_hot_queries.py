"""Indexes for what is asked each second, with each page, or while others wait to write."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INDEXES = (
    ("call_requests", ("outcome", "requested_at")), ("call_requests", ("ended_at",)),
    ("call_requests", ("requested_at",)), ("call_requests", ("room", "buyer", "requested_at")),
    ("announced_shows", ("state", "starts_at")), ("appointments", ("state", "hold_until")),
    ("sessions", ("expires_at",)),
)  # fmt: skip
CALLS_BACK = "ix_call_requests_room_about"


def upgrade() -> None:
    """Build them; that of calls back is small, for most calls are none."""
    for table, columns in INDEXES:
        op.create_index(_name(table, columns), table, list(columns))
    is_back = sa.text("about IS NOT NULL")
    op.create_index(
        CALLS_BACK, "call_requests", ["room", "about"], sqlite_where=is_back, postgresql_where=is_back
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_index(CALLS_BACK, "call_requests")
    for table, columns in reversed(INDEXES):
        op.drop_index(_name(table, columns), table)


def _name(table: str, columns: tuple[str, ...]) -> str:
    return f"ix_{table}_{'_'.join(columns)}"

"""An index on when accounts were disabled: each node asks for the newest of them each second."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build it."""
    op.create_index("ix_accounts_disabled_at", "accounts", ["disabled_at"])


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_accounts_disabled_at", "accounts")

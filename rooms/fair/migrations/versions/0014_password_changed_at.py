"""When an account got its password anew, indexed: each node asks for the newest of them each second."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the time; nobody's was renewed yet."""
    op.add_column("accounts", sa.Column("password_changed_at", sa.Double(), nullable=True))
    op.create_index("ix_accounts_password_changed_at", "accounts", ["password_changed_at"])


def downgrade() -> None:
    """Forget it."""
    op.drop_index("ix_accounts_password_changed_at", "accounts")
    op.drop_column("accounts", "password_changed_at")

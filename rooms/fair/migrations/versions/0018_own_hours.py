"""When each of the staff is there, where it is not whenever the stand is open."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the hours; nobody has said any yet."""
    op.add_column("roster", sa.Column("weekly", sa.Text(), nullable=True))


def downgrade() -> None:
    """Forget them."""
    op.drop_column("roster", "weekly")

"""When a product was taken off its shelf: what was said of it before still names it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the time; everything stays on its shelf."""
    op.add_column("products", sa.Column("taken_out_at", sa.Double(), nullable=True))


def downgrade() -> None:
    """Forget it."""
    op.drop_column("products", "taken_out_at")

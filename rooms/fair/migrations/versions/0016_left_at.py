"""When a company left the fair, indexed: each node asks for those that have, each second."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the time; nobody has left yet."""
    op.add_column("companies", sa.Column("left_at", sa.Double(), nullable=True))
    op.create_index("ix_companies_left_at", "companies", ["left_at"])


def downgrade() -> None:
    """Forget it."""
    op.drop_index("ix_companies_left_at", "companies")
    op.drop_column("companies", "left_at")

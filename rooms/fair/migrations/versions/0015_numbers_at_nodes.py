"""From which numbers on the node counts that a recording is at: each that takes it over begins further on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both; what is there was counted from the beginning."""
    for name in ("first_section", "first_segment"):
        op.add_column("recordings", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Take them away."""
    for name in ("first_section", "first_segment"):
        op.drop_column("recordings", name)

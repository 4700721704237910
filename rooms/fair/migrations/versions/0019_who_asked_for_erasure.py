"""Whose name an erasure took out of a thread: that of its buyer, as all did before, or one of the staff's."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; who asked before was the buyer."""
    op.add_column("erasures", sa.Column("side", sa.String(10), nullable=False, server_default="buyer"))
    op.add_column("erasures", sa.Column("account", sa.String(64), nullable=False, server_default=""))
    op.execute("UPDATE erasures SET account = buyer")


def downgrade() -> None:
    """Forget who asked, and those who were not the buyer: they would read as the buyer's wishes."""
    op.execute("DELETE FROM erasures WHERE side <> 'buyer'")
    op.drop_column("erasures", "account")
    op.drop_column("erasures", "side")

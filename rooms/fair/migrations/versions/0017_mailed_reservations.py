"""Reminders of announced shows by mail: who had theirs, by which clock, and until when a letter is of use.

Reservations of before have no zone, and are written to in that of the exhibitor.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; nobody was written to yet, and letters of before are of use while they are tried."""
    op.add_column("reservations", sa.Column("zone", sa.String(64), nullable=False, server_default=""))
    op.add_column("reservations", sa.Column("mailed_at", sa.Double(), nullable=True))
    op.add_column("outbox", sa.Column("useful_until", sa.Double(), nullable=True))


def downgrade() -> None:
    """Forget them."""
    op.drop_column("outbox", "useful_until")
    op.drop_column("reservations", "mailed_at")
    op.drop_column("reservations", "zone")

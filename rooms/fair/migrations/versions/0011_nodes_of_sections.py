"""The node that wrote each file of a recording: a show may go on at another one than it began at."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Say of what is there that the node wrote it which wrote its recording last."""
    node = sa.Column("node", sa.String(255), nullable=False, server_default="")
    op.add_column("recording_sections", node)
    op.create_index("ix_recording_sections_node", "recording_sections", ["node"])
    op.execute(
        "UPDATE recording_sections SET node ="
        " (SELECT recordings.node FROM recordings WHERE recordings.id = recording_sections.recording)"
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_recording_sections_node", "recording_sections")
    op.drop_column("recording_sections", "node")

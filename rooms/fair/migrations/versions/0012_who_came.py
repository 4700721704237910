"""When each of the two of a call first took their seat; calls of appointments get a kind of their own.

Of calls that were answered before, it is believed that both came: nothing says who did not.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

CAME = ("buyer_came_at", "staff_came_at")
NAME_APPOINTMENTS = """
UPDATE call_requests SET kind = 'appointment'
WHERE id IN (SELECT call FROM appointments WHERE call IS NOT NULL)
"""


def upgrade() -> None:
    """Add the columns, and name the calls of appointments what they are."""
    for name in CAME:
        op.add_column("call_answers", sa.Column(name, sa.Double))
    op.execute("UPDATE call_answers SET buyer_came_at = answered_at, staff_came_at = answered_at")
    op.execute(NAME_APPOINTMENTS)


def downgrade() -> None:
    """Take them away; the calls of appointments are requests again."""
    op.execute("UPDATE call_requests SET kind = 'request' WHERE kind = 'appointment'")
    for name in CAME:
        op.drop_column("call_answers", name)

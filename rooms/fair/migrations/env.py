"""Alembic's entry: run the migrations on the connection that `Database.migrate` hands over."""

from alembic import context

from rooms.fair import (  # noqa: F401 - they bring more tables along
    appointment_rows,
    asking_rows,
    audit_rows,
    callroom_models,
    offer_rows,
    outbox_rows,
    programme_rows,
    show_models,
)
from rooms.fair.models import Table

context.configure(connection=context.config.attributes["connection"], target_metadata=Table.metadata)
context.run_migrations()

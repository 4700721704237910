"""Alembic's entry: run the migrations on the connection that `Database.migrate` hands over."""

from alembic import context

from rooms.fair.models import Table

context.configure(connection=context.config.attributes["connection"], target_metadata=Table.metadata)
context.run_migrations()

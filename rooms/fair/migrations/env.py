"""Alembic's entry: run the migrations on the connection that `Database.migrate` hands over."""

from alembic import context

from rooms.fair.programme_rows import AnnouncedRow

context.configure(connection=context.config.attributes["connection"], target_metadata=AnnouncedRow.metadata)
context.run_migrations()

"""Which statements the stores of facts are sent, and how SQLite would go about them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, event

from rooms.fair.database import Database


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as the driver gets it."""

    text: str
    values: Any


@contextmanager
def noted() -> Iterator[list[Statement]]:
    """Note what any database is sent until the block ends; in SQLite also how transactions begin."""
    found: list[Statement] = []

    def note(_connection: Connection, _cursor: object, text: str, values: Any, *_rest: object) -> None:
        found.append(Statement(text, values))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def plan_of(database: Database, statement: Statement) -> list[str]:
    """Return the steps in which SQLite would go about a statement."""
    async with database.reading() as session:
        connection = await session.connection()
        rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement.text}", statement.values)
        return [str(row.detail) for row in rows]

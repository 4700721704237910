"""Which statements the stores of facts are sent, and how SQLite would go about them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, event


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

"""The SQL store of facts: SQLite in a file or PostgreSQL, migrated at start, one transaction a session."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from asyncpg import PostgresError
from sqlalchemy import Connection, event, inspect, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from config.errors import Busy, Conflict, Invalid
from rooms.fair.models import Table

WAIT_SECONDS = 5.0
MIGRATION_LOCK = 7_366_019  # any number, the same on every node
VERSION_TABLE = "alembic_version"
STORE_AWAY = (InterfaceError, InternalError, OperationalError, PoolTimeoutError, TimeoutError, OSError)
AWAY_STATES = ("08", "40", "53", "57")
"""Classes of SQLSTATE: the connection broke, another transaction stood in the way, there is no room, an
operator (or a crash) ended it."""
UNFIT_STATES = ("22",)
"""A text is too long, has a character that cannot be kept, or a number is too large."""

Row = TypeVar("Row", bound=Table)

PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # a fact that was answered for survives a power cut
    "PRAGMA foreign_keys = ON",
    f"PRAGMA busy_timeout = {int(WAIT_SECONDS * 1000)}",
)


class Database:
    """The facts at one SQLAlchemy URL (`sqlite+aiosqlite` or `postgresql+asyncpg`); `close` it at the end."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._engine = _engine(url)
        self._line = asyncio.Lock() if self._engine.dialect.name == "sqlite" else None
        self._reading = async_sessionmaker(_of_one_moment(self._engine), expire_on_commit=False)
        self._writing = async_sessionmaker(
            self._engine.execution_options(writes=True), expire_on_commit=False
        )

    async def migrate(self) -> None:
        """Bring the tables to the newest version.

        `Busy` says which database cannot be used and why, `Conflict` that a newer program has made it.
        """
        with _named(self._url):
            await asyncio.to_thread(_migrate, self._url)

    async def is_there(self) -> bool:
        """Tell whether there is a database with the tables of a fair, and make none; raises as `migrate`."""
        url = make_url(self._url)
        is_file = url.get_backend_name() == "sqlite"
        if is_file and not await asyncio.to_thread(Path(url.database or "").is_file):
            return False  # connecting would make it
        with _named(self._url):
            async with self._reading.begin() as session:
                connection = await session.connection()
                return await connection.run_sync(lambda it: inspect(it).has_table(VERSION_TABLE))

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """Give a transaction that may write: committed at the end of the block, undone by an exception.

        SQLite lets one writer in at a time; in PostgreSQL a row to be changed must be read `with_for_update`.
        """
        with _busy_when_away():
            async with _turn(self._line), self._writing.begin() as session:
                yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """Give a transaction that only reads, and all of it as of one moment; it never waits for a writer."""
        with _busy_when_away():
            async with self._reading.begin() as session:
                yield session

    async def ping(self) -> None:
        """Raise `Busy` unless the database answers."""
        async with self.reading() as session:
            await session.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Close all connections."""
        await self._engine.dispose()


@asynccontextmanager
async def _turn(line: asyncio.Lock | None) -> AsyncIterator[None]:
    """Let who came first write first: SQLite has them look again now and then, some each time too late."""
    if line is None:
        yield
        return
    async with asyncio.timeout(WAIT_SECONDS):
        await line.acquire()
    try:
        yield
    finally:
        line.release()


def where(url: str) -> str:
    """Return how people are told of a database: its file, or its URL without what is secret."""
    parts = make_url(url)
    if parts.get_backend_name() == "sqlite":
        return parts.database or url
    return parts.set(query={}).render_as_string()


async def insert_once(session: AsyncSession, table: type[Table], values: dict[str, Any]) -> bool:
    """Insert a row unless one with its key is there; return whether this call did it, and nobody before."""
    row = _insert(session, table, values).on_conflict_do_nothing()
    done = await session.execute(row.returning(*inspect(table).primary_key))
    return done.first() is not None


async def insert_or_find(session: AsyncSession, table: type[Row], values: dict[str, Any]) -> Row | None:
    """Insert a row and return None, or return the one with its key that was there before.

    One that somebody takes out at this moment was not.
    """
    keys = tuple(values[key.name] for key in inspect(table).primary_key)
    while not await insert_once(session, table, values):
        row = await session.get(table, keys, populate_existing=True)
        if row is not None:
            return row
    return None


async def insert_or_change(session: AsyncSession, table: type[Table], values: dict[str, Any]) -> None:
    """Insert a row, or give the one with its key these values; of several at once the last one holds."""
    row, keys = _insert(session, table, values), inspect(table).primary_key
    new = {name: row.excluded[name] for name in values.keys() - {key.name for key in keys}}
    await session.execute(row.on_conflict_do_update(index_elements=keys, set_=new))


def _insert(session: AsyncSession, table: type[Table], values: dict[str, Any]) -> Any:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return insert(table).values(values)


@contextmanager
def _busy_when_away() -> Any:
    try:
        yield
    except STORE_AWAY as error:
        raise _away() from error
    except DBAPIError as error:
        state = str(getattr(error.orig, "sqlstate", None) or "")
        if state.startswith(UNFIT_STATES):
            message = (
                "Something here is too long or too large to be kept, or has a character that cannot be."
                " Please correct it."
            )
            raise Invalid(message, code="malformed") from None  # its words repeat what was to be kept
        if not (error.connection_invalidated or state.startswith(AWAY_STATES)):
            raise
        raise _away() from error


@contextmanager
def _named(url: str) -> Any:
    """Say to an operator, who starts something, which database cannot be used, and why."""
    try:
        yield
    except CommandError as error:
        raise Conflict(
            f"{where(url)} was made by a newer version of this program: run that one, or give back a copy"
            " of before"
        ) from error
    except (*STORE_AWAY, DBAPIError, PostgresError, sqlite3.Error) as error:
        reason = str(getattr(error, "orig", None) or error) or type(error).__name__
        raise Busy(f"{where(url)} cannot be used: {reason.splitlines()[0]}", code="store_away") from error


def _away() -> Busy:
    message = "The fair's records cannot be reached; try again in a moment."
    return Busy(message, code="store_away")


def _engine(url: str, command_seconds: float | None = WAIT_SECONDS) -> AsyncEngine:
    """Return the engine; its errors, which may be logged, do not repeat what a statement was given."""
    if make_url(url).get_backend_name() != "sqlite":
        return create_async_engine(
            url, pool_pre_ping=True, pool_size=10, pool_timeout=WAIT_SECONDS, hide_parameters=True,
            connect_args={"timeout": WAIT_SECONDS, "command_timeout": command_seconds},
        )
    engine = create_async_engine(url, pool_timeout=WAIT_SECONDS, hide_parameters=True)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _of_one_moment(engine: AsyncEngine) -> AsyncEngine:
    """Return the engine for transactions that see nothing of what is committed after their first question.

    Those of SQLite are so anyhow. In PostgreSQL they fail only where they write, which none of these does.
    """
    is_sqlite = engine.dialect.name == "sqlite"
    return engine if is_sqlite else engine.execution_options(isolation_level="REPEATABLE READ")


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver must not begin transactions on its own, _begin_sqlite does
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once where writing is meant: a late upgrade would fail instead of wait."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _migrate(url: str) -> None:
    """Run Alembic in a loop of its own, because it is synchronous and this runs in a thread."""
    parts = make_url(url)
    if parts.get_backend_name() == "sqlite":  # when it cannot be opened aiosqlite's thread outlives the loop
        sqlite3.connect(parts.database or "").close()
    asyncio.run(_upgrade(url))


async def _upgrade(url: str) -> None:
    engine = _engine(url, command_seconds=None)  # an index of a large table takes as long as it takes
    try:
        async with engine.execution_options(writes=True).begin() as connection:
            await connection.run_sync(_upgrade_on)
    finally:
        await engine.dispose()


def _upgrade_on(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    command.upgrade(config, "head")

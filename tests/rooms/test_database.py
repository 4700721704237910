"""The database: its migrations build what the models say, its transactions hold, its absence is `Busy`."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, func, insert, select, text
from sqlalchemy.exc import IntegrityError

from config.errors import Busy
from rooms.fair.database import Database
from rooms.fair.models import HallRow, Table
from tests.rooms.offers.postgres import IS_INSTALLED, TEMPLATE, new_database


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Table.metadata))


async def test_migrations_build_what_the_models_say(any_database: Database) -> None:
    async with any_database.session() as session:
        connection = await session.connection()
        assert await connection.run_sync(differences) == []


async def test_migrating_twice_keeps_what_is_there(database: Database) -> None:
    async with database.session() as session:
        session.add(HallRow(number=1, title="Furniture"))
    await database.migrate()
    async with database.reading() as session:
        assert await session.scalar(select(HallRow.title)) == "Furniture"


async def test_an_exception_undoes_the_transaction(database: Database) -> None:
    async def fail_halfway() -> None:
        async with database.session() as session:
            session.add(HallRow(number=1, title="Furniture"))
            await session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_halfway()
    async with database.reading() as session:
        assert await session.scalar(select(func.count(HallRow.number))) == 0


async def test_who_reads_sees_one_moment(any_database: Database) -> None:
    """What is read in several questions belongs together, whoever writes meanwhile."""
    numbers = select(HallRow.number)
    async with any_database.reading() as session:
        before = (await session.scalars(numbers)).all()
        async with any_database.session() as other:
            other.add(HallRow(number=1, title="Furniture"))
        assert (await session.scalars(numbers)).all() == before == []
    async with any_database.reading() as session:
        assert (await session.scalars(numbers)).all() == [1]


async def test_an_error_does_not_repeat_what_was_to_be_written(any_database: Database) -> None:
    """It may land in a log, and what it was given are people's addresses and hashes of passwords."""
    rows = [{"number": 1, "title": title} for title in ("b@shop.example", "c@shop.example")]
    with pytest.raises(IntegrityError) as error:
        async with any_database.session() as session:
            await session.execute(insert(HallRow), rows)
    assert "shop.example" not in str(error.value)


async def test_writers_to_a_file_wait_for_each_other(database: Database) -> None:
    """Read, then write, in twenty transactions at once: nobody meets a locked database, no step is lost."""
    async with database.session() as session:
        session.add(HallRow(number=1, title="0"))

    async def step() -> None:
        async with database.session() as session:
            hall = await session.get_one(HallRow, 1)
            hall.title = str(int(hall.title) + 1)

    await asyncio.gather(*(step() for _ in range(20)))
    async with database.reading() as session:
        assert await session.scalar(select(HallRow.title)) == "20"


async def test_a_database_that_is_away_is_busy(tmp_path: Path) -> None:
    database = Database("postgresql+asyncpg://fair@127.0.0.1:1/fair")
    with pytest.raises(Busy) as refusal:
        await database.ping()
    assert refusal.value.code == "store_away"
    with pytest.raises(Busy):
        await database.migrate()
    await database.close()


@pytest.mark.skipif(not IS_INSTALLED, reason="there is no PostgreSQL here")
async def test_a_server_that_ends_our_connection_in_the_middle_is_busy(postgres_url: str) -> None:
    """As when it shuts down or crashes: it says so in classes of its own (57P01, 57P02)."""
    database = Database(await new_database(postgres_url, "ended", TEMPLATE))

    async def work() -> None:
        async with database.session() as session:
            number = await session.scalar(text("SELECT pg_backend_pid()"))
            async with database.reading() as other:
                await other.execute(text("SELECT pg_terminate_backend(:number)"), {"number": number})
            await session.execute(text("SELECT 1"))

    with pytest.raises(Busy) as refusal:
        await work()
    assert refusal.value.code == "store_away"
    await database.ping()
    await database.close()

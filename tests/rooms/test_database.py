"""The database: its migrations build what the models say, its transactions hold, its absence is `Busy`."""

from __future__ import annotations

import asyncio
import inspect
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, func, insert, select, text
from sqlalchemy.exc import IntegrityError

from config.errors import Busy, Conflict, Invalid
from rooms.fair.database import MIGRATION_LOCK, WAIT_SECONDS, Database
from rooms.fair.models import HallRow, Table
from rooms.fair.offer_rows import ErasureRow
from tests.databases import empty_in
from tests.rooms.offers.postgres import IS_INSTALLED, TEMPLATE, new_database

WRITERS = 40


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


async def test_writers_to_a_file_wait_for_each_other(file_database: Database) -> None:
    """Read, then write, in twenty transactions at once: nobody meets a locked database, no step is lost."""
    async with file_database.session() as session:
        session.add(HallRow(number=1, title="0"))

    async def step() -> None:
        async with file_database.session() as session:
            hall = await session.get_one(HallRow, 1)
            hall.title = str(int(hall.title) + 1)

    await asyncio.gather(*(step() for _ in range(20)))
    async with file_database.reading() as session:
        assert await session.scalar(select(HallRow.title)) == "20"


async def test_writers_to_a_file_come_in_the_order_they_came(file_database: Database) -> None:
    """However many there are, and nobody who only reads waits for them."""
    came: list[int] = []

    async def write(number: int) -> None:
        async with file_database.session() as session:
            session.add(HallRow(number=number, title="Hall"))
            await session.flush()
            came.append(number)

    async with file_database.session() as first:
        await first.execute(text("SELECT 1"))
        crowd = [asyncio.create_task(write(number)) for number in range(WRITERS)]
        await asyncio.sleep(0)
        async with asyncio.timeout(WAIT_SECONDS), file_database.reading() as session:
            assert await session.scalar(select(func.count()).select_from(HallRow)) == 0
        assert came == []
    await asyncio.gather(*crowd)
    assert came == list(range(WRITERS))


async def test_a_database_that_is_away_is_busy(tmp_path: Path) -> None:
    database = Database("postgresql+asyncpg://fair@127.0.0.1:1/fair")
    with pytest.raises(Busy) as refusal:
        await database.ping()
    assert refusal.value.code == "store_away"
    with pytest.raises(Busy):
        await database.migrate()
    await database.close()


@pytest.mark.parametrize(
    ("url", "named", "reason"),
    [
        ("sqlite+aiosqlite:///{}/none/fair.sqlite3", "{}/none/fair.sqlite3", "unable to open database file"),
        ("sqlite+aiosqlite:///{}/text", "{}/text", "file is not a database"),
        ("postgresql+asyncpg://fair:hunter2@127.0.0.1:1/fair?timeout=2&password=hunter2",
         "postgresql+asyncpg://fair:***@127.0.0.1:1/fair", "Connect call failed"),
    ],
)
async def test_a_database_that_cannot_be_used_is_named_with_the_reason(
    tmp_path: Path, url: str, named: str, reason: str
) -> None:
    """Its password is not."""
    (tmp_path / "text").write_text("not a database at all\n" * 9)
    database = Database(url.format(tmp_path))
    with pytest.raises(Busy) as refusal:
        await database.migrate()
    assert refusal.value.message.startswith(f"{named.format(tmp_path)} cannot be used: ")
    assert reason in refusal.value.message
    assert "hunter2" not in refusal.value.message
    await database.close()


async def test_a_file_that_is_no_database_has_no_fair_in_it(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("not a database at all\n" * 9)
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/text")
    with pytest.raises(Busy, match="file is not a database"):
        await database.is_there()
    await database.close()


@pytest.mark.skipif(not IS_INSTALLED, reason="there is no PostgreSQL here")
async def test_a_database_that_the_server_does_not_have_is_named(postgres_url: str) -> None:
    database = Database(f"{postgres_url}no-such")
    with pytest.raises(Busy, match=r"/no-such cannot be used: .*does not exist"):
        await database.migrate()
    await database.close()


async def test_a_database_of_a_newer_program_is_refused_by_name(any_database: Database) -> None:
    """Nothing of it is changed."""
    async with any_database.session() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Conflict, match="was made by a newer version of this program"):
        await any_database.migrate()
    async with any_database.reading() as session:
        assert await session.scalar(text("SELECT version_num FROM alembic_version")) == "9999"


async def test_erasures_of_before_were_the_buyers_wish(any_database: Database) -> None:
    wish = "INSERT INTO erasures (id, room, buyer, asked_at_ms, done_at_ms) VALUES ('e', 'oak', 'ama', 1, 2)"
    async with any_database.session() as session:
        await (await session.connection()).run_sync(as_before, "0019")
        await session.execute(text(wish))
    await any_database.migrate()
    async with any_database.reading() as session:
        (row,) = await session.scalars(select(ErasureRow))
    assert (row.side, row.account, row.done_at_ms) == ("buyer", "ama", 2)


def as_before(connection: Connection, revision: str) -> None:
    """Bring a database back to where it was before a migration."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(inspect.getfile(Database)).parent / "migrations"))
    command.downgrade(config, f"{revision}-1")


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


@pytest.mark.skipif(not IS_INSTALLED, reason="there is no PostgreSQL here")
async def test_a_node_waits_for_another_that_brings_the_tables_up_to_date(postgres_url: str) -> None:
    """An index of a large table may take minutes: longer than anybody waits for an answer."""
    async with empty_in(postgres_url) as url:
        database = Database(url)
        async with database.session() as session:
            await session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
            migrating = asyncio.create_task(database.migrate())
            done, _ = await asyncio.wait([migrating], timeout=WAIT_SECONDS + 1)
        assert not done
        await migrating
        await database.close()


@pytest.mark.parametrize(
    "values", [{"number": 2**40, "title": "Light"}, {"number": 1, "title": "L" * 200},
               {"number": 1, "title": "Li\0ght"}]
)  # fmt: skip
async def test_what_cannot_be_kept_is_refused_and_not_repeated(
    any_database: Database, values: dict[str, Any]
) -> None:
    """SQLite keeps whatever it is given."""
    try:
        async with any_database.session() as session:
            session.add(HallRow(**values))
    except Invalid as refusal:
        assert refusal.code == "malformed"
        assert refusal.__cause__ is None
        assert refusal.__suppress_context__
    async with any_database.reading() as session:
        kept = await session.execute(select(HallRow.number, HallRow.title))
        assert [it._asdict() for it in kept] in ([values], [])

"""What every test may ask for: a real Valkey, a client of it, a migrated database, settings of its own."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import pytest_asyncio
from redis.asyncio import Redis
from xdist.scheduler import LoadScopeScheduling

from config.settings import Settings, load_settings
from media.compiled import is_installed
from media.precompiled import is_built
from rooms.fair.database import Database
from rooms.live.redis_store import connect
from showroom.embedded import EmbeddedValkey
from tests.databases import close_server, empty_database, open_server
from tests.rooms.offers.postgres import Server
from tests.showroom import drawings

collect_ignore = [
    *([] if is_installed() else ["media/test_compiled.py", "media/test_opener.py", "load/test_fanout.py"]),
    *([] if is_built() else ["media/test_precompiled.py"]),
]
"""What is compiled is an option; where there is no compiler there is none to test."""
JOURNEYS = "tests/journeys/"
DATABASES = pytest.StashKey[Server | None]()
TIMEOUT_SECONDS = 5.0
"""Far above the server's own, because a busy test machine is no fault."""


def pytest_configure(config: pytest.Config) -> None:
    """Make room for what the processes of this run share; what an example takes is no finding."""
    hypothesis.settings.register_profile("untimed", deadline=None)
    hypothesis.settings.load_profile("untimed")
    if not hasattr(config, "workerinput"):
        drawings.open_folder()
        config.stash[DATABASES] = open_server()
        config.pluginmanager.register(Telling(config))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind."""
    if not hasattr(config, "workerinput"):
        if server := config.stash.get(DATABASES, None):
            close_server(server)
        drawings.close_folder()


class Telling:
    """Says at once which test failed: a run that is stopped before its end would not say it."""

    def __init__(self, config: pytest.Config) -> None:
        self._plugins = config.pluginmanager

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        terminal = self._plugins.getplugin("terminalreporter")
        if report.failed and terminal is not None:
            terminal.write_line(f"\n{report.when} of {report.nodeid} failed: {_reason(report)}")


def _reason(report: pytest.TestReport) -> str:
    crash = getattr(report.longrepr, "reprcrash", None)
    return str(getattr(crash, "message", report.longreprtext)).strip()[:400]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let whoever runs the tests ask for all of them."""
    parser.addoption("--long", action="store_true", help="run what takes long, too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what takes long unless it is asked for; begin with the journeys, which take longest."""
    long = [item for item in items if item.get_closest_marker("long") and not config.getoption("--long")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in set(long)]
    items.sort(key=lambda item: not item.nodeid.startswith(JOURNEYS))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Share the tests between processes."""
    return Sharing(config, log)


class Sharing(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Keeps together the journeys, which have one fair and one browser, and elsewhere each file."""

    def _split_scope(self, nodeid: str) -> str:
        return JOURNEYS if nodeid.startswith(JOURNEYS) else nodeid.partition("::")[0]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def valkey_url(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The URL of a real Valkey that runs as long as the tests do."""
    server = EmbeddedValkey(tmp_path_factory.mktemp("valkey"))
    yield await server.start()
    await server.stop()


@pytest_asyncio.fixture
async def redis(valkey_url: str) -> AsyncIterator[Redis]:
    """A client of an empty store."""
    client = connect(valkey_url, TIMEOUT_SECONDS)
    await client.flushall()
    yield client
    await client.aclose()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite file at the newest version, to be copied."""
    path = tmp_path_factory.mktemp("database") / "fair.sqlite3"
    database = Database(f"sqlite+aiosqlite:///{path}")
    await database.migrate()
    await database.close()
    return path


@pytest_asyncio.fixture
async def database_url(tmp_path: Path, migrated_file: Path) -> AsyncIterator[str]:
    """Where the database of a test is, for those who connect to it a second time."""
    async with empty_database(tmp_path, migrated_file) as url:
        yield url


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A database of its own, migrated to the newest version; SQLite unless the run is on PostgreSQL."""
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with free ports and a data folder that is thrown away."""
    folder = str(tmp_path / "data")
    free = {"SHOWROOM_HTTP_PORT": "0", "SHOWROOM_ICE_PORT": "0"}
    return load_settings(None, free | {"SHOWROOM_DATA_FOLDER": folder})


@pytest.fixture
def garbage_passed_over() -> Iterator[None]:
    """As the server does at its start: what is there is not looked through for garbage again."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()

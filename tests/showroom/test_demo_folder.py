"""The demo keeps off a real fair: its accounts, whose password everybody knows, get into none."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.settings import Settings, load_settings
from rooms.fair.policy import Role
from showroom.errands import NewAccount, add_account
from showroom.importing import import_catalogue
from tests.showroom.server import environment
from tests.showroom.test_commands import run
from tests.showroom.test_importing import EXAMPLE


@pytest.mark.parametrize("what", ["organiser", "buyer", "company"])
async def test_demo_refuses_the_folder_of_a_real_fair(tmp_path: Path, what: str) -> None:
    environ = environment(tmp_path)
    await _begin(load_settings(environ=environ), what)
    done = run(environ, "demo", "--small", "--no-shows")
    assert done.returncode == 1
    assert "SHOWROOM_DATA_FOLDER" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (Path(environ["SHOWROOM_DATA_FOLDER"]) / "pictures").exists()


async def _begin(settings: Settings, what: str) -> None:
    if what == "company":
        await import_catalogue(settings, EXAMPLE, only_check=False)
        return
    role = Role(what)
    await add_account(settings, NewAccount(role, "olga@fair.example", "Olga", "", "", "a long enough word"))

"""The demo keeps off a real fair: its accounts, whose password everybody knows, get into none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from config.ids import RoomId
from config.settings import Settings, load_settings
from rooms.fair.policy import Role
from rooms.fair.products import Products
from showroom.demo.catalogue import ON_AIR
from showroom.errands import NewAccount, add_account, database_of
from showroom.importing import import_catalogue
from tests.showroom.server import environment, running_server
from tests.showroom.test_commands import run
from tests.showroom.test_importing import EXAMPLE


@pytest.mark.long
async def test_demo_opens_again_after_products_and_exhibitors_were_taken_out(tmp_path: Path) -> None:
    """They stay out; it ended at its next start with the word that there was such a product already."""
    async with running_server(tmp_path, "demo", "--no-shows", "--small"):
        pass
    settings, room = load_settings(environ=environment(tmp_path)), ON_AIR[0]
    async with database_of(settings) as database:
        (first, *_) = await Products(database).of_room(RoomId(room))
        await Products(database).change(replace(first, taken_out_at=1.0))
    (tmp_path / "out.toml").write_text(f'[[companies]]\nroom = "{room}"\nhas_left = true\n')
    await import_catalogue(settings, tmp_path / "out.toml", only_check=False)
    async with running_server(tmp_path, "demo", "--small") as server, aiohttp.ClientSession() as client:
        async with client.get(f"{server.base_url}/rooms/{room}") as answer:
            assert answer.status == 410
        async with client.get(f"{server.base_url}/rooms/{ON_AIR[1]}") as answer:
            assert answer.status == 200


@pytest.mark.parametrize("what", ["organiser", "buyer", "company", "company that left"])
async def test_demo_refuses_the_folder_of_a_real_fair(tmp_path: Path, what: str) -> None:
    environ = environment(tmp_path)
    await _begin(load_settings(environ=environ), what)
    done = run(environ, "demo", "--small", "--no-shows")
    assert done.returncode == 1
    assert "SHOWROOM_DATA_FOLDER" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (Path(environ["SHOWROOM_DATA_FOLDER"]) / "pictures").exists()


async def _begin(settings: Settings, what: str) -> None:
    if what.startswith("company"):
        await import_catalogue(settings, EXAMPLE, only_check=False)
        if what == "company that left":
            await import_catalogue(settings, _all_gone(settings.data.folder), only_check=False)
        return
    role = Role(what)
    await add_account(settings, NewAccount(role, "olga@fair.example", "Olga", "", "", "a long enough word"))


def _all_gone(folder: Path) -> Path:
    """Return a file that takes all of the example out."""
    rooms = "north-lamps", "moor-seating"
    path = folder.parent / "out.toml"
    path.write_text("".join(f'[[companies]]\nroom = "{room}"\nhas_left = true\n' for room in rooms))
    return path

"""Files that no record names go, in time; whatever is named, young or not the fair's stays."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from config.counters import Counters
from config.ids import CallId, ProductId
from config.settings import Settings
from rooms.fair import pictures
from rooms.fair.callroom_models import CallFileRow
from rooms.fair.companies import Companies
from rooms.fair.database import Database
from rooms.fair.pictures import Pictures
from rooms.fair.products import Product, Products
from showroom import data_folder
from showroom import sweeping as assembly
from showroom.app import open_fair
from showroom.shelf import DiskShelf
from showroom.sweeping import sweeping
from signaling import sweeping as errand
from tests.rooms.fair_facts import OAK, furnish
from tests.web.conftest import settings_for

HOUR = 3600.0


class Swept:
    """A data folder with its records, and the errand."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.database = database
        self.counters = Counters(CollectorRegistry())
        self.pictures = settings.data.folder / pictures.FOLDER
        self.call_files = settings.data.folder / data_folder.CALL_FILES
        self.sweep: Callable[[], Awaitable[object]] = sweeping(settings, database, (), self.counters).work

    async def picture(self, mark: bytes, hours: float = 2.0) -> str:
        """Keep a picture that was sent so long ago, and return its name."""
        name = await Pictures(self.pictures).keep(b"\x89PNG\r\n\x1a\n" + mark)
        aged(self.pictures / name, hours)
        return name

    def put(self, path: Path, hours: float = 2.0) -> Path:
        """Leave any file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"left behind")
        return aged(path, hours)

    def swept(self, kind: str) -> float:
        return self.counters.registry.get_sample_value("showroom_swept_files_total", {"kind": kind}) or 0.0


def aged(path: Path, hours: float) -> Path:
    """Have a file written last so long ago."""
    then = time.time() - hours * HOUR
    os.utime(path, (then, then), follow_symlinks=False)
    return path


@pytest.fixture
async def fair(settings: Settings, database: Database) -> Swept:
    await furnish(database)
    return Swept(settings, database)


def product(name: str, picture: str) -> Product:
    return Product(ProductId(name), OAK, name.title(), "", Decimal(1), "EUR", None, "piece", picture, 1)


async def test_a_picture_that_was_replaced_goes_and_all_that_are_shown_stay(fair: Swept) -> None:
    """Also that of a product that was taken out: negotiations and replays show it yet."""
    companies, products = Companies(fair.database), Products(fair.database)
    chair, table, stand, old = [await fair.picture(mark) for mark in (b"chair", b"table", b"stand", b"old")]
    await companies.change(replace(await companies.by_room(OAK), portrait=stand))
    await products.add(product("chair", old))
    await products.add(replace(product("table", table), taken_out_at=1.0))
    await fair.sweep()
    await products.change(replace(await products.get(ProductId("chair")), picture=chair))
    await fair.sweep()
    assert (fair.pictures / old).exists(), "pages that are open show it yet"
    await fair.sweep()
    assert sorted(path.name for path in fair.pictures.iterdir()) == sorted((chair, table, stand))
    assert fair.swept("picture") == 1


async def test_a_picture_that_is_shown_again_stays(fair: Swept) -> None:
    products = Products(fair.database)
    chair, other = await fair.picture(b"chair"), await fair.picture(b"other")
    await products.add(product("chair", chair))
    await fair.sweep()
    await products.change(replace(await products.get(ProductId("chair")), picture=other))
    await fair.sweep()
    assert (fair.pictures / other).exists()
    assert (fair.pictures / chair).exists()
    await products.change(replace(await products.get(ProductId("chair")), picture=chair))
    for _ in range(3):
        await fair.sweep()
    assert [path.name for path in fair.pictures.iterdir()] == [chair]


async def test_what_is_young_or_not_the_fairs_stays(fair: Swept, tmp_path: Path) -> None:
    """An upload that is under way, what the demo drew or an operator put there, and what a link leads to."""
    await Products(fair.database).add(product("chair", await fair.picture(b"chair")))
    outside = fair.put(tmp_path / "outside.png")
    link = fair.pictures / ("a" * 32 + ".png")
    link.symlink_to(outside)
    young = fair.pictures / await fair.picture(b"young", hours=0.5)
    kept = [
        young, fair.put(fair.pictures / "half.new", hours=0.5),
        fair.put(fair.pictures / "windsor-chair.webp"), fair.put(fair.pictures / "README.txt"),
        fair.put(fair.pictures / "old" / ("b" * 32 + ".png")), aged(link, 2.0), outside,
    ]
    gone = fair.put(fair.pictures / "torn.new")
    for _ in range(3):
        await fair.sweep()
    assert [path for path in kept if not path.exists()] == []
    assert not gone.exists()


async def test_files_of_calls_that_were_never_noted_go(fair: Swept) -> None:
    shelf = DiskShelf(fair.call_files)
    for name in ("noted", "forgotten", "young"):
        await shelf.put(name, b"%PDF-")
        aged(fair.call_files / name[:2] / name, 0.5 if name == "young" else 2.0)
    torn = fair.put(fair.call_files / "to" / "torn.part")
    async with fair.database.session() as session:
        session.add(CallFileRow(
            id="noted", call=CallId("call-1"), name="a.pdf", kind="pdf", size=5, sha256="", sent_by="buyer-1",
            sent_by_name="Buyer", sent_at=1.0))
    for _ in range(2):
        await fair.sweep()
    left = sorted(path.name for path in fair.call_files.rglob("*") if path.is_file())
    assert left == ["noted", "young"]
    assert not torn.exists()
    assert fair.swept("call_file") == 2


async def test_nothing_goes_where_the_records_are_those_of_another_fair(
    fair: Swept, caplog: pytest.LogCaptureFixture
) -> None:
    """Somebody has started the server with a database that is empty, or not the one of this folder."""
    shelf = DiskShelf(fair.call_files)
    for number in range(9):
        await fair.picture(bytes([number]))
        await shelf.put(f"file-{number}", b"%PDF-")
        aged(fair.call_files / "fi" / f"file-{number}", 2.0)
    for _ in range(3):
        await fair.sweep()
    assert len([*fair.pictures.iterdir()]) == len([*fair.call_files.rglob("file-*")]) == 9
    assert "no record names any of these files" in caplog.text


async def test_a_folder_that_is_not_there_holds_nothing_up(fair: Swept) -> None:
    torn = fair.put(fair.call_files / "to" / "torn.part")
    assert not fair.pictures.exists()
    for _ in range(2):
        await fair.sweep()
    assert not torn.exists()


async def test_the_server_does_this_by_itself(
    tmp_path: Path, valkey_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (errand, assembly):
        monkeypatch.setattr(module, "SWEEP_SECONDS", 0.2)
    settings = settings_for(tmp_path / "data", valkey_url)
    torn = tmp_path / "data" / pictures.FOLDER / "torn.new"
    torn.parent.mkdir(parents=True)
    torn.write_bytes(b"half")
    async with open_fair(settings), asyncio.timeout(60):
        while torn.exists():
            await asyncio.sleep(0.05)

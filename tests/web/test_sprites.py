"""The seek bar's pictures by HTTP: what is there, where, and for how long it stays the same."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path

import pytest

from config.ids import AccountId, RoomId, ShowId
from media.recording.sprites import Sprite
from rooms.fair.policy import Actor, Role
from rooms.fair.recording import Access
from rooms.live.shows import Show, ShowState
from tests.web.conftest import LUMEN, OpenFair
from tests.web.on_air import on_air, until
from tests.web.visitor import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def recorded(fair: OpenFair, show: str, count: int) -> Path:
    """Put a show into the log and the files of its sprites into the folder."""
    running = Show(ShowId(show), RoomId(LUMEN), ShowState.LIVE, "", time.time(), None, None, 1)
    await fair.parts.show_log.begin(running)
    folder = fair.parts.settings.data.folder / "recordings" / show
    folder.mkdir(parents=True)
    sprite = Sprite(10.0, 10, 10, 160, 90, count)
    (folder / "sprite.json").write_text(json.dumps(asdict(sprite)))
    for number in range(sprite.sheets):
        (folder / f"sprite-{number}.jpg").write_bytes(b"\xff\xd8 sheet %d" % number)
    return folder


async def test_sheets_that_are_full_are_cached_for_ever(fair: OpenFair, guest: Visitor) -> None:
    await recorded(fair, "sprites-1", 130)
    index = await guest.get("/shows/sprites-1/sprite.json")
    assert index.json == {
        "interval": 10.0, "columns": 10, "rows": 10, "width": 160, "height": 90, "count": 130,
        "urls": ["/shows/sprites-1/sprite-0.jpg", "/shows/sprites-1/sprite-1.jpg?tiles=130"],
    }
    full, growing = [await guest.get(url) for url in index.json["urls"]]
    assert (full.status, full.headers["Content-Type"]) == (200, "image/jpeg")
    assert "immutable" in full.headers["Cache-Control"]
    assert growing.headers["Cache-Control"] == "private, max-age=10"


async def test_what_is_not_there_is_missing(fair: OpenFair, guest: Visitor) -> None:
    folder = await recorded(fair, "sprites-2", 5)
    for path in ("sprite-1.jpg", "sprite-0.png", "sprite-00000.jpg", "sprite-.jpg", "../sprites-2/sprite.js"):
        assert (await guest.get(f"/shows/sprites-2/{path}")).status == 404
    for show in ("nobody", "..", "%2e%2e"):
        assert (await guest.get(f"/shows/{show}/sprite.json")).status == 404
    (folder / "sprite.json").write_text('{"count": "many"}')
    assert (await guest.get("/shows/sprites-2/sprite.json")).status == 404


async def test_a_show_is_pictured_while_it_is_recorded_until_its_recording_is_deleted(
    fair: OpenFair, guest: Visitor, staff: Visitor, tmp_path: Path
) -> None:
    async with on_air(fair, RoomId(LUMEN), tmp_path):
        show = await fair.parts.shows.get(RoomId(LUMEN))
        assert show is not None
        address = f"/shows/{show.id}/sprite.json"
        await until(lambda: is_there(guest, address))
        index = (await guest.get(address)).json
        assert index["count"] >= 1
        assert (await guest.get(index["urls"][0])).body.startswith(b"\xff\xd8")
    folder = fair.parts.settings.data.folder / "recordings" / show.id
    await until(lambda: is_over(fair, show.id))
    assert (folder / "sprite-0.jpg").exists()
    token = (await staff.get("/nowhere")).token
    gone = await staff.ask("DELETE", f"/api/recordings/{show.id}", headers={"X-CSRF-Token": token})
    assert (gone.status, folder.exists()) == (200, False), "at once, with everything in it"
    assert (await guest.get(address)).status == 404


async def is_there(somebody: Visitor, address: str) -> bool:
    return (await somebody.get(address)).status == 200


async def is_over(fair: OpenFair, recording: str) -> bool:
    return not (await fair.parts.recordings.get(recording)).is_running


async def test_pictures_are_for_those_who_may_watch(fair: OpenFair, guest: Visitor, buyer: Visitor) -> None:
    await recorded(fair, "sprites-3", 5)
    await fair.parts.recordings.begin("sprites-3", RoomId(LUMEN), time.time(), "elsewhere")
    keeper = Actor(AccountId("keeper"), Role.STAFF, "Keeper", "", RoomId(LUMEN))
    await fair.parts.recordings.set_access(keeper, "sprites-3", Access.SIGNED_IN)
    for path in ("sprite.json", "sprite-0.jpg"):
        for who, status in ((guest, 401), (buyer, 200)):
            assert (await who.get(f"/shows/sprites-3/{path}")).status == status

"""The seek bar's pictures by HTTP: what is there, where, and for how long it stays the same."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path

import pytest

from config.ids import RoomId, ShowId
from media.recording.sprites import Sprite
from rooms.live.shows import Show, ShowState
from tests.web.conftest import LUMEN, OpenFair
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

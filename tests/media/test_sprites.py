"""The seek bar's pictures: each second's tile in its place, whole files, and no gap over a restart."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image

from media.keyframes import Keyframe
from media.recording.sprites import Sprites, read_sprite, sheet_path
from media.thumbnails import Thumbnailer
from tests.media.test_thumbnails import encode

SHOW, ROOM = "show-1", "oak"


@dataclass
class Room:
    """A room's picture, and its clock."""

    frame: Keyframe
    now: float = 1000.0
    away: bool = False
    asked: list[float] = field(default_factory=list)

    def is_live(self, name: str) -> bool:
        return name == ROOM and not self.away

    def keyframe(self, name: str) -> Keyframe | None:
        self.asked.append(self.now)
        return self.frame

    def clock(self) -> float:
        return self.now


@pytest.fixture
async def thumbnailer() -> AsyncIterator[Thumbnailer]:
    it = Thumbnailer()
    yield it
    await it.close()


async def run(sprites: Sprites, room: Room, until: float, *, step: float = 10.0) -> None:
    while room.now < until:
        await sprites.renew()
        room.now += step


def red_of(path: Path, place: int, height: int = 88) -> int:
    image = Image.open(path).convert("RGB")
    assert image.size == (1600, 10 * height)
    pixel = image.getpixel((place % 10 * 160 + 80, place // 10 * height + height // 2))
    assert isinstance(pixel, tuple)
    return int(pixel[0])


async def test_each_ten_seconds_have_their_tile(thumbnailer: Thumbnailer, tmp_path: Path) -> None:
    room = Room(encode("h264"))
    sprites = Sprites(room, thumbnailer, tmp_path, room.clock)
    sprites.begin(ROOM, SHOW, 1000.0)
    await run(sprites, room, 1050.0, step=1.0)
    assert len(room.asked) == 5
    sprites.end(ROOM)
    await sprites.renew()
    sprite = read_sprite(tmp_path, SHOW)
    assert sprite is not None
    assert (sprite.count, sprite.sheets, sprite.width, sprite.height) == (5, 1, 160, 88)
    sheet = sheet_path(tmp_path, SHOW, 0)
    assert [red_of(sheet, place) > 150 for place in range(6)] == [True] * 5 + [False]
    assert sorted(path.name for path in (tmp_path / SHOW).iterdir()) == ["sprite-0.jpg", "sprite.json"]


async def test_a_sheet_is_written_with_its_first_tile_then_seldom(
    thumbnailer: Thumbnailer, tmp_path: Path
) -> None:
    room = Room(encode("vp8"))
    sprites = Sprites(room, thumbnailer, tmp_path, room.clock)
    sprites.begin(ROOM, SHOW, 1000.0)
    counts = []
    for _ in range(6):
        await sprites.renew()
        found = read_sprite(tmp_path, SHOW)
        counts.append(found.count if found else 0)
        room.now += 10
    assert counts == [1, 1, 3, 3, 5, 5]


async def test_a_gap_stays_dark_and_a_second_sheet_begins(thumbnailer: Thumbnailer, tmp_path: Path) -> None:
    room = Room(encode("h264"))
    sprites = Sprites(room, thumbnailer, tmp_path, room.clock)
    sprites.begin(ROOM, SHOW, 1000.0)
    await run(sprites, room, 1020.0)
    room.away = True
    await run(sprites, room, 1990.0)
    room.away = False
    await run(sprites, room, 2020.0)
    sprites.end(ROOM)
    await sprites.renew()
    sprite = read_sprite(tmp_path, SHOW)
    assert sprite is not None
    assert (sprite.count, sprite.sheets, sprite.is_full(0), sprite.is_full(1)) == (102, 2, True, False)
    first, second = (sheet_path(tmp_path, SHOW, number) for number in (0, 1))
    assert [red_of(first, place) > 150 for place in (0, 1, 2, 50, 98, 99)] == [True, True, *[False] * 3, True]
    assert [red_of(second, place) > 150 for place in (0, 1, 2)] == [True, True, False]


async def test_a_restarted_server_goes_on_where_the_last_left_off(
    thumbnailer: Thumbnailer, tmp_path: Path
) -> None:
    room = Room(encode("h264"))
    before = Sprites(room, thumbnailer, tmp_path, room.clock)
    before.begin(ROOM, SHOW, 1000.0)
    await run(before, room, 1030.0)
    after = Sprites(room, thumbnailer, tmp_path, room.clock)
    after.begin(ROOM, SHOW, 1000.0)
    await run(after, room, 1060.0)
    sprite = read_sprite(tmp_path, SHOW)
    assert sprite is not None
    assert sprite.count >= 5
    sheet = sheet_path(tmp_path, SHOW, 0)
    assert all(red_of(sheet, place) > 150 for place in range(sprite.count))


async def test_another_shape_of_picture_gets_bars_not_another_tile(
    thumbnailer: Thumbnailer, tmp_path: Path
) -> None:
    room = Room(encode("h264"))
    sprites = Sprites(room, thumbnailer, tmp_path, room.clock)
    sprites.begin(ROOM, SHOW, 1000.0)
    await sprites.renew()
    room.frame, room.now = encode("h264", 176, 320), 1020.0
    await sprites.renew()
    sheet = Image.open(sheet_path(tmp_path, SHOW, 0)).convert("RGB")
    assert sheet.size == (1600, 880)
    middle, edge = sheet.getpixel((2 * 160 + 80, 44)), sheet.getpixel((2 * 160 + 8, 44))
    assert isinstance(middle, tuple)
    assert isinstance(edge, tuple)
    assert middle[0] > 150 > 60 > edge[0]


async def test_nonsense_is_no_tile_and_is_not_tried_each_second(
    thumbnailer: Thumbnailer, tmp_path: Path
) -> None:
    """The next key frame that can be decoded is one."""
    room = Room(Keyframe("h264", b"\0\0\0\1" + bytes(300)))
    sprites = Sprites(room, thumbnailer, tmp_path, room.clock)
    sprites.begin(ROOM, SHOW, 1000.0)
    await sprites.renew()
    assert read_sprite(tmp_path, SHOW) is None
    room.frame, room.now = encode("h264"), 1001.0
    await sprites.renew()
    assert len(room.asked) == 1
    room.now = 1003.0
    await sprites.renew()
    assert read_sprite(tmp_path, SHOW) is not None


async def test_a_folder_that_cannot_be_written_does_not_stop_the_others(
    thumbnailer: Thumbnailer, tmp_path: Path
) -> None:
    (tmp_path / SHOW).write_text("in the way")
    room = Room(encode("h264"))
    sprites = Sprites(room, thumbnailer, tmp_path, room.clock)
    sprites.begin("other", SHOW, 1000.0)
    sprites.begin(ROOM, "show-2", 1000.0)
    sprites.end("other")
    await sprites.renew()
    assert read_sprite(tmp_path, "show-2") is not None

"""What takes long to make is made once, and one thing at a time."""

from __future__ import annotations

import asyncio

import pytest

from web.kept import Kept


class Maker:
    """Makes numbers, and counts how many it makes at once."""

    def __init__(self) -> None:
        self.made = self.at_once = self.most_at_once = 0

    async def make(self) -> int:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        self.made += 1
        return self.made


async def test_of_many_who_ask_at_once_all_get_the_same() -> None:
    kept, maker = Kept[int](2), Maker()
    assert set(await asyncio.gather(*(kept.of("a", 1, maker.make) for _ in range(9)))) == {1}
    assert set(await asyncio.gather(*(kept.of(name, 1, maker.make) for name in "aabb"))) == {1, 2}
    assert maker.most_at_once == 1


async def test_another_version_takes_its_place_and_what_was_asked_for_long_ago_goes() -> None:
    kept, maker = Kept[int](2), Maker()
    asked = [("a", 1), ("a", 1), ("a", 2), ("b", 1), ("a", 2), ("c", 1), ("a", 2), ("b", 1)]
    assert [await kept.of(name, version, maker.make) for name, version in asked] == [1, 1, 2, 3, 2, 4, 2, 5]


async def test_what_cannot_be_made_is_tried_again() -> None:
    kept, maker = Kept[int](2), Maker()

    async def fail() -> int:
        raise ValueError

    with pytest.raises(ValueError):
        await kept.of("a", 1, fail)
    assert await kept.of("a", 1, maker.make) == 1

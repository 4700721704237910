"""To whom interpreters speak stays known when the store forgets it or falls back, and all pages are told."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from redis.asyncio import Redis

from config.errors import Busy
from config.ids import CallId
from config.settings import Settings
from media.codecs import OPUS_SILENCE
from rooms.fair.database import Database
from signaling import call_channels
from signaling.call_channels import CallChannels
from tests.media.peer import Peer
from tests.rooms.fair_facts import buyer
from tests.rooms.older_store import fall_back, memory_of
from tests.signaling.fair import PATIENCE_SECONDS, open_node, quick
from tests.signaling.tables import WORD, Table

CALL = CallId("oak.call")


def speaks_to(message: Any, seat: str) -> str | None:
    """Return whom a seat speaks to, by what a page was told."""
    seats = {it["id"]: str(it["speaks_to"]) for it in message["gathering"]["seats"]}
    return seats.get(seat)


async def sounds_of(ear: Peer) -> set[bytes]:
    """Return what somebody hears now."""
    ear.packets.clear()
    await ear.until(lambda: len(ear.packets) >= 10)
    return {one.payload for one in ear.packets}


async def test_an_emptied_store_is_told_again_to_whom_an_interpreter_speaks(redis: Redis) -> None:
    here, there = CallChannels(redis, time.time), CallChannels(redis, time.time)
    await here.speak_to(CALL, "tess", "buyer")
    assert await there.of(CALL) == {"tess": "buyer"}
    await redis.flushall()
    assert await there.of(CALL) == {"tess": "buyer"}
    anew = CallChannels(redis, time.time)
    assert await anew.of(CALL) == {"tess": "buyer"}, "who comes anew is told as well"
    await here.speak_to(CALL, "tess", "both")
    assert await there.of(CALL) == {"tess": "both"}


async def test_what_is_said_after_the_store_was_emptied_counts(redis: Redis) -> None:
    here, there = CallChannels(redis, time.time), CallChannels(redis, time.time)
    await here.speak_to(CALL, "tess", "buyer")
    await there.of(CALL)
    await redis.flushall()
    await here.speak_to(CALL, "tess", "staff")
    assert await there.of(CALL) == {"tess": "staff"}
    await here.forget(CALL, "tess")
    assert await here.of(CALL) == {}


async def test_a_store_that_falls_back_is_told_the_newer_choice(redis: Redis, valkey_url: str) -> None:
    """By whichever node knows it; what nobody knows any more is what the store has."""
    here, there = CallChannels(redis, time.time), CallChannels(redis, time.time)
    await here.speak_to(CALL, "tess", "buyer")
    assert await there.of(CALL) == {"tess": "buyer"}
    memory = await memory_of(valkey_url)
    await here.speak_to(CALL, "tess", "staff")
    await fall_back(valkey_url, memory)
    assert await CallChannels(redis, time.time).of(CALL) == {"tess": "buyer"}
    assert await here.of(CALL) == {"tess": "staff"}
    assert await CallChannels(redis, time.time).of(CALL) == await there.of(CALL) == {"tess": "staff"}
    assert (here.untold, there.untold) == ({CALL}, set())


async def test_what_is_chosen_later_holds_whatever_the_clocks_say(redis: Redis) -> None:
    """Where the page of an interpreter has come to another node, whose clock is behind."""
    here, there = CallChannels(redis, lambda: 1000.0), CallChannels(redis, lambda: 10.0)
    for choice in ("buyer", "staff", "both"):
        await here.speak_to(CALL, "tess", choice)
        await there.speak_to(CALL, "tess", "buyer")
        assert await here.of(CALL) == await there.of(CALL) == {"tess": "buyer"}


async def test_of_many_calls_the_last_are_known(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_channels, "KNOWN_CALLS", 2)
    channels, calls = CallChannels(redis, time.time), [CallId(f"oak.{number}") for number in range(3)]
    for call in calls:
        await channels.speak_to(call, "tess", "buyer")
    await redis.flushall()
    assert [await channels.of(call) for call in calls] == [{}, {"tess": "buyer"}, {"tess": "buyer"}]


@pytest.mark.parametrize("is_emptied", [True, False])
async def test_who_hears_an_interpreter_is_who_the_pages_show_when_the_store_fell_back(
    table: Table, redis: Redis, valkey_url: str, is_emptied: bool
) -> None:
    """Nobody's connection broke by it; who opens the call before it is mended is told again, too."""
    tess, talker = await table.third("interpreter")
    seat = tess.id.removeprefix("third:")
    async with table.voice(talker):
        ears = {"buyer": await table.ear(table.buyer, seat), "staff": await table.ear(table.staff, seat)}
        await talker.ask("speak_to", {"listener": "buyer"})
        memory = {} if is_emptied else await memory_of(valkey_url)
        assert await talker.ask("speak_to", {"listener": "staff"}) == {"ok": True}
        for page in (pages := (talker, table.buyer, table.staff)):
            page.told.clear()
        await fall_back(valkey_url, memory)
        for page in pages:
            assert speaks_to(await page.hear("gathering"), seat) == "staff"
        assert await CallChannels(redis, time.time).of(table.call) == {seat: "staff"}
        heard = {name: await sounds_of(ear) for name, ear in ears.items()}
        assert (heard["buyer"] <= {OPUS_SILENCE}, WORD in heard["staff"]) == (True, True)


async def test_it_is_the_same_where_the_interpreter_is_at_another_node(
    table: Table, valkey_url: str, database: Database, settings: Settings
) -> None:
    """The one has what is heard, the other the page that shows it, and the last choice."""
    tess, _ = await table.third("interpreter")
    seat = tess.id.removeprefix("third:")
    async with open_node(quick(settings), valkey_url, database) as other:
        talker = await other.talk("/meeting", tess, call=table.call)
        async with table.voice(talker):
            ears = [await table.ear(table.buyer, seat), await table.ear(table.staff, seat)]
            await talker.ask("speak_to", {"listener": "buyer"})
            await hear(ears, WORD, OPUS_SILENCE)
            memory = await memory_of(valkey_url)
            await talker.ask("speak_to", {"listener": "staff"})
            await fall_back(valkey_url, memory)
            table.buyer.told.clear()
            await table.buyer.hear("gathering", lambda it: speaks_to(it, seat) == "staff")
            await hear(ears, OPUS_SILENCE, WORD)
            late = await table.fair.talk("/meeting", buyer(), call=table.call)
            assert speaks_to(await late.hear("snapshot"), seat) == "staff"


async def hear(ears: list[Peer], *sounds: bytes) -> None:
    """Wait until each of some people hears this and nothing else."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while [await sounds_of(ear) for ear in ears] != [{sound} for sound in sounds]:
            await asyncio.sleep(0.02)


async def test_a_choice_of_which_nobody_knows_whether_it_holds_is_told_to_all(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store had taken it, and was away before it could be told: the pages showed the one before."""
    tess, talker = await table.third("interpreter")
    recorder, follow = table.fair.call_room.parts.recorder, table.fair.call_room.parts.recorder.follow

    async def is_away(_call: CallId) -> None:
        monkeypatch.setattr(recorder, "follow", follow)
        raise Busy("The store is away.", code="store_away")

    monkeypatch.setattr(recorder, "follow", is_away)
    answer = await talker.ask("speak_to", {"listener": "buyer"})
    assert answer["error"]["code"] == "store_away"
    seat = tess.id.removeprefix("third:")
    for page in (talker, table.buyer, table.staff):
        await page.hear("gathering", lambda it: speaks_to(it, seat) == "buyer")


async def test_an_emptied_store_lets_nobody_hear_what_is_for_the_other(table: Table, redis: Redis) -> None:
    tess, talker = await table.third("interpreter")
    async with table.voice(talker):
        ear = await table.ear(table.staff, tess.id.removeprefix("third:"))
        assert await talker.ask("speak_to", {"listener": "buyer"}) == {"ok": True}
        await redis.flushall()
        await table.fair.call_room.parts.stage.keep_channels(table.call)
        ear.packets.clear()
        await ear.until(lambda: len(ear.packets) >= 10)
        assert {one.payload for one in ear.packets} <= {OPUS_SILENCE}

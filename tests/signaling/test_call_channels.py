"""To whom interpreters speak stays known when the store has forgotten it."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from config.ids import CallId
from media.codecs import OPUS_SILENCE
from signaling import call_channels
from signaling.call_channels import CallChannels
from tests.signaling.tables import Table

CALL = CallId("oak.call")


async def test_an_emptied_store_is_told_again_to_whom_an_interpreter_speaks(redis: Redis) -> None:
    here, there = CallChannels(redis), CallChannels(redis)
    await here.speak_to(CALL, "tess", "buyer")
    assert await there.of(CALL) == {"tess": "buyer"}
    await redis.flushall()
    assert await there.of(CALL) == {"tess": "buyer"}
    assert await CallChannels(redis).of(CALL) == {"tess": "buyer"}, "who comes anew is told as well"
    await here.speak_to(CALL, "tess", "both")
    assert await there.of(CALL) == {"tess": "both"}


async def test_what_is_said_after_the_store_was_emptied_counts(redis: Redis) -> None:
    here, there = CallChannels(redis), CallChannels(redis)
    await here.speak_to(CALL, "tess", "buyer")
    await there.of(CALL)
    await redis.flushall()
    await here.speak_to(CALL, "tess", "staff")
    assert await there.of(CALL) == {"tess": "staff"}
    await here.forget(CALL, "tess")
    assert await here.of(CALL) == {}


async def test_of_many_calls_the_last_are_known(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_channels, "KNOWN_CALLS", 2)
    channels, calls = CallChannels(redis), [CallId(f"oak.{number}") for number in range(3)]
    for call in calls:
        await channels.speak_to(call, "tess", "buyer")
    await redis.flushall()
    assert [await channels.of(call) for call in calls] == [{}, {"tess": "buyer"}, {"tess": "buyer"}]


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

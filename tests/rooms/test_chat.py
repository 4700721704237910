"""Chat: kept in order, bounded in length, number and speed, and only from who may."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from config.errors import Busy, Denied, Invalid
from config.settings import Settings
from rooms.live.chat import Chat
from tests.rooms.fair_facts import LAMP, OAK, Clock, buyer, guest, organiser, staff


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def chat(redis: Redis, clock: Clock, settings: Settings) -> Chat:
    limits = replace(settings.chat, history=5, max_length=20, posts_per_10_seconds=3)
    return Chat(redis, clock, replace(settings, chat=limits))


async def test_posts_come_back_in_their_order(chat: Chat, clock: Clock) -> None:
    first = await chat.post(OAK, buyer(), "  Is it ash?\x00 ")
    clock.move(1)
    second = await chat.post(OAK, staff(), "Yes.\r\nSteamed.")
    third = await chat.post(OAK, organiser(), "你好 <b>")
    assert (first.text, second.text, third.text) == ("Is it ash?", "Yes.\nSteamed.", "你好 <b>")
    assert (first.author, first.company, first.role) == ("Buyer 1", "Trade Ltd", "buyer")
    assert (first.at, second.at) == (clock.now - 1, clock.now)
    assert await chat.tail(OAK) == [first, second, third]
    assert await chat.tail(LAMP) == []


@pytest.mark.parametrize(
    ("text", "code"), [("", "empty_post"), (" \n\x00", "empty_post"), ("x" * 21, "long_post")]
)
async def test_a_post_out_of_bounds_is_refused(chat: Chat, text: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        await chat.post(OAK, buyer(), text)
    assert refusal.value.code == code
    assert await chat.tail(OAK) == []


async def test_a_guest_is_asked_to_sign_in_and_other_staff_are_refused(chat: Chat) -> None:
    with pytest.raises(Denied) as refusal:
        await chat.post(OAK, guest(), "hello")
    assert refusal.value.code == "sign_in"
    with pytest.raises(Denied):
        await chat.post(LAMP, staff(room=OAK), "come to us")


async def test_the_last_posts_are_kept(chat: Chat) -> None:
    for number in range(8):
        await chat.post(OAK, buyer(number), str(number))
    assert [post.text for post in await chat.tail(OAK)] == ["3", "4", "5", "6", "7"]


async def test_who_writes_too_fast_waits_and_others_do_not(chat: Chat, clock: Clock) -> None:
    spam = (chat.post(OAK, buyer(), "spam") for _ in range(6))
    answers = await asyncio.gather(*spam, return_exceptions=True)
    refusals = [answer for answer in answers if isinstance(answer, Busy)]
    assert [(refusal.code, refusal.retry_after_seconds) for refusal in refusals] == [("too_fast", 4)] * 3
    await chat.post(OAK, buyer(2), "calm")
    clock.move(3)
    with pytest.raises(Busy):
        await chat.post(OAK, buyer(), "still")
    clock.move(0.4)
    await chat.post(OAK, buyer(), "now")
    assert len(await chat.tail(OAK)) == 5


async def test_a_meeting_has_a_chat_of_its_own(chat: Chat) -> None:
    post = await chat.post("call:oak-and-ash.abc", staff(room=LAMP), "welcome")
    assert await chat.tail("call:oak-and-ash.abc") == [post]
    assert await chat.tail(OAK) == []

"""The store is gone, hangs, is slow or full: shows and calls go on, and the fair soon takes new ones."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from showroom.load.delay import percentile
from tests.media.scale import IS_FULL, scaled
from tests.rooms.fair_facts import OAK, buyer
from tests.showroom.evening import (
    AUDIENCE,
    BUYERS,
    PATIENCE_SECONDS,
    Answer,
    Evening,
    evening,
    soon,
)
from tests.showroom.nodes import Person
from tests.showroom.watching import watching

pytestmark = pytest.mark.asyncio(loop_scope="module")

AWAY_SECONDS, HANG_SECONDS, GONE_SECONDS = scaled(2, 5), scaled(2, 5), scaled(2, 60)
SHORT = {} if IS_FULL else {"SHOWROOM_CALLS_SEAT_SECONDS": "1.5", "SHOWROOM_SHOWS_GRACE_SECONDS": "1"}
"""Lives that are over before the store is back."""
LONGEST_GAP_SECONDS = 0.5
ANSWER_SECONDS = 1.0
LATEST_SECONDS = 1.5 if IS_FULL else 4.0
"""Full size is for a machine that does nothing else."""
LATE_SECONDS = 1.0
ACCEPTS, SLOW_SECONDS = scaled(2, 150), 0.3
ACCEPTED_SECONDS = 1.0 if IS_FULL else 5.0
ALARM_SECONDS = 5.0

Note = Callable[[str, object], None]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def fair(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Evening]:
    bound = {"SHOWROOM_REDIS_TIMEOUT_SECONDS": "0.5"}
    async with evening(tmp_path_factory.mktemp("evening"), **bound, **SHORT) as opened:
        yield opened


async def ringing(fair: Evening) -> str:
    answer = await fair.ask_for_call(fair.pages[0])
    assert "call" in answer, answer
    return str(answer["call"]["id"])


async def gap_before(fair: Evening) -> float:
    async with watching(fair.viewers) as gaps:
        await asyncio.sleep(0.5)
    return max(gaps)


def told_at_once(answers: list[Answer], at_most: float, share: float) -> float:
    """See that all were told that the store is away, and programs when to come back; return how soon."""
    assert len(answers) > 10
    assert {(it.what, it.code) for it in answers if it.code != "store_away"} == set()
    by_http = [it for it in answers if "/" in it.what]
    assert len({it.retry_after for it in by_http}) > 1, "all would come back together"
    assert all(int(it.retry_after) > 0 for it in by_http)
    slowest = percentile([it.seconds for it in answers], share)
    assert slowest < at_most, sorted(answers, key=lambda it: -it.seconds)[:3]
    return slowest


@pytest.mark.threat("F1")
async def test_a_store_that_dies_and_comes_back_empty_costs_no_show_and_no_call(
    fair: Evening, record_property: Note
) -> None:
    """Pictures and words pass as before, newcomers see the show; what must be kept is refused at once."""
    before, call = await gap_before(fair), await ringing(fair)
    async with watching(fair.viewers) as gaps:
        await fair.store.die()
        pressing = asyncio.create_task(fair.press(AWAY_SECONDS, call))
        newcomer = await fair.watch(f"/whep/{OAK}")
        await fair.words_pass()
        answers = await pressing
        since = await fair.store.return_empty()
        taken = await soon(fair.takes_calls, since)
        listed = await soon(fair.lists_show, since)
        await fair.goes_on()
    newcomer.close()
    slowest = told_at_once(answers, ANSWER_SECONDS, 0.99)
    record_property("answers_slowest_ms", [len(answers), round(slowest * 1000)])
    record_property("gap_before_and_meanwhile_ms", [round(it * 1000) for it in (before, max(gaps))])
    record_property("taken_listed_again_after_s", [round(it, 2) for it in (taken, listed)])
    assert max(gaps) < max(LONGEST_GAP_SECONDS, 2 * before)
    await fair.clear()


@pytest.mark.threat("F2")
async def test_a_store_that_hangs_holds_nobody_up(fair: Evening, record_property: Note) -> None:
    """No answer is late, a page that needs no store comes as fast as ever, and so do the pictures."""
    before, call = await gap_before(fair), await ringing(fair)
    beats = await fair.measured("showroom_loop_lag_seconds_bucket")
    async with watching(fair.viewers) as gaps:
        fair.store.hang()
        pressing = asyncio.create_task(fair.press(HANG_SECONDS, call))
        newcomer = await fair.watch(f"/whep/{OAK}")
        await fair.words_pass()
        alive = [await page_comes_in(fair, "/healthz") for _ in range(10)]
        answers = await pressing
        since = fair.store.wake()
        after = await fair.measured("showroom_loop_lag_seconds_bucket")
        taken = await soon(fair.takes_calls, since)
        await fair.goes_on()
    newcomer.close()
    slowest = told_at_once(answers, LATEST_SECONDS, 1)
    in_time, all_of_them = (after[bound] - beats[bound] for bound in ("0.05", "+Inf"))
    record_property("answers_slowest_ms", [len(answers), round(slowest * 1000)])
    record_property("loop_within_50_ms_of_looks", [in_time, all_of_them])
    record_property("gap_before_and_meanwhile_ms", [round(it * 1000) for it in (before, max(gaps))])
    record_property("alive_slowest_ms", round(max(alive) * 1000))
    record_property("taken_again_after_s", round(taken, 2))
    assert max(alive) < LATE_SECONDS
    assert after["1.0"] - beats["1.0"] == all_of_them
    assert max(gaps) < max(LONGEST_GAP_SECONDS, 2 * before)
    await fair.clear()


async def page_comes_in(fair: Evening, path: str) -> float:
    since = time.perf_counter()
    async with fair.nodes.http.get(fair.url() + path) as response:
        assert response.status == 200
    await asyncio.sleep(HANG_SECONDS / 20)
    return time.perf_counter() - since - HANG_SECONDS / 20


@pytest.mark.threat("F3")
async def test_a_store_that_was_gone_for_longer_than_anything_lives_is_told_all_again(
    fair: Evening, record_property: Note
) -> None:
    """The show is the same one, the calls are, and the nodes hear each other."""
    before = await gap_before(fair)
    async with watching(fair.viewers) as gaps:
        await fair.store.die()
        await asyncio.sleep(GONE_SECONDS)
        since = await fair.store.return_empty()
        listed, heard = await asyncio.gather(soon(fair.lists_show, since), heard_elsewhere(fair, since))
        taken = await soon(fair.takes_calls, since)
        await fair.goes_on()
    await soon(lambda: counts_audience(fair), time.perf_counter())
    record_property("listed_heard_taken_after_s", [round(it, 2) for it in (listed, heard, taken)])
    record_property("gap_before_and_meanwhile_ms", [round(it * 1000) for it in (before, max(gaps))])
    assert max(gaps) < max(LONGEST_GAP_SECONDS, 2 * before)
    await fair.clear()


async def counts_audience(fair: Evening) -> bool:
    return bool((await fair.show_in_hall()).get("viewers", 0) >= AUDIENCE)


async def heard_elsewhere(fair: Evening, since: float) -> float:
    """Pin again and again at the first node; return when somebody at the second one heard of it."""
    console = next(it for it in fair.consoles if it.node == 0)
    page = next(it for it in fair.pages if it.node == 1)
    page.events.clear()

    async def is_heard() -> bool:
        await console.ask("pin", product_id=None)
        return "pinned" in page.events

    return await soon(is_heard, since)


@pytest.mark.threat("F6")
async def test_a_slow_store_lets_calls_be_accepted_within_a_second(
    fair: Evening, record_property: Note
) -> None:
    pages = [page for page in fair.pages if page.node == 0]
    consoles = [console for console in fair.consoles if console.node == 1]
    fair.line.delay_seconds = SLOW_SECONDS
    try:
        taken = [
            await accepted_after(fair, pages[number % len(pages)], consoles[number % len(consoles)])
            for number in range(ACCEPTS)
        ]
    finally:
        fair.line.delay_seconds = 0.0
    record_property("accepted_ms", [round(percentile(taken, share) * 1000) for share in (0.5, 0.95, 0.99)])
    assert percentile(taken, 0.99) < ACCEPTED_SECONDS
    await fair.goes_on()


async def accepted_after(fair: Evening, page: Person, console: Person) -> float:
    """Let a buyer at the fast node ask, and return how long it takes to answer at the slow one."""
    call = str((await fair.ask_for_call(page))["call"]["id"])
    await console.rings(call)
    since = time.perf_counter()
    await soon(lambda: is_accepted(fair, console, call), since)
    seconds = time.perf_counter() - since
    await fair.nodes.hang_up(0, console.actor, call)
    return seconds


async def is_accepted(fair: Evening, console: Person, call: str) -> bool:
    answer = await fair.accept(console, call)
    assert "call" in answer or answer["error"]["code"] == "store_away", answer
    return "call" in answer


@pytest.mark.threat("F6")
async def test_a_full_store_takes_calls_and_refuses_chat(fair: Evening, record_property: Note) -> None:
    """Calls are asked for, accepted, entered and ended; who opens a page comes in; operators are alarmed."""
    settings, since = fair.store.store.client, time.perf_counter()
    await settings.config_set("maxmemory", 1)
    try:
        newcomer = await fair.nodes.enter(0, "/hall", buyer(BUYERS + 1))
        console = await fair.nodes.enter(1, "/booth", fair.consoles[1].actor)
        for page in (newcomer, fair.pages[1]):
            refused = await page.ask("post", text="Is there more of it?")
            assert refused["error"]["code"] == "store_away"
            call = str((await fair.ask_for_call(page))["call"]["id"])
            await console.rings(call)
            assert "call" in await fair.accept(console, call)
            await fair.nodes.hang_up(1, console.actor, call)
            await page.heard(call, "ended")
        alarmed = await soon(lambda: says(fair, 0.0), since)
        await fair.goes_on()
    finally:
        await settings.config_set("maxmemory", 0)
    record_property("alarm_after_s", round(alarmed, 2))
    assert alarmed < ALARM_SECONDS + PATIENCE_SECONDS
    await soon(lambda: says(fair, 1.0), time.perf_counter())
    assert "post" in await newcomer.ask("post", text="There it is.")
    for person in (newcomer, console):
        await person.talk.close()


async def says(fair: Evening, writes: float) -> bool:
    return (await fair.measured("showroom_store_takes_writes"))[""] == writes

"""The chronicle: what is pinned and said in a show is in its replay, and nobody waits for the store."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import pytest
from prometheus_client import CollectorRegistry

from config.counters import Counters
from config.errors import Busy
from config.ids import ProductId, ShowId
from rooms.fair.database import Database
from rooms.fair.moments import Chapter, Moment, Moments
from rooms.live.chat import Post
from rooms.live.shows import Show, ShowState
from signaling.chronicle import BATCH, Chronicle
from tests.rooms.fair_facts import OAK, Clock, buyer, staff
from tests.signaling.fair import CHAIR, Node, furnish_fair, on_air

SHOW = ShowId("show-1")


def running(clock: Clock, product: str | None = None) -> Show:
    pinned = ProductId(product) if product else None
    return Show(SHOW, OAK, ShowState.LIVE, "Ada", clock.now, None, pinned, 1)


def said(number: int, at: float) -> Post:
    author = buyer()
    return Post(f"post-{number}", author.id, author.name, author.company, author.role, f"{number}", at)


class Line:
    """The way to a store of facts, which may be cut: then it leads where nobody answers."""

    def __init__(self, database: Database) -> None:
        self.is_cut = False
        self.moments = Moments(database)
        self._nowhere = Database("postgresql+asyncpg://fair@127.0.0.1:1/fair")

    async def keep(self, moments: Sequence[Moment]) -> None:
        await (Moments(self._nowhere) if self.is_cut else self.moments).keep(moments)


class Page:
    """A chronicle at the end of a line."""

    def __init__(self, database: Database) -> None:
        self.clock, self.line = Clock(), Line(database)
        self.moments = self.line.moments
        self._counters = Counters(CollectorRegistry())
        self.chronicle = Chronicle(self.line, self.clock, self._counters.lost_moments, limit=10)

    @property
    def lost(self) -> float:
        return self._counters.registry.get_sample_value("showroom_lost_moments_total") or 0.0


@pytest.fixture
def page(database: Database) -> Page:
    return Page(database)


async def test_moments_are_kept_at_their_seconds(page: Page, database: Database) -> None:
    await furnish_fair(database)
    show = running(page.clock, CHAIR)
    page.chronicle.began(show)
    page.clock.move(12.5)
    page.chronicle.pinned(show, None)
    page.chronicle.posted(show, said(1, page.clock.now))
    page.chronicle.began(show)
    assert await page.moments.posts(SHOW) == [], "nobody waited for the store"
    await page.chronicle.flush()
    assert [(post.second, post.text) for post in await page.moments.posts(SHOW)] == [(12.5, "1")]
    assert await page.moments.chapters(SHOW) == [Chapter(0.0, CHAIR, "Chair")]


async def test_what_happens_while_no_show_runs_belongs_to_none(page: Page) -> None:
    page.chronicle.pinned(None, ProductId("chair"))
    page.chronicle.posted(None, said(1, page.clock.now))
    page.line.is_cut = True
    await page.chronicle.flush()
    assert page.lost == 0


async def test_clocks_that_differ_make_no_second_before_the_first(page: Page, database: Database) -> None:
    await furnish_fair(database)
    show = running(page.clock)
    page.chronicle.began(show)
    page.clock.move(-0.2)
    page.chronicle.pinned(show, CHAIR)
    page.chronicle.posted(show, said(1, page.clock.now))
    await page.chronicle.close()
    assert [chapter.product for chapter in await page.moments.chapters(SHOW)] == [CHAIR]
    assert [post.second for post in await page.moments.posts(SHOW)] == [0.0]


async def test_a_store_that_is_away_loses_nothing_up_to_the_bound_and_counts_what_is_over(page: Page) -> None:
    show = running(page.clock)
    page.line.is_cut = True
    for number in range(13):
        page.chronicle.posted(show, said(number, page.clock.now + number))
    with pytest.raises(Busy):
        await page.chronicle.flush()
    assert page.lost == 3
    page.line.is_cut = False
    await page.chronicle.flush()
    assert [post.text for post in await page.moments.posts(SHOW)] == [str(number) for number in range(10)]
    page.chronicle.posted(show, said(99, page.clock.now + 99))
    await page.chronicle.close()
    assert len(await page.moments.posts(SHOW)) == 11, "there is room again"
    assert page.lost == 3


async def test_an_end_without_a_store_counts_what_is_lost(page: Page) -> None:
    page.line.is_cut = True
    page.chronicle.posted(running(page.clock), said(1, page.clock.now))
    await page.chronicle.close()
    assert page.lost == 1


async def test_two_who_write_at_once_write_each_moment_and_lose_none(page: Page, database: Database) -> None:
    """As when the fair ends while the clockwork writes; what is said meanwhile is written too."""
    await furnish_fair(database)
    show = running(page.clock)
    for number in range(3):
        page.chronicle.posted(show, said(number, page.clock.now))
    writing = [asyncio.create_task(page.chronicle.flush()) for _ in range(3)]
    await asyncio.sleep(0)
    for number in range(3, 6):
        page.chronicle.posted(show, said(number, page.clock.now))
    await asyncio.gather(*writing)
    await page.chronicle.flush()
    assert {post.text for post in await page.moments.posts(SHOW)} == set("012345")


async def test_more_than_a_batch_is_written_at_once(database: Database) -> None:
    clock, moments = Clock(), Moments(database)
    chronicle = Chronicle(moments, clock, Counters(CollectorRegistry()).lost_moments)
    for number in range(2 * BATCH + 1):
        chronicle.posted(running(clock), said(number, clock.now + number))
    await chronicle.flush()
    assert len(await moments.posts(SHOW, limit=1000)) == 2 * BATCH + 1


async def test_pins_and_posts_of_a_show_are_in_its_replay(fair: Node) -> None:
    """What was pinned before it began, what was pinned and said in it, and nothing from before or after."""
    moments = Moments(fair.database)
    console = await fair.talk("/booth", staff(), OAK)
    page = await fair.talk("/hall", buyer(), OAK)
    await page.ask("post", {"text": "Too early"})
    await console.ask("pin", {"product_id": CHAIR})
    peer, _ = await fair.go_live(fair.publish_ticket(staff()))
    async with on_air(peer):
        show = (await console.hear("show", lambda message: message["show"]))["show"]
        await page.ask("post", {"text": "How much?"})
        await console.ask("post", {"text": "Twelve"})
        await console.ask("pin", {"product_id": None})
        elapsed = time.time() - show["started_at"]
    await console.ask("end_show", {})
    await page.ask("post", {"text": "Too late"})
    await fair.parts.chronicle.flush()
    posts = await moments.posts(ShowId(show["id"]))
    assert [post.text for post in posts] == ["How much?", "Twelve"]
    assert all(0 <= post.second <= elapsed for post in posts)
    assert await moments.chapters(ShowId(show["id"])) == [Chapter(0.0, CHAIR, "Chair")]


async def test_the_clockwork_writes_without_being_asked(fair: Node) -> None:
    page = await fair.talk("/hall", buyer(), OAK)
    console = await fair.talk("/booth", staff(), OAK)
    peer, _ = await fair.go_live(fair.publish_ticket(staff()))
    async with on_air(peer):
        show = (await console.hear("show", lambda message: message["show"]))["show"]
        await page.ask("post", {"text": "How much?"})
        while not await Moments(fair.database).posts(ShowId(show["id"])):
            assert time.time() < show["started_at"] + 20

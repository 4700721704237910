"""The moments of a show: pins that become chapters, posts in their order, each kept once."""

from __future__ import annotations

from decimal import Decimal

import pytest
import pytest_asyncio

from config.errors import Busy, Denied, Missing
from config.ids import ProductId, RoomId, ShowId
from rooms.fair.database import Database
from rooms.fair.moments import Chapter, Moment, Moments, Pin, ShowPost, chapters_of
from rooms.fair.policy import Actor
from rooms.fair.products import Product, Products
from rooms.fair.recordings import Recordings
from rooms.fair.shows_log import ShowLog
from rooms.live.chat import Post
from rooms.live.shows import Show, ShowState
from tests.rooms.fair_facts import LAMP, OAK, Clock, buyer, furnish, guest, organiser, staff
from tests.rooms.recorded import record

SHOW, OTHER = ShowId("show-1"), ShowId("show-2")
CHAIR, TABLE = ProductId("chair"), ProductId("table")
TITLES = {CHAIR: "Chair", TABLE: "Table"}


@pytest_asyncio.fixture
async def moments(database: Database) -> Moments:
    await furnish(database)
    for product, title in TITLES.items():
        shelf = (OAK, title, "Solid.", Decimal(5), "EUR", 1, "piece", "", 1)
        await Products(database).add(Product(product, *shelf))
    return Moments(database)


def pins(*steps: tuple[float, str | None], show: ShowId = SHOW) -> list[Pin]:
    return [Pin(show, second, ProductId(product) if product else None) for second, product in steps]


def post(number: int, show: ShowId = SHOW, text: str = "Hello") -> ShowPost:
    author = buyer(number)
    return ShowPost(
        f"{show}-{number}", show, float(number), author.id, author.name, author.company, author.role, text,
        1_800_000_000.0 + number,
    )


@pytest.mark.parametrize(
    ("steps", "chapters"),
    [
        ([], []),
        ([(0, None)], []),
        ([(0, "chair")], [(0, "chair")]),
        ([(0, None), (5, "chair"), (9, "table")], [(5, "chair"), (9, "table")]),
        ([(0, "chair"), (5, "chair"), (9, "chair")], [(0, "chair")]),
        ([(0, "chair"), (5, None), (9, "chair"), (12, "table")], [(0, "chair"), (12, "table")]),
        ([(0, "chair"), (5, "table"), (9, "chair")], [(0, "chair"), (5, "table"), (9, "chair")]),
        ([(0, "chair"), (5, None)], [(0, "chair")]),
        ([(1, "gone"), (5, "table")], [(5, "table")]),
        ([(0, "chair"), (3, "gone"), (5, "chair")], [(0, "chair")]),
    ],
)
def test_pins_make_chapters(
    steps: list[tuple[float, str | None]], chapters: list[tuple[float, ProductId]]
) -> None:
    expected = [Chapter(second, product, TITLES[product]) for second, product in chapters]
    assert chapters_of(pins(*steps), TITLES) == expected


async def test_chapters_come_in_the_order_of_the_show_however_they_were_written(moments: Moments) -> None:
    await moments.pinned(SHOW, 60.5, TABLE)
    await moments.pinned(SHOW, 0.0, CHAIR)
    await moments.pinned(OTHER, 3.0, TABLE)
    assert await moments.chapters(SHOW) == [Chapter(0.0, CHAIR, "Chair"), Chapter(60.5, TABLE, "Table")]
    assert await moments.chapters(ShowId("nobody")) == []


async def test_what_was_pinned_when_it_began_is_kept_from_the_first_time(moments: Moments) -> None:
    """A show whose picture comes back begins, for those who tell, once more."""
    await moments.pinned(SHOW, 0.0, None)
    await moments.pinned(SHOW, 0.0, CHAIR)
    assert await moments.chapters(SHOW) == []


async def test_a_batch_kept_twice_is_kept_once(moments: Moments) -> None:
    batch: list[Moment] = [*pins((0, None), (2, CHAIR)), post(1), post(2)]
    for _ in range(2):
        await moments.keep(batch)
    assert await moments.posts(SHOW) == [post(1), post(2)]
    assert await moments.chapters(SHOW) == [Chapter(2.0, CHAIR, "Chair")]
    await moments.keep([])


async def test_posts_come_in_pages(moments: Moments) -> None:
    await moments.keep([post(number) for number in (3, 1, 2, 0)] + [post(9, OTHER)])
    assert await moments.posts(SHOW, limit=2) == [post(0), post(1)], "second 0 is on the first page"
    assert await moments.posts(SHOW, after_second=1.0) == [post(2), post(3)]
    assert await moments.posts(SHOW, after_second=3.0) == []


async def test_a_post_of_the_chat_is_kept_word_for_word(moments: Moments) -> None:
    author = staff()
    said = Post("p", author.id, author.name, author.company, author.role, "Größe?\n😀 <b>", 1_800_000_005.0)
    await moments.posted(SHOW, 5.25, said)
    kept = (await moments.posts(SHOW))[0]
    assert (kept.text, kept.author, kept.role, kept.at) == (said.text, said.author, said.role, said.at)
    assert kept.second == 5.25


@pytest.mark.parametrize("actor", [staff(), organiser()], ids=lambda it: it.id)
async def test_who_moderates_may_delete_a_post(moments: Moments, database: Database, actor: Actor) -> None:
    await record(Recordings(database, Clock()), SHOW)
    await moments.keep([post(1), post(2)])
    await moments.delete_post(actor, SHOW, f"{SHOW}-1")
    assert await moments.posts(SHOW) == [post(2)]
    with pytest.raises(Missing):
        await moments.delete_post(actor, SHOW, f"{SHOW}-1")


@pytest.mark.parametrize("actor", [guest(), buyer(1), staff(room=LAMP)], ids=lambda it: it.id)
async def test_nobody_else_may(moments: Moments, database: Database, actor: Actor) -> None:
    """Not even who wrote it: what was said in public stays as it was."""
    await record(Recordings(database, Clock()), SHOW)
    await moments.keep([post(1)])
    with pytest.raises(Denied):
        await moments.delete_post(actor, SHOW, f"{SHOW}-1")
    assert await moments.posts(SHOW) == [post(1)]


async def test_a_post_of_another_show_is_out_of_reach(moments: Moments, database: Database) -> None:
    recordings = Recordings(database, Clock())
    await record(recordings, SHOW)
    await record(recordings, OTHER, room=RoomId(LAMP))
    await moments.keep([post(1, OTHER)])
    with pytest.raises(Missing):
        await moments.delete_post(staff(), SHOW, f"{OTHER}-1")
    with pytest.raises(Denied):
        await moments.delete_post(staff(), OTHER, f"{OTHER}-1")


async def test_words_of_shows_without_a_recording_are_forgotten_in_time(
    moments: Moments, database: Database
) -> None:
    clock = Clock()
    log, recordings = ShowLog(database, clock), Recordings(database, clock)
    unrecorded = ShowId("unrecorded")
    for name, room in ((SHOW, OAK), (unrecorded, LAMP)):
        show = Show(name, room, ShowState.LIVE, "Ada", clock.now, None, None, 1)
        await log.begin(show)
        clock.move(5)
        await log.end(show)
    await record(recordings, SHOW)
    await moments.keep([post(1), post(1, unrecorded), *pins((0, CHAIR), show=unrecorded)])
    await moments.forget_unrecorded(clock.now)
    assert len(await moments.posts(unrecorded)) == 1, "it ended now, not before"
    await moments.forget_unrecorded(clock.now + 1)
    assert await moments.posts(unrecorded) == []
    assert await moments.chapters(unrecorded) == []
    assert await moments.posts(SHOW) == [post(1)]


async def test_a_store_that_is_away_is_busy() -> None:
    away = Database("postgresql+asyncpg://fair@127.0.0.1:1/fair")
    with pytest.raises(Busy):
        await Moments(away).keep([post(1)])
    await away.close()

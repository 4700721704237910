"""The replay page and the shows of a room as the server draws them: read without scripts, or closed."""

from __future__ import annotations

import time
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio

from config.ids import AccountId, ProductId, ShowId
from rooms.fair.moments import Pin, ShowPost
from rooms.fair.policy import Role
from rooms.fair.recording import Access, KeptSection, KeptSegment
from tests.media.recording.stream import Stream, clip_of
from tests.rooms.fair_facts import staff as staff_actor
from tests.rooms.recorded import STARTED_AT, record
from tests.web.conftest import LUMEN, PEOPLE, OpenFair
from tests.web.on_air import until
from tests.web.recorded import record as recorded_film
from tests.web.visitor import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")

NUMBERS = count()
LENGTH_SEGMENTS = 60


@pytest_asyncio.fixture(loop_scope="session")
async def show(fair: OpenFair) -> ShowId:
    """A recorded show of two minutes with a chapter at second 30 and a post at second 12."""
    name = ShowId(f"replayed-{next(NUMBERS)}")
    await record(fair.parts.recordings, name, room=LUMEN, count=LENGTH_SEGMENTS)
    await fair.parts.moments.keep([
        Pin(name, 30.0, ProductId("lumen-1")),
        ShowPost(f"{name}-1", name, 12.0, AccountId("a"), "Rosa", "Andes", Role.BUYER, "Is it <b>brass</b>?",
                 STARTED_AT + 12),
    ])
    return name


def path_of(show: str) -> str:
    return f"/rooms/lumen/shows/{show}"


async def test_what_was_said_and_shown_is_read_without_scripts(guest: Visitor, show: ShowId) -> None:
    page = await guest.get(path_of(show))
    assert page.status == 200
    post, product = "Is it &lt;b&gt;brass&lt;/b&gt;?", "Lamp &lt;i&gt;One&lt;/i&gt;"
    for words in ("RECORDING", "Chapters", product, post, "2:00"):
        assert words in page.text, words
    assert 'href="?t=30"' in page.text
    assert "badge-live" not in page.text.partition('<div class="stage-top">')[2].partition("</div>")[0]


async def test_its_scripts_get_source_chapters_and_addresses(guest: Visitor, show: ShowId) -> None:
    data = (await guest.get(path_of(show))).data
    assert data["source"] == f"/hls/{show}/whole/index.m3u8"
    assert [(it["second"], it["product"]["id"]) for it in data["chapters"]] == [(30.0, "lumen-1")]
    assert data["posts_url"] == f"/api/shows/{show}/posts"
    assert data["sprite_url"] == f"/shows/{show}/sprite.json"
    assert data["show"] == {"id": show, "started_at": STARTED_AT}
    assert data["gaps"] == []


async def test_a_recording_in_webm_plays_from_its_file(guest: Visitor, fair: OpenFair) -> None:
    recordings, name = fair.parts.recordings, "replayed-in-vp8"
    await recordings.begin(name, LUMEN, STARTED_AT, "node")
    await recordings.add_section(name, KeptSection(0, "webm", "vp8", "opus", 640, 360, 300))
    await recordings.add_segments([KeptSegment(name, 0, 0, 0.0, 9.0, 300, 1000, "[]")])
    await recordings.end(name, "ended")
    page = await guest.get(path_of(name))
    assert page.data["source"] == f"/recordings/{name}.webm"
    assert "vendor/hls.js" not in page.text


async def test_pauses_of_the_show_are_told_to_its_scripts(guest: Visitor, fair: OpenFair) -> None:
    """One before the first picture, one between; what is shorter than a moment is none."""
    recordings, name = fair.parts.recordings, "replayed-with-gaps"
    await recordings.begin(name, LUMEN, STARTED_AT, "node")
    starts = (3.0, 5.1, 30.0)
    await recordings.add_segments(
        [KeptSegment(name, number, 0, start, 2.0, 0, 1, "[]") for number, start in enumerate(starts)]
    )
    await recordings.end(name, "ended")
    gaps = (await guest.get(path_of(name))).data["gaps"]
    assert gaps == [{"from": 0.0, "to": 3.0}, {"from": pytest.approx(7.1), "to": 30.0}]


@pytest.mark.parametrize(
    ("asked", "second"), [("45", 45), ("1e9", 119), ("-3", 0), ("nan", 0), ("soon", 0), ("", 0)]
)
async def test_a_link_leads_to_a_second_of_the_recording(
    guest: Visitor, show: ShowId, asked: str, second: float
) -> None:
    assert (await guest.get(f"{path_of(show)}?t={asked}")).data["at"] == second


async def test_a_deleted_recording_says_so(guest: Visitor, fair: OpenFair, show: ShowId) -> None:
    await fair.parts.recordings.delete(staff_actor(room=LUMEN), show)
    page = await guest.get(path_of(show))
    assert page.status == 410
    assert "This recording is gone" in page.text
    assert 'href="/rooms/lumen"' in page.text


async def test_a_guest_is_asked_to_sign_in_and_led_back_to_the_second(
    guest: Visitor, buyer: Visitor, fair: OpenFair, show: ShowId
) -> None:
    await fair.parts.recordings.set_access(staff_actor(room=LUMEN), show, Access.SIGNED_IN)
    page = await guest.get(f"{path_of(show)}?t=45")
    assert page.status == 401
    assert f'href="/sign-in?next=%2Frooms%2Flumen%2Fshows%2F{show}%3Ft%3D45"' in page.text
    assert "Lamp &lt;i&gt;" not in page.text
    assert (await buyer.get(path_of(show))).status == 200


async def test_who_is_not_invited_any_more_sees_no_more(
    buyer: Visitor, fair: OpenFair, tmp_path: Path
) -> None:
    """Nor by the address the page had; who still is gets another, and so does who is invited again."""
    show = await recorded_film(fair.parts, LUMEN, Stream(clip_of(tmp_path)).packets(4))
    keeper, recordings = staff_actor(room=LUMEN), fair.parts.recordings
    (account,) = await fair.parts.accounts.by_emails([PEOPLE[Role.BUYER]])
    await recordings.set_access(keeper, show, Access.INVITED, [account.id])
    source = (await buyer.get(path_of(show))).data["source"]
    assert (await buyer.get(source)).status == 200
    await recordings.set_access(keeper, show, Access.INVITED)
    assert (await buyer.get(path_of(show))).status == 403

    async def is_refused() -> bool:
        return (await buyer.get(source)).status == 403

    await until(is_refused)
    await recordings.set_access(keeper, show, Access.SIGNED_IN)

    async def is_open() -> bool:
        return (await buyer.get((await buyer.get(path_of(show))).data["source"])).status == 200

    await until(is_open)


async def test_who_is_not_invited_sees_nothing_of_it(
    guest: Visitor, buyer: Visitor, staff: Visitor, fair: OpenFair, show: ShowId
) -> None:
    await fair.parts.recordings.set_access(staff_actor(room=LUMEN), show, Access.INVITED)
    page = await buyer.get(path_of(show))
    assert page.status == 403
    assert "by invitation" in page.text
    assert "Rosa" not in page.text
    assert (await guest.get(path_of(show))).status == 401
    assert (await staff.get(path_of(show))).status == 200


async def test_the_room_lists_an_invited_show_for_its_own_people_alone(
    buyer: Visitor, staff: Visitor, fair: OpenFair
) -> None:
    show, now = "replayed-just-now", time.time()  # the newest, for a room lists no more than some
    await record(fair.parts.recordings, show, room=LUMEN, started_at=now, access=Access.INVITED)
    assert path_of(show) in (await staff.get("/rooms/lumen")).text
    assert path_of(show) not in (await buyer.get("/rooms/lumen")).text


async def test_a_show_on_the_air_leads_to_its_room(guest: Visitor, fair: OpenFair) -> None:
    parts = fair.parts
    running = await parts.shows.begin(LUMEN, "Mei")
    try:
        await parts.recordings.begin(running.id, LUMEN, running.started_at, "node")
        page = await guest.get(path_of(running.id))
        assert page.status == 200
        assert "on the air right now" in page.text
        assert 'href="/rooms/lumen"' in page.text
        assert 'data-closed="recording"' in page.text
        await parts.recordings.end(running.id, "quota")
        assert 'data-closed="cut"' in (await guest.get(path_of(running.id))).text
    finally:
        await parts.shows.end(LUMEN)


@pytest.mark.parametrize("path", ["/rooms/lumen/shows/never", "/rooms/nobody/shows/never"])
async def test_what_never_was_is_not_found(guest: Visitor, path: str) -> None:
    assert (await guest.get(path)).status == 404


async def test_a_recording_of_another_room_is_not_found(guest: Visitor, show: ShowId) -> None:
    assert (await guest.get(f"/rooms/tile/shows/{show}")).status == 404


async def test_a_dark_room_lists_its_shows_and_plays_the_last(guest: Visitor, fair: OpenFair) -> None:
    last = f"replayed-{next(NUMBERS)}"
    await record(fair.parts.recordings, last, room=LUMEN, started_at=STARTED_AT + 10_000)
    page = await guest.get("/rooms/lumen")
    assert f'href="/rooms/lumen/shows/{last}"' in page.text
    assert page.data["loop"]["show"] == last
    assert page.data["loop"]["url"] == f"/hls/{last}/whole/index.m3u8"
    assert "Recording of" in page.text

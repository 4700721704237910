"""Recordings over HTTP: listed and changed by their room's staff, their moments given to who may watch."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
import pytest_asyncio

from config.ids import ProductId, RoomId, ShowId
from rooms.fair.moments import Pin, ShowPost
from rooms.fair.policy import Role
from rooms.fair.recording import Access, Kind
from tests.rooms.recorded import SECTION_INIT, SEGMENT_SIZE, STARTED_AT, record
from tests.web.conftest import LUMEN, OTHER_BUYER, OTHER_STAFF, PEOPLE, TILE, OpenFair
from tests.web.test_policy import NO, OK, SIGN_IN, WHO, actor
from tests.web.visitor import Answer, Visitor, visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")

NUMBERS = count()
EMAILS = {
    "buyer": PEOPLE[Role.BUYER], "staff": PEOPLE[Role.STAFF], "foreign": OTHER_STAFF,
    "organiser": PEOPLE[Role.ORGANISER],
}


@dataclass(frozen=True, slots=True)
class Film:
    """A recording of the room `lumen`, and how browsers reach it."""

    show: ShowId
    fair: OpenFair

    @property
    def path(self) -> str:
        return f"/api/recordings/{self.show}"

    async def listed(self, staff: Visitor) -> Any:
        """Return it as the studio's list has it."""
        answer = (await staff.get("/api/rooms/lumen/recordings")).json
        return next((it for it in answer["recordings"] if it["id"] == self.show), None)


@pytest_asyncio.fixture(loop_scope="session")
async def film(fair: OpenFair) -> Film:
    """A public recording with a chapter and three posts."""
    show = ShowId(f"show-{next(NUMBERS)}")
    await record(fair.parts.recordings, show, room=LUMEN)
    author = await actor(fair, PEOPLE[Role.BUYER])
    await fair.parts.moments.keep([
        Pin(show, 0.0, ProductId("lumen-1")),
        *(
            ShowPost(f"{show}-{n}", show, float(n), author.id, author.name, "Shop", author.role, f"<b>{n}", n)
            for n in range(3)
        ),
    ])
    return Film(show, fair)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def people(fair: OpenFair) -> AsyncIterator[dict[str, Visitor]]:
    """One browser for each kind of person; `foreign` are staff of another room."""
    async with (
        visitor(fair.base_url) as guest, visitor(fair.base_url) as buyer, visitor(fair.base_url) as staff,
        visitor(fair.base_url) as foreign, visitor(fair.base_url) as organiser,
    ):
        browsers = dict(zip(WHO, (guest, buyer, staff, foreign, organiser), strict=True))
        for who, email in EMAILS.items():
            await browsers[who].sign_in(email)
        yield browsers


async def remove(browser: Visitor, path: str) -> Answer:
    token = (await browser.get("/nowhere")).token
    return await browser.ask("DELETE", path, headers={"X-CSRF-Token": token})


async def test_the_studio_lists_what_a_room_recorded(staff: Visitor, film: Film) -> None:
    answer = await staff.get("/api/rooms/lumen/recordings")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json["quota"] == 100 * 10**9
    assert answer.json["keep_days"] == 90
    assert answer.json["used"] == await film.fair.parts.recordings.used_bytes(LUMEN)
    listed = await film.listed(staff)
    assert listed.pop("ended_at") > STARTED_AT
    assert listed == {
        "id": film.show, "title": "", "started_at": STARTED_AT, "seconds": 6.0,
        "bytes": SECTION_INIT + 3 * SEGMENT_SIZE, "state": "whole", "stop_reason": "ended",
        "is_running": False, "access": "public", "guests": [], "keep": False, "storage": "local",
    }


async def test_the_studio_reads_what_private_calls_take(
    staff: Visitor, fair: OpenFair, film: Film
) -> None:
    """What stands in no list fills the room too; once a party deletes it, it does no more."""
    before = (await staff.get("/api/rooms/lumen/recordings")).json
    call, seller = f"lumen.call-{next(NUMBERS)}", await actor(fair, PEOPLE[Role.STAFF])
    await fair.parts.recordings.begin(call, LUMEN, STARTED_AT, "node", Kind.CALL, parties=[seller.id])
    await record(fair.parts.recordings, call, room=LUMEN)
    full = (await staff.get("/api/rooms/lumen/recordings")).json
    size = SECTION_INIT + 3 * SEGMENT_SIZE
    assert full["used_by_calls"] - before["used_by_calls"] == full["used"] - before["used"] == size
    shown = sum(it["bytes"] for it in full["recordings"])
    assert full["used"] == shown + full["used_by_calls"]
    assert (await remove(staff, f"/api/recordings/{call}")).status == OK
    assert (await staff.get("/api/rooms/lumen/recordings")).json == before


async def test_a_change_leaves_what_it_does_not_name(staff: Visitor, film: Film) -> None:
    first = await staff.post_json(film.path, {"title": " Lamps <b>  ", "keep": True})
    assert first.status == OK
    assert first.json["recording"] == await film.listed(staff)
    assert (first.json["recording"]["title"], first.json["recording"]["keep"]) == ("Lamps <b>", True)
    second = await staff.post_json(film.path, {"access": "signed_in", "keep": False})
    changed = second.json["recording"]
    assert (changed["title"], changed["keep"], changed["access"]) == ("Lamps <b>", False, "signed_in")
    assert (await staff.post_json(film.path, {})).json["recording"] == changed


async def test_guests_are_invited_by_their_addresses(staff: Visitor, film: Film) -> None:
    wanted = [OTHER_BUYER.upper(), PEOPLE[Role.BUYER]]
    await staff.post_json(film.path, {"access": "invited", "guests": wanted})
    assert (await film.listed(staff))["guests"] == sorted([OTHER_BUYER, PEOPLE[Role.BUYER]])
    await staff.post_json(film.path, {"access": "invited"})
    assert len((await film.listed(staff))["guests"]) == 2, "the list was not sent, so it stays"
    await staff.post_json(film.path, {"guests": [OTHER_BUYER]})
    assert (await film.listed(staff))["guests"] == [OTHER_BUYER]
    await staff.post_json(film.path, {"access": "public"})
    assert (await film.listed(staff))["guests"] == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": 5}, "malformed"),
        ({"title": "x" * 121}, "bad_title"),
        ({"access": "secret"}, "malformed"),
        ({"access": ["public"]}, "malformed"),
        ({"keep": "yes"}, "malformed"),
        ({"guests": "a@b.example"}, "malformed"),
        ({"guests": [5]}, "malformed"),
        ({"guests": ["no address"]}, "bad_email"),
        ({"access": "invited", "guests": ["nobody@shop.example"]}, "unknown_email"),
        ({"guests": ["a@b.example"] * 501}, "too_many_guests"),
        ([], "malformed"),
    ],
)
async def test_what_cannot_be_understood_changes_nothing(
    staff: Visitor, film: Film, change: Any, code: str
) -> None:
    before = await film.listed(staff)
    answer = await staff.post_json(film.path, change)
    assert (answer.status, answer.json["code"]) == (400, code)
    assert await film.listed(staff) == before


@pytest.mark.parametrize(
    ("who", "status"),
    list(zip(WHO, (SIGN_IN, NO, OK, NO, NO), strict=True)),
)
async def test_only_the_rooms_staff_change_and_delete(
    people: dict[str, Visitor], film: Film, who: str, status: int
) -> None:
    """Who may not does not even learn who has an account here."""
    before = await film.listed(people["staff"])
    asked = {"title": "Mine", "guests": ["nobody@shop.example"] if status != OK else []}
    assert (await people[who].post_json(film.path, asked)).status == status
    assert (await film.listed(people["staff"]) == before) == (status != OK)
    assert (await remove(people[who], film.path)).status == status
    assert (await film.listed(people["staff"]) is None) == (status == OK)


async def test_a_deleted_recording_is_gone_for_everybody(people: dict[str, Visitor], film: Film) -> None:
    assert (await remove(people["staff"], film.path)).status == OK
    for path in (f"/api/shows/{film.show}/posts", f"/api/shows/{film.show}/chapters"):
        assert (await people["staff"].get(path)).status == 404
    again = await remove(people["staff"], film.path)
    assert (again.status, again.json["code"]) == (404, "no_recording")
    left = await film.fair.parts.recordings.files_to_delete()
    assert film.show in {it.recording for it in left}


async def test_what_runs_cannot_be_deleted(staff: Visitor, fair: OpenFair) -> None:
    show = f"show-{next(NUMBERS)}"
    await record(fair.parts.recordings, show, room=LUMEN, reason="")
    answer = await remove(staff, f"/api/recordings/{show}")
    assert (answer.status, answer.json["code"]) == (409, "still_recording")


async def test_deleting_without_a_token_is_refused(staff: Visitor, film: Film) -> None:
    assert (await staff.ask("DELETE", film.path)).status == NO
    assert await film.listed(staff)


REPLAYS = [
    # access, whether the asker is invited, then the status for each of WHO
    (Access.PUBLIC, False, (OK, OK, OK, OK, OK)),
    (Access.SIGNED_IN, False, (SIGN_IN, OK, OK, OK, OK)),
    (Access.INVITED, False, (SIGN_IN, NO, OK, NO, OK)),
    (Access.INVITED, True, (SIGN_IN, OK, OK, OK, OK)),
]


@pytest.mark.parametrize(("access", "is_invited", "statuses"), REPLAYS)
async def test_chapters_and_posts_are_for_those_who_may_watch(
    people: dict[str, Visitor], film: Film, access: Access, is_invited: bool, statuses: tuple[int, ...]
) -> None:
    invited = list(EMAILS.values()) if is_invited else []
    await people["staff"].post_json(film.path, {"access": access.value, "guests": invited})
    for kind in ("chapters", "posts"):
        asked = [people[who].get(f"/api/shows/{film.show}/{kind}") for who in WHO]
        answers = await asyncio.gather(*asked)
        assert [answer.status for answer in answers] == list(statuses), kind
        assert all((kind in answer.json) == (answer.status == OK) for answer in answers)


async def test_a_replay_has_its_chapters_and_its_chat_in_time(guest: Visitor, film: Film) -> None:
    chapters = (await guest.get(f"/api/shows/{film.show}/chapters")).json
    assert chapters == {"chapters": [{"second": 0.0, "product_id": "lumen-1", "title": "Lamp <i>One</i>"}]}
    posts = (await guest.get(f"/api/shows/{film.show}/posts")).json
    said = [(post["second"], post["text"]) for post in posts["posts"]]
    assert said == [(0, "<b>0"), (1, "<b>1"), (2, "<b>2")]
    assert not posts["more"]
    assert "author_id" not in posts["posts"][0], "accounts are nobody's business"
    later = (await guest.get(f"/api/shows/{film.show}/posts?after=1.0")).json
    assert [post["second"] for post in later["posts"]] == [2]
    for after in ("soon", "nan", "inf", "1e999"):
        answer = await guest.get(f"/api/shows/{film.show}/posts?after={after}")
        assert (answer.status, answer.json["code"]) == (400, "malformed")


async def test_a_call_has_no_replay_for_others(people: dict[str, Visitor], fair: OpenFair) -> None:
    """Nor does its recording stand in the room's list."""
    parties = [(await actor(fair, EMAILS[who])).id for who in ("buyer", "staff")]
    call = f"lumen.call-{next(NUMBERS)}"
    await fair.parts.recordings.begin(call, LUMEN, STARTED_AT, "node", Kind.CALL, parties=parties)
    await fair.parts.recordings.end(call, "ended")
    listed = (await people["staff"].get("/api/rooms/lumen/recordings")).json["recordings"]
    assert call not in {it["id"] for it in listed}
    statuses = [(await people[who].post_json(f"/api/recordings/{call}", {})).status for who in WHO]
    assert statuses == [SIGN_IN, OK, OK, NO, NO]
    opened = await people["staff"].post_json(f"/api/recordings/{call}", {"access": "public"})
    assert (opened.status, opened.json["code"]) == (409, "call_is_private")


@pytest.mark.parametrize(("who", "status"), list(zip(WHO, (SIGN_IN, NO, OK, NO, OK), strict=True)))
async def test_who_moderates_takes_posts_out(
    people: dict[str, Visitor], film: Film, who: str, status: int
) -> None:
    path = f"/api/shows/{film.show}/posts"
    assert (await remove(people[who], f"{path}/{film.show}-1")).status == status
    left = (await people["guest"].get(path)).json["posts"]
    assert len(left) == (2 if status == OK else 3)


async def test_another_rooms_list_has_none_of_it(fair: OpenFair, film: Film) -> None:
    async with visitor(fair.base_url) as foreign:
        await foreign.sign_in(OTHER_STAFF)
        answer = await foreign.get(f"/api/rooms/{RoomId(TILE)}/recordings")
    listed = answer.json["recordings"]
    assert film.show not in {it["id"] for it in listed}
    assert answer.json["used"] == sum(it["bytes"] for it in listed)

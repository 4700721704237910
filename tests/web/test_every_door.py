"""Every door of the fair, and everybody who may come to it: only those come through whose it is.

First all others come and are refused, then what they came for is looked at, then those come who may: so that
it was there to be taken.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from socketio.exceptions import ConnectionError as NotLetIn

from config.ids import AnnouncedId, CallId
from showroom.app import open_fair
from showroom.embedded import EmbeddedValkey
from signaling.protocol import ASKED
from signaling.tickets import Purpose
from tests.signaling.fair import Talker
from tests.web.conftest import LUMEN, TILE, OpenFair, furnish, settings_for
from tests.web.crowd import Crowd, gathered
from tests.web.doors import ALL, LOOKERS, Door, Who
from tests.web.media_doors import DOORS, FAREWELL
from tests.web.talks import BOOTH, HALL, INSIDE, LET_IN, MEETING, TALKS, Talk
from tests.web.visitor import Answer
from web.routes import add_routes

pytestmark = pytest.mark.asyncio(loop_scope="session")

LEAST_CELLS = 400
PURPOSES = {HALL: Purpose.HALL, BOOTH: Purpose.BOOTH, MEETING: Purpose.MEETING}
Talkers = dict[tuple[str, Who], Talker]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def fair(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[OpenFair]:
    """A fair of its own, as much is broken in it in the end."""
    valkey = EmbeddedValkey(tmp_path_factory.mktemp("valkey"))
    long = {"CALLS_RING_SECONDS": "600", "CALLS_WAIT_SECONDS": "600", "ACCOUNTS_TICKET_SECONDS": "600"}
    settings = settings_for(tmp_path_factory.mktemp("fair"), await valkey.start(), **long)
    async with open_fair(settings) as opened:
        yield OpenFair(opened.base_url, opened.parts, await furnish(opened.parts))
    await valkey.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def crowd(fair: OpenFair, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Crowd]:
    """Everybody, and everything they may come for."""
    async with gathered(fair, tmp_path_factory.mktemp("clip")) as everybody:
        yield everybody


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def talkers(crowd: Crowd) -> AsyncIterator[Talkers]:
    """Those who are in conversations, by tickets that they were given."""
    opened: Talkers = {}
    for namespace, people in INSIDE.items():
        for who in [who for who in Who if who in people]:
            ticket = await crowd.post(who, "/api/tickets", _wish(crowd, namespace, who))
            talker = await Talker(namespace).open(crowd.fair.base_url, {"v": 1, "ticket": ticket["ticket"]})
            await talker.hear("snapshot")
            opened[namespace, who] = talker
    yield opened
    for talker in opened.values():
        await talker.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def before(crowd: Crowd, talkers: Talkers) -> dict[Any, Any]:
    """How everything stood before anybody came for it."""
    return await as_it_stands(crowd)


async def test_every_door_and_every_event_is_in_the_table() -> None:
    app = web.Application()
    add_routes(app)
    routes = {f"{it.method} {it.resource.canonical}" for it in app.router.routes() if it.resource}
    assert {line.route for line in (*DOORS, FAREWELL)} == {it for it in routes if not it.startswith("HEAD ")}
    asked = {(namespace, event) for namespace, events in ASKED.items() for event in events}
    assert {(line.namespace, line.event) for line in TALKS} == asked
    assert len(cells()) >= LEAST_CELLS


@pytest.mark.threat("T27")
@pytest.mark.usefixtures("before")
@pytest.mark.parametrize("line", [it for it in DOORS if it.lets != ALL], ids=str)
async def test_others_do_not_come_through(crowd: Crowd, line: Door) -> None:
    met = {who: await crowd.come(who, line) for who in Who if who not in line.lets}
    assert {who: it.status for who, it in met.items() if not _is_refused(line, it)} == {}


@pytest.mark.threat("T27")
@pytest.mark.parametrize("namespace", INSIDE)
async def test_no_ticket_opens_a_conversation_of_others(
    crowd: Crowd, before: dict[Any, Any], namespace: str
) -> None:
    """Not even one that the fair has signed for whom it should not have."""
    mint, codes = crowd.fair.parts.tickets.mint, {}
    call = CallId(crowd.things["call"]) if namespace == MEETING else None
    for who in [who for who in Who if who not in LET_IN[namespace]]:
        ticket = mint(crowd.actors[who], PURPOSES[namespace], None if call else LUMEN, call)
        codes[who] = await _refusal(crowd, namespace, ticket)
    assert set(codes.values()) <= {"denied", "sign_in"}


@pytest.mark.threat("T27")
@pytest.mark.usefixtures("before")
@pytest.mark.parametrize("line", TALKS, ids=str)
async def test_others_are_not_heard(crowd: Crowd, talkers: Talkers, line: Talk) -> None:
    met = {who: await _ask(crowd, talkers, who, line) for who in INSIDE[line.namespace] - line.lets}
    assert {who: code for who, code in met.items() if code not in ("denied", "sign_in", *line.refuses)} == {}


@pytest.mark.threat("T27")
async def test_everything_is_as_it_was(crowd: Crowd, before: dict[Any, Any]) -> None:
    assert await as_it_stands(crowd) == before


@pytest.mark.parametrize("line", DOORS, ids=str)
async def test_those_come_through_whose_door_it_is(crowd: Crowd, line: Door) -> None:
    met = {who: await crowd.come(who, line) for who in _comers(line)}
    astray = {who: (it.status, it.text[:200]) for who, it in met.items() if not _is_in(line, it)}
    assert astray == {}


@pytest.mark.parametrize("line", TALKS, ids=str)
async def test_those_are_heard_who_may_speak(crowd: Crowd, talkers: Talkers, line: Talk) -> None:
    met = {who: await _ask(crowd, talkers, who, line) for who in _speakers(line)}
    assert {who: code for who, code in met.items() if code not in line.meets} == {}


async def test_everybody_may_leave(crowd: Crowd) -> None:
    met = [await crowd.come(who, FAREWELL) for who in Who]
    assert all(_is_in(FAREWELL, it) for it in met)
    assert (await crowd.people[Who.STAFF].get(f"/studio/{LUMEN}")).status == 303


def cells() -> list[tuple[object, Who]]:
    """Return each door, conversation and event with each of those who come to it here."""
    doors = [(line, who) for line in (*DOORS, FAREWELL) for who in Who if who not in line.lets]
    doors += [(line, who) for line in (*DOORS, FAREWELL) for who in _comers(line)]
    talks = [(line, who) for line in TALKS for who in INSIDE[line.namespace] - line.lets]
    talks += [(line, who) for line in TALKS for who in _speakers(line)]
    return [*doors, *talks, *((namespace, who) for namespace in INSIDE for who in Who)]


def _comers(line: Door) -> list[Who]:
    """Return who is let come where they may; a PDF, which takes a second to print, is given to one."""
    return [who for who in Who if who in line.lets][: 1 if ".pdf" in line.route else None]


def _speakers(line: Talk) -> list[Who]:
    """Return who speaks where they are heard; a third person who leaves by it is not answered any more."""
    leaves = line.event in ("remove", "hang_up")
    return [who for who in Who if who in line.lets and not (leaves and who is Who.THIRD)]


def _is_refused(line: Door, answer: Answer) -> bool:
    return _is_led_away(answer) or answer.status in (401, 403, *line.refuses)


def _is_in(line: Door, answer: Answer) -> bool:
    return answer.status in line.meets and not _is_led_away(answer)


def _is_led_away(answer: Answer) -> bool:
    return answer.status == 303 and answer.headers["Location"].startswith("/sign-in?")


def _wish(crowd: Crowd, namespace: str, who: Who) -> dict[str, Any]:
    if namespace == MEETING:
        name = "elsewhere" if who in (Who.OTHER, Who.RIVAL) else "call"
        return {"purpose": "meeting", "call": crowd.things[name]}
    is_own = namespace == BOOTH and who not in LOOKERS
    return {"purpose": PURPOSES[namespace], "room": TILE if is_own else LUMEN}


async def _refusal(crowd: Crowd, namespace: str, ticket: str) -> str:
    """Return why a conversation does not open; empty when it does."""
    talker = Talker(namespace)
    try:
        await talker.open(crowd.fair.base_url, {"v": 1, "ticket": ticket})
    except NotLetIn:
        return str(talker.refusal["data"]["code"])
    finally:
        await talker.close()
    return ""


async def _ask(crowd: Crowd, talkers: Talkers, who: Who, line: Talk) -> str:
    """Return the code somebody is answered with; empty when it is done."""
    answer = await talkers[line.namespace, who].ask(line.event, crowd.filled(dict(line.sends)))
    return str(answer["error"]["code"]) if "error" in answer else ""


NOW = re.compile(r'"now(_ms)?": [0-9.]+')
RECORDINGS = ("public", "signed_in", "invited", "spare", "talk", "spare_talk")
CALLS = ("call", "ended", "elsewhere", "ringing", "outgoing")
LOOKS = (
    (Who.STAFF, "/api/threads/{room}/{buyer}"), (Who.BUYER, "/api/threads/{room}/{buyer}"),
    (Who.OTHER, "/api/offers/{other_offer}"), (Who.BUYER, "/offers/{agreed}.json"),
    (Who.BUYER, "/api/shows/{public}/posts"), (Who.STAFF, "/shows/{public}/captions/en.json"),
    (Who.STAFF, "/studio/{room}/shows/{public}/captions"), (Who.BUYER, "/call-files/{call}/{file}"),
    (Who.BUYER, "/stills/{still}"), (Who.BUYER, "/api/appointments"), (Who.STAFF, "/api/appointments"),
    (Who.STAFF, "/api/rooms/{room}/follow-up"), (Who.STAFF, "/api/rooms/{room}/blocks"),
)


async def as_it_stands(crowd: Crowd) -> dict[Any, Any]:
    """Return what could have been read, changed or taken, as its owners and the records have it."""
    parts, things, call = crowd.fair.parts, crowd.things, CallId(crowd.things["call"])
    seen = {look: await _look(crowd, *look) for look in LOOKS}
    room, announced = parts.call_room.parts, AnnouncedId(things["announced"])
    show = await parts.shows.get(LUMEN)
    return seen | {
        "recordings": [await parts.recordings.get(things[it]) for it in RECORDINGS],
        "guests": await parts.recordings.guests(things["invited"]),
        "keys": [await it.facts(LUMEN) for it in (parts.stream_keys, parts.caption_keys)],
        "hours": await parts.asking.hours.of_room(LUMEN), "roster": await parts.asking.roster.of_room(LUMEN),
        "programme": await parts.programme.get(announced), "loop": await parts.programme.loop(LUMEN),
        "reserved": await parts.reservations.counts([announced]), "show": show and show.id,
        "pinned": await parts.shows.pinned(LUMEN), "said": await parts.chat.tail(LUMEN),
        "said in the call": await parts.chat.tail(f"call:{call}"), "notes": await room.notes.of(call),
        "files": await room.files.of(call), "thirds": await room.thirds.of(call),
        "calls": [(await parts.calls.get(CallId(things[it]))).state for it in CALLS],
        "duty": [it.id for it in await parts.duty.on_duty(LUMEN)],
        "stills": [(await parts.stills.get(things[it])).call for it in ("still", "staff_still")],
    }


async def _look(crowd: Crowd, who: Who, path: str) -> str:
    """Return what somebody sees, but for the time."""
    answer = await crowd.people[who].get(path.format_map(crowd.things))
    assert answer.status == 200, path
    return NOW.sub("", answer.text)

"""An exhibitor leaves the fair while much goes on in its room: all of it ends, but calls that have begun."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from redis.asyncio import Redis
from sqlalchemy import update

from config.errors import Busy, FairError, Missing
from config.ids import CallId
from config.settings import Settings
from rooms.fair.database import Database
from rooms.fair.models import CompanyRow
from rooms.negotiation.states import CallState
from signaling.tasks import end
from signaling.tickets import Purpose
from tests.media.peer import Peer
from tests.rooms.fair_facts import LAMP, OAK, buyer, guest, organiser, staff
from tests.signaling.fair import (
    LASTING,
    PATIENCE_SECONDS,
    Node,
    Talker,
    furnish_fair,
    on_air,
    open_node,
    quick,
)
from tests.signaling.held import Hold
from tests.signaling.test_asking import of, ring

GONE = "exhibitor_left"


async def leave(fair: Node) -> None:
    await fair.departures.leave(organiser(), OAK)


async def left_long_ago(database: Database) -> None:
    """Write down what no node has seen at its time."""
    async with database.session() as session:
        await session.execute(update(CompanyRow).where(CompanyRow.room == OAK).values(left_at=1000.0))


async def seen(fair: Node) -> None:
    """Wait until a node knows of it."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while OAK not in fair.parts.views.left:
            await asyncio.sleep(0.02)


async def test_consoles_and_pages_are_told_and_closed_and_nobody_comes_in_any_more(fair: Node) -> None:
    inside = [
        await fair.talk("/booth", staff(), OAK), await fair.talk("/booth", organiser(), OAK),
        await fair.talk("/hall", buyer(), OAK), await fair.talk("/hall", guest(), OAK),
    ]
    others = [
        await fair.talk("/booth", staff(room=LAMP), LAMP), await fair.talk("/hall", buyer(2), LAMP),
        await fair.talk("/hall", guest()), await fair.talk("/hall", staff(2)),
    ]
    doors = [("/hall", guest()), ("/booth", staff())]
    tickets = [(space, fair.ticket(space, who, OAK)) for space, who in doors]
    await leave(fair)
    for talker in inside:
        await talker.hear("(lost)")
        assert [name for name, _ in talker.told][-2:] == [GONE, "(lost)"]
    for space, ticket in tickets:
        refusal = await fair.refused(space, {"v": 1, "ticket": ticket})
        assert refusal["data"]["code"] == GONE
    await others[2].hear("programme", lambda it: it["room"] == OAK)
    assert [talker.count(GONE) + talker.count("(lost)") for talker in others] == [0] * 4
    await fair.departures.come_back(organiser(), OAK)
    await others[2].hear("programme", lambda _: others[2].count("programme") > 1)
    assert (await (await fair.talk("/hall", guest(), OAK)).hear("snapshot"))["room"]["id"] == OAK


async def test_requests_end_for_their_buyers_who_read_why_and_calls_go_on(fair: Node) -> None:
    """Wherever the buyer is by then, and whether the request rings or waits in line."""
    console = await fair.talk("/booth", staff(), OAK)
    pages = [await fair.talk("/hall", buyer(number), OAK) for number in (1, 2)]
    taken = await ring(pages[0])
    await console.ask("accept_call", {"call": taken["id"], "request_key": "k"})
    waits = await ring(pages[1])
    assert waits["state"] == "waiting"
    walking = await fair.talk("/hall", buyer(2))
    await pages[1].close()
    seat = await fair.talk("/meeting", buyer(1), call=taken["id"])
    await leave(fair)
    ended = await walking.hear("call", lambda it: it["call"]["state"] == "declined")
    assert (ended["call"]["id"], ended["call"]["has_left"]) == (waits["id"], True)
    await console.hear("(lost)")
    assert (await fair.parts.calls.get(CallId(taken["id"]))).state is CallState.TALKING
    assert (await seat.ask("post", {"text": "Go on."}))["ok"]
    assert seat.count(GONE) == 0


async def test_what_its_staff_ring_is_taken_back(fair: Node) -> None:
    console, page = await fair.talk("/booth", staff(), OAK), await fair.talk("/hall", buyer(), OAK)
    missed = await ring(page)
    await console.ask("decline_call", {"call": missed["id"]})
    back = (await console.ask("call_back", {"subject": missed["id"], "request_key": "b"}))["call"]
    walking = await fair.talk("/hall", buyer())
    await leave(fair)
    await walking.hear("call", lambda it: of(back)(it) and it["call"]["state"] == "cancelled")
    assert (await walking.ask("answer_call", {"call": back["id"]}))["error"]["code"] == "wrong_moment"


async def test_a_request_on_its_way_while_the_exhibitor_leaves_ends_too(fair: Node, hold: Hold) -> None:
    await fair.talk("/booth", staff(), OAK)
    page = await fair.talk("/hall", buyer(), OAK)
    held = hold(fair.parts.calls._line, "begin")
    asking = asyncio.create_task(ring(page))
    await held.was_made.wait()
    await leave(fair)
    await seen(fair)
    await page.hear("(lost)")  # nobody will hear the answer
    held.may_go_on.set()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await fair.parts.asking.follow_up.missed(staff(), OAK):
            await asyncio.sleep(0.02)
    await end(asking)
    assert await fair.parts.calls.waiting(OAK) == []


@pytest.mark.parametrize("fair", [LASTING], indirect=True)
@pytest.mark.parametrize("by_key", [True, False])
async def test_its_show_ends_for_all_and_no_key_opens_the_room(fair: Node, by_key: bool) -> None:
    """Within seconds, though the picture is still sent; the show of another room goes on."""
    key, ticket = await fair.stream_keys.rotate(OAK, "test"), fair.publish_ticket(staff())
    peer, _ = await fair.go_live(key if by_key else ticket)
    other, _ = await fair.go_live(fair.publish_ticket(staff(room=LAMP), LAMP), LAMP)
    async with on_air(peer), on_air(other):
        await peer.until(lambda: fair.relay.is_live(OAK) and fair.relay.is_live(LAMP))
        viewer, _ = await fair.watch(guest())
        await viewer.until(lambda: bool(viewer.video()))
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await fair.show_log.of_room(OAK):
                await asyncio.sleep(0.02)
        await leave(fair)
        for one in (peer, viewer):
            await one.until(lambda one=one: one.is_closed, PATIENCE_SECONDS)  # type: ignore[misc]  # mypy cannot infer a lambda's default
        for bearer in (key, ticket):
            await refused(fair.whip.create(OAK, Peer("sendonly").offer(), bearer, "192.0.2.1"))
        await refused(fair.whep.create(OAK, Peer("recvonly").offer(), guest(), "192.0.2.1"))
        async with asyncio.timeout(PATIENCE_SECONDS):
            while [show.ended_at for show in await fair.show_log.of_room(OAK)] == [None]:
                await asyncio.sleep(0.02)
        assert await fair.parts.shows.get(OAK) is None
        assert [room["room"] for room in await fair.parts.views.live_rooms()] == [LAMP]
        assert not other.is_closed


async def refused(work: Any) -> None:
    with pytest.raises(Missing) as refusal:
        await work
    assert refusal.value.code == GONE


async def test_who_was_on_the_way_onto_the_air_is_taken_off(fair: Node, hold: Hold) -> None:
    held = hold(fair.stage.rehearsals, "place")
    opening = asyncio.create_task(fair.go_live(fair.publish_ticket(staff())))
    await held.was_made.wait()
    await leave(fair)
    await seen(fair)
    held.may_go_on.set()
    try:
        peer = await opened(opening)
    except TimeoutError:  # taken off before the two had met, for which the peer waits in vain
        assert not fair.relay.is_live(OAK)
        return
    async with on_air(peer):
        await peer.until(lambda: peer.is_closed, PATIENCE_SECONDS)


async def opened(opening: asyncio.Task[tuple[Peer, Any]]) -> Peer:
    return (await opening)[0]


async def test_a_rehearsal_ends_also_one_that_obs_sends(fair: Node) -> None:
    """Which an exhibitor's own page cannot end: it would come back at once, and be live."""
    await fair.stage.rehearsals.begin(staff(), OAK)
    peer, _ = await fair.go_live(await fair.stream_keys.rotate(OAK, "test"))
    async with on_air(peer):
        await peer.until(lambda: fair.stage.rehearsals.has_picture(OAK))
        await leave(fair)
        await peer.until(lambda: peer.is_closed, PATIENCE_SECONDS)
    assert await fair.stage.rehearsals.of(OAK) is None


async def test_what_a_store_that_is_away_keeps_from_ending_ends_later(
    fair: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fair.talk("/booth", staff(), OAK)
    page = await fair.talk("/hall", buyer(), OAK)
    call = await ring(page)
    walking = await fair.talk("/hall", buyer())
    tries = asyncio.Event()

    async def away(*_: object) -> None:
        tries.set()
        raise Busy("The store is away.", code="store_away")

    with monkeypatch.context() as patch:
        patch.setattr(fair.parts.calls, "turn_away", away)
        await left_long_ago(fair.database)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await tries.wait()
    await walking.hear("call", lambda it: of(call)(it) and it["call"]["state"] == "declined")


async def test_a_server_that_starts_ends_what_was_left_meanwhile(
    fair: Node, redis: Redis, valkey_url: str, database: Database, settings: Settings
) -> None:
    """The exhibitor left hours ago, when nobody looked."""
    await fair.talk("/booth", staff(), OAK)
    call = await ring(await fair.talk("/hall", buyer(), OAK))
    await fair.sockets.close()
    await left_long_ago(database)
    async with open_node(quick(settings), valkey_url, database) as later:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (await later.parts.calls.get(CallId(call["id"]))).state is not CallState.DECLINED:
                await asyncio.sleep(0.02)


async def test_both_of_two_servers_see_them_out(
    redis: Redis, valkey_url: str, database: Database, settings: Settings
) -> None:
    await furnish_fair(database)
    async with (
        open_node(quick(settings), valkey_url, database) as one,
        open_node(quick(settings), valkey_url, database) as other,
    ):
        pages: list[Talker] = [await node.talk("/hall", guest(), OAK) for node in (one, other)]
        await leave(one)
        for page in pages:
            await page.hear(GONE)
            await page.hear("(lost)")
        for node in (one, other):
            with pytest.raises(FairError):
                node.tickets.read(node.tickets.mint(staff(), Purpose.BOOTH, room=OAK), Purpose.BOOTH)

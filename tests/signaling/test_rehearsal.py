"""Rehearsals: seen by the staff of the room and by nobody else, until they are opened to all."""

from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis

from config.errors import Busy, Conflict, Denied
from config.ids import RoomId
from config.settings import Settings
from rooms.fair.database import Database
from rooms.fair.policy import Actor
from rooms.live.rehearsals import Rehearsal, Rehearsals
from signaling.tickets import Purpose
from tests.media.peer import Peer
from tests.rooms.fair_facts import LAMP, OAK, buyer, guest, organiser, staff
from tests.signaling.fair import Node, furnish_fair, on_air, open_node, quick


def watch_ticket(node: Node, actor: Actor, room: RoomId = OAK) -> str:
    return node.tickets.mint(actor, Purpose.REHEARSAL, room=room)


async def watch(node: Node, bearer: str = "", actor: Actor | None = None) -> Peer:
    """Open a viewer's session by the door, with or without a ticket."""
    peer = Peer("recvonly")
    node.peers.append(peer)
    answered = await node.whep.create(OAK, peer.offer(), actor or guest(), "192.0.2.2", bearer)
    return await peer.connect(answered.sdp)


async def test_the_public_sees_nothing_of_a_rehearsal(fair: Node) -> None:
    page = await fair.talk("/hall", guest(), OAK)
    walker = await fair.talk("/hall", guest())
    console = await fair.talk("/booth", staff(), OAK)
    assert (await console.ask("begin_rehearsal"))["ok"]
    peer, _ = await fair.go_live(fair.publish_ticket(staff()))
    async with on_air(peer):
        await console.hear("rehearsal", lambda message: message["rehearsal"]["has_picture"])
        with pytest.raises(Conflict) as refusal:
            await watch(fair)
        assert refusal.value.code == "not_live"
        await asyncio.sleep(2.5)
        assert await fair.parts.shows.get(OAK) is None
        assert fair.stage.stills.of(OAK) is None
        assert await fair.parts.audience.viewers(OAK) == 0
        assert await fair.show_log.of_room(OAK) == []
    for talker in (page, walker):
        assert {name for name, _ in talker.told} <= {"snapshot", "duty"}
    assert (await (await fair.talk("/hall", guest(), OAK)).hear("snapshot"))["show"] is None


async def test_staff_see_the_rehearsal_as_viewers_would(fair: Node) -> None:
    await fair.stage.rehearsals.begin(staff(), OAK)
    peer, _ = await fair.go_live(fair.publish_ticket(staff()))
    async with on_air(peer):
        viewer = await watch(fair, watch_ticket(fair, staff(2)))
        await viewer.until(lambda: len(viewer.video()) > 5)


@pytest.mark.parametrize(
    "whose", ["buyer", "guest", "organiser", "other staff", "another room", "forged", "old"]
)
async def test_no_other_ticket_opens_a_rehearsal(fair: Node, whose: str) -> None:
    tickets = {
        "buyer": watch_ticket(fair, buyer()), "guest": watch_ticket(fair, guest()),
        "organiser": watch_ticket(fair, organiser()), "other staff": watch_ticket(fair, staff(room=LAMP)),
        "another room": watch_ticket(fair, staff(), LAMP), "forged": "a.b.c",
        "old": fair.tickets.mint(staff(), Purpose.REHEARSAL, room=OAK, ttl=-1),
    }
    await fair.stage.rehearsals.begin(staff(), OAK)
    peer, _ = await fair.go_live(fair.publish_ticket(staff()))
    async with on_air(peer):
        with pytest.raises(Denied):
            await watch(fair, tickets[whose])
        with pytest.raises(Denied):
            await watch(fair, fair.publish_ticket(staff()))


async def test_a_picture_that_could_not_be_told_of_is_told_of_later(
    fair: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was struck from what is to be told before it was."""
    console = await fair.talk("/booth", staff(), OAK)
    assert (await console.ask("begin_rehearsal"))["ok"]
    tell = fair.parts.herald.rehearsal_changed

    async def away_once(room: RoomId, rehearsal: Rehearsal | None, *, has_picture: bool) -> None:
        monkeypatch.setattr(fair.parts.herald, "rehearsal_changed", tell)
        raise Busy("The store is away.", code="store_away")

    monkeypatch.setattr(fair.parts.herald, "rehearsal_changed", away_once)
    peer, _ = await fair.go_live(fair.publish_ticket(staff()))
    async with on_air(peer):
        await console.hear("rehearsal", lambda message: message["rehearsal"]["has_picture"])


async def test_going_live_keeps_every_session(fair: Node) -> None:
    """The publisher's, and those of staff who watch; the show begins then, not before."""
    page = await fair.talk("/hall", guest(), OAK)
    console = await fair.talk("/booth", staff(), OAK)
    await console.ask("begin_rehearsal")
    peer, answered = await fair.go_live(fair.publish_ticket(staff()))
    async with on_air(peer):
        monitor = await watch(fair, watch_ticket(fair, staff()))
        await monitor.until(lambda: len(monitor.video()) > 2)
        assert (await console.ask("go_live"))["ok"]
        show = (await page.hear("show", lambda message: message["show"]))["show"]
        assert (show["state"], show["anchor"]) == ("live", "Staff 1")
        await console.hear("rehearsal", lambda message: message["rehearsal"] is None)
        viewer = await watch(fair)
        await viewer.until(lambda: len(viewer.video()) > 2)
        seen = len(monitor.video())
        await monitor.until(lambda: len(monitor.video()) > seen)
        assert not peer.is_closed
        held = await fair.stage.publisher(OAK, answered.session, fair.publish_ticket(staff()))
        assert held.session == answered.session
    (logged,) = await fair.show_log.of_room(OAK)
    assert logged.id == show["id"]


async def test_a_rehearsal_ends_without_a_show(fair: Node) -> None:
    console = await fair.talk("/booth", staff(), OAK)
    await console.ask("begin_rehearsal")
    peer, _ = await fair.go_live(fair.publish_ticket(staff()))
    async with on_air(peer):
        await console.hear("rehearsal", lambda message: message["rehearsal"]["has_picture"])
        assert (await console.ask("end_rehearsal"))["ok"]
        await peer.until(lambda: peer.is_closed)
    assert (await console.ask("go_live"))["error"]["code"] == "no_rehearsal"
    assert await fair.parts.shows.get(OAK) is None


async def return_to_rehearse(node: Node, actor: Actor) -> Peer:
    """Publish as a page does whose session was lost while it rehearsed."""
    peer = Peer("sendonly")
    node.peers.append(peer)
    bearer = node.publish_ticket(actor)
    answered = await node.whip.create(OAK, peer.offer(), bearer, "192.0.2.1", to_rehearse=True)
    return await peer.connect(answered.sdp)


@pytest.mark.parametrize("whose", ["nobody", "a colleague"])
async def test_who_returns_to_a_rehearsal_that_has_ended_begins_no_show(fair: Node, whose: str) -> None:
    """Nor takes over one that somebody else has begun, and whose picture is away."""
    await fair.stage.rehearsals.begin(staff(), OAK)
    peer = await return_to_rehearse(fair, staff())
    async with on_air(peer):
        await peer.until(lambda: fair.relay.is_live("rehearsal:oak-and-ash"))
        await fair.stage.rehearsals.end(staff(2), OAK)
        await peer.until(lambda: peer.is_closed)
    if whose == "a colleague":
        await fair.parts.shows.begin(OAK, "Staff 2")
        await fair.parts.shows.away(OAK)
    with pytest.raises(Conflict) as refusal:
        await return_to_rehearse(fair, staff())
    assert refusal.value.code == "no_rehearsal"
    assert fair.relay.facts(OAK) is None


async def test_who_returns_to_a_rehearsal_that_was_opened_is_on_the_air(fair: Node) -> None:
    await fair.stage.rehearsals.begin(staff(), OAK)
    peer = await return_to_rehearse(fair, staff())
    console = await fair.talk("/booth", staff(), OAK)
    async with on_air(peer):
        await console.hear("rehearsal", lambda message: message["rehearsal"]["has_picture"])
        await fair.stage.rehearsals.go_live(staff(2), OAK)
        show = (await console.hear("show", lambda message: message["show"]))["show"]
        again = await return_to_rehearse(fair, staff())
        async with on_air(again):
            await peer.until(lambda: peer.is_closed)
            await again.until(lambda: fair.relay.is_live(OAK))
    (logged,) = await fair.show_log.of_room(OAK)
    assert logged.id == show["id"]


async def test_another_program_is_not_let_go_into_a_show(fair: Node) -> None:
    """OBS comes back by itself: the rehearsal cannot end under it, only be opened."""
    await fair.stage.rehearsals.begin(staff(), OAK)
    peer, _ = await fair.go_live(await fair.stream_keys.rotate(OAK, "test"))
    async with on_air(peer):
        await peer.until(lambda: fair.relay.is_live("rehearsal:oak-and-ash"))
        with pytest.raises(Conflict) as refusal:
            await fair.stage.rehearsals.end(staff(), OAK)
        assert refusal.value.code == "still_sending"
        await Rehearsals(fair.redis).end(OAK)  # another node, or twelve hours
        await fair.stage.rehearsals.sweep()
        assert await fair.stage.rehearsals.of(OAK) == Rehearsal("Oak & Ash")
        assert not peer.is_closed
        await fair.stage.rehearsals.go_live(staff(), OAK)
        viewer = await watch(fair)
        await viewer.until(lambda: len(viewer.video()) > 2)


async def test_only_staff_of_the_room_rehearse(fair: Node) -> None:
    for actor in (guest(), buyer(), organiser(), staff(room=LAMP)):
        for work in (
            fair.stage.rehearsals.begin(actor, OAK), fair.stage.rehearsals.end(actor, OAK),
            fair.stage.rehearsals.go_live(actor, OAK),
        ):
            with pytest.raises(Denied):
                await work


async def test_a_room_on_the_air_does_not_rehearse(fair: Node) -> None:
    page = await fair.talk("/hall", guest(), OAK)
    peer, _ = await fair.go_live(fair.publish_ticket(staff()))
    with pytest.raises(Conflict) as refusal:
        await fair.stage.rehearsals.begin(staff(), OAK)
    assert refusal.value.code == "on_air"
    async with on_air(peer):
        await page.hear("show", lambda message: message["show"])
        with pytest.raises(Conflict):
            await fair.stage.rehearsals.begin(staff(), OAK)


async def test_of_twenty_who_begin_at_once_one_has_begun(redis: Redis, fair: Node) -> None:
    """Who comes later finds the rehearsal of the first, and changes nothing."""
    rehearsals = Rehearsals(redis)
    first = await asyncio.gather(*(_begin(rehearsals, f"Staff {number}") for number in range(20)))
    assert len(set(first)) == 1
    await fair.parts.shows.begin(LAMP, "Bo")
    with pytest.raises(Conflict):
        await rehearsals.begin(LAMP, "Ann")
    assert await rehearsals.of(LAMP) is None


async def _begin(rehearsals: Rehearsals, name: str) -> str:
    await rehearsals.begin(OAK, name)
    found = await rehearsals.of(OAK)
    return found.by if found else ""


async def test_what_one_node_decides_happens_on_the_node_with_the_picture(
    redis: Redis, valkey_url: str, database: Database, settings: Settings
) -> None:
    await furnish_fair(database)
    async with (
        open_node(quick(settings), valkey_url, database) as here,
        open_node(quick(settings), valkey_url, database) as there,
    ):
        console = await there.talk("/booth", staff(), OAK)
        assert (await console.ask("begin_rehearsal"))["ok"]
        peer, _ = await here.go_live(here.publish_ticket(staff()))
        async with on_air(peer):
            await console.hear("rehearsal", lambda message: message["rehearsal"]["has_picture"])
            assert (await console.ask("go_live"))["ok"]
            await console.hear("show", lambda message: message["show"])
            assert here.relay.is_live(OAK)

"""The life of a show as the stage sees it: publishers, viewers, and what packets that flow or cease mean."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from redis.asyncio import Redis

from config.errors import Conflict, Denied, FairError, Missing
from config.ids import RoomId
from config.settings import Settings
from rooms.fair.database import Database
from rooms.live.shows import ShowState
from tests.media.peer import DELTA, KEY, VIDEO
from tests.rooms.fair_facts import LAMP, OAK, buyer, guest, organiser, staff
from tests.signaling.fair import CHAIR, LASTING, Node, furnish_fair, on_air, open_node, quick


def live(message: Any) -> bool:
    return bool(message["show"]) and message["show"]["state"] == "live"


async def test_a_show_begins_with_its_first_packet(fair: Node) -> None:
    page = await fair.talk("/hall", guest(), OAK)
    peer, _ = await fair.go_live(fair.publish_ticket(staff()))
    await asyncio.sleep(0.2)
    assert await fair.parts.shows.get(OAK) is None
    async with on_air(peer):
        show = (await page.hear("show"))["show"]
        assert (show["state"], show["anchor"]) == ("live", "Staff 1")
        viewer, _ = await fair.watch(guest())
        await viewer.until(lambda: bool(viewer.video()))
        assert (await page.hear("viewers", lambda message: message["viewers"] == 1))["viewers"] == 1
        assert await fair.parts.audience.viewers(OAK) == 1
    (logged,) = await fair.show_log.of_room(OAK)
    assert (logged.id, logged.ended_at) == (show["id"], None)


@pytest.mark.parametrize("fair", [LASTING], indirect=True)
async def test_a_show_survives_a_pause_of_its_publisher(fair: Node) -> None:
    """F13: viewers stay connected, hear that it is away, and it returns as the same show."""
    page = await fair.talk("/hall", guest(), OAK)
    peer, _ = await fair.go_live(fair.publish_ticket(staff()))
    async with on_air(peer):
        show = (await page.hear("show", live))["show"]
        viewer, _ = await fair.watch(guest())
        await viewer.until(lambda: bool(viewer.video()))
    away = (await page.hear("show", lambda message: message["show"]["state"] == "away"))["show"]
    assert away["id"] == show["id"]
    page.told.clear()
    other, _ = await fair.go_live(fair.publish_ticket(staff(2)))
    seen = len(viewer.video())
    async with on_air(other):
        back = (await page.hear("show", live))["show"]
        await viewer.until(lambda: len(viewer.video()) > seen)
    assert (back["id"], back["anchor"]) == (show["id"], "Staff 2")
    assert not viewer.is_closed


async def test_a_show_whose_picture_does_not_return_ends(fair: Node) -> None:
    """F15: told to everybody, written down, and its viewers are let go."""
    page = await fair.talk("/hall", guest(), OAK)
    peer, _ = await fair.go_live(fair.publish_ticket(staff()))
    async with on_air(peer):
        await page.hear("show", live)
        viewer, _ = await fair.watch(guest())
    await page.hear("show", lambda message: message["show"] is None)
    (logged,) = await fair.show_log.of_room(OAK)
    assert logged.ended_at is not None
    await viewer.until(lambda: viewer.is_closed)
    with pytest.raises(Conflict) as refusal:
        await fair.watch(guest())
    assert refusal.value.code == "not_live"


@pytest.mark.parametrize("fair", [LASTING], indirect=True)
async def test_delete_is_away_and_not_yet_the_end(fair: Node) -> None:
    """Nor does a second one end what came after."""
    page = await fair.talk("/hall", guest(), OAK)
    bearer = fair.publish_ticket(staff())
    peer, answered = await fair.go_live(bearer)
    async with on_air(peer):
        show = (await page.hear("show", live))["show"]
        await fair.whip.delete(OAK, answered.session, bearer)
    await page.hear("show", lambda message: message["show"]["state"] == "away")
    again, _ = await fair.go_live(bearer)
    page.told.clear()
    async with on_air(again):
        assert (await page.hear("show", live))["show"]["id"] == show["id"]
        await fair.whip.delete(OAK, answered.session, bearer)
        assert fair.relay.is_live(OAK)


async def test_the_anchor_ends_the_show(fair: Node) -> None:
    console = await fair.talk("/booth", staff(), OAK)
    page = await fair.talk("/hall", guest(), OAK)
    peer, _ = await fair.go_live(fair.publish_ticket(staff()))
    async with on_air(peer):
        show = (await page.hear("show", live))["show"]
        assert await console.ask("end_show", {}) == {"ok": True}
        await page.hear("show", lambda message: message["show"] is None)
        await peer.until(lambda: peer.is_closed)
    assert await console.ask("end_show", {}) == {"ok": True}
    (logged,) = await fair.show_log.of_room(OAK)
    assert (logged.id, logged.ended_at is None) == (show["id"], False)
    assert fair.stage.stills.of(OAK) is None


async def test_a_session_that_ended_without_a_word_is_forgotten(fair: Node) -> None:
    """Most viewers close the tab: what is remembered of them must not grow with the day."""
    peer, published = await fair.go_live(bearer := fair.publish_ticket(staff()))
    async with on_air(peer):
        viewer, session = await fair.watch(guest())
        await viewer.until(lambda: bool(viewer.video()))
    await fair.stage.end_show(staff(), OAK)
    with pytest.raises(Missing):
        fair.stage.viewer(OAK, session)
    with pytest.raises(Missing):
        await fair.stage.publisher(OAK, published.session, bearer)


async def test_end_show_is_for_staff_and_the_organiser(fair: Node) -> None:
    for actor in (guest(), buyer(), staff(room=LAMP)):
        with pytest.raises(Denied):
            await fair.stage.end_show(actor, OAK)
    olga = await fair.talk("/booth", organiser(), OAK)
    assert await olga.ask("end_show", {}) == {"ok": True}


async def test_a_second_publisher_is_refused_while_packets_flow(fair: Node) -> None:
    key = await fair.stream_keys.rotate(OAK, staff().id)
    peer, _ = await fair.go_live(fair.publish_ticket(staff()))
    async with on_air(peer):
        await peer.until(lambda: fair.relay.is_live(OAK))
        for bearer in (fair.publish_ticket(staff(2)), key):
            with pytest.raises(Conflict) as refusal:
                await fair.go_live(bearer)
            assert refusal.value.code == "already_publishing"
        assert fair.relay.is_live(OAK)


@pytest.mark.parametrize("fair", [LASTING], indirect=True)
async def test_a_reload_of_the_studio_replaces_its_own_session(fair: Node) -> None:
    page = await fair.talk("/hall", guest(), OAK)
    first, _ = await fair.go_live(fair.publish_ticket(staff()))
    async with on_air(first):
        show = (await page.hear("show", live))["show"]
        second, _ = await fair.go_live(fair.publish_ticket(staff()))
        await first.until(lambda: first.is_closed)
    async with on_air(second):
        viewer, _ = await fair.watch(guest())
        await viewer.until(lambda: bool(viewer.video()))
        async with asyncio.timeout(10):  # the state is told after the picture
            while (running := await fair.parts.shows.get(OAK)) and running.state is not ShowState.LIVE:
                await asyncio.sleep(0.02)
    assert running is not None
    assert running.id == show["id"]


async def test_of_a_hundred_with_the_same_key_one_is_on_the_air(fair: Node) -> None:
    """T17."""
    key = await fair.stream_keys.rotate(OAK, staff().id)
    settled = await asyncio.gather(*(fair.go_live(key) for _ in range(100)), return_exceptions=True)
    codes = [result.code for result in settled if isinstance(result, FairError)]
    assert codes.count("already_publishing") == 99


async def test_the_stream_key_publishes_under_the_company_name(fair: Node) -> None:
    key = await fair.stream_keys.rotate(OAK, staff().id)
    peer, _ = await fair.go_live(key)
    page = await fair.talk("/hall", guest(), OAK)
    async with on_air(peer):
        assert (await page.hear("show", live))["show"]["anchor"] == "Oak & Ash"


@pytest.mark.parametrize(
    ("bearer", "code"),
    [
        ("", "no_bearer"),
        ("sk_wrong", "wrong_key"),
        ("nonsense", "ticket_invalid"),
        ("x" * 9999, "ticket_invalid"),
    ],
)
async def test_a_wrong_bearer_does_not_publish(fair: Node, bearer: str, code: str) -> None:
    with pytest.raises(Denied) as refusal:
        await fair.go_live(bearer)
    assert refusal.value.code == code


async def test_a_ticket_publishes_into_its_own_room_only(fair: Node) -> None:
    rival = fair.publish_ticket(staff(room=LAMP), LAMP)
    for bearer in (rival, fair.publish_ticket(buyer()), fair.ticket("/booth", staff(), OAK)):
        with pytest.raises(Denied):
            await fair.go_live(bearer)
    with pytest.raises(Missing) as refusal:
        await fair.go_live(rival, RoomId("nowhere"))
    assert refusal.value.code == "no_room"
    with pytest.raises(Missing):
        await fair.watch(guest(), RoomId("nowhere"))


async def test_a_key_frame_becomes_the_picture_of_the_room(fair: Node) -> None:
    """The decoder refuses these made-up frames: the stage goes on, and asks again."""
    peer, _ = await fair.go_live(fair.publish_ticket(staff()))
    async with on_air(peer):
        await asyncio.sleep(1.5)
        assert fair.relay.keyframe(OAK) is not None
        assert fair.stage.stills.of(OAK) is None
        assert fair.relay.is_live(OAK)


async def test_the_booth_learns_how_the_picture_arrives(fair: Node) -> None:
    console = await fair.talk("/booth", staff(), OAK)
    peer, _ = await fair.go_live(fair.publish_ticket(staff()))
    async with on_air(peer):
        sending = await console.hear("sending")
    assert sending["quality"] == "poor"
    assert sending["kbps"] >= 0
    assert set(sending) == {"kbps", "lost", "width", "height", "quality"}


async def test_a_pin_is_shown_and_kept(fair: Node) -> None:
    console = await fair.talk("/booth", staff(), OAK)
    page = await fair.talk("/hall", guest(), OAK)
    assert await console.ask("pin", {"product_id": CHAIR}) == {"ok": True}
    product = (await page.hear("pinned"))["product"]
    assert (product["id"], product["price_from"], product["picture"]) == (
        CHAIR,
        "12.50",
        "/pictures/chair.webp",
    )
    late = await fair.talk("/hall", guest(), OAK)
    assert (await late.hear("snapshot"))["pinned"]["id"] == CHAIR
    assert await console.ask("pin", {"product_id": None}) == {"ok": True}
    await page.hear("pinned", lambda message: message["product"] is None)
    assert (await console.ask("pin", {"product_id": "lampshade"}))["error"]["code"] == "no_product"
    olga = await fair.talk("/booth", organiser(), OAK)
    assert (await olga.ask("pin", {"product_id": CHAIR}))["error"]["code"] == "denied"


async def test_a_flushed_store_ends_no_show(fair: Node) -> None:
    """F3: the node that has the picture says so again."""
    peer, _ = await fair.go_live(fair.publish_ticket(staff()))
    async with on_air(peer):
        await peer.until(lambda: fair.relay.is_live(OAK))
        page = await fair.talk("/hall", guest(), OAK)
        while await fair.parts.shows.get(OAK) is None:
            await asyncio.sleep(0.02)
        page.told.clear()
        await fair.redis.flushall()
        assert (await page.hear("show", live))["show"]["state"] == "live"
        assert await fair.parts.shows.get(OAK) is not None


async def test_a_show_ended_on_another_node_ends_here(
    fair: Node, redis: Redis, valkey_url: str, database: Database, settings: Settings
) -> None:
    async with open_node(quick(settings), valkey_url, database) as other:
        peer, _ = await fair.go_live(fair.publish_ticket(staff()))
        async with on_air(peer):
            page = await fair.talk("/hall", guest(), OAK)
            while await fair.parts.shows.get(OAK) is None:
                await asyncio.sleep(0.02)
            console = await other.talk("/booth", staff(), OAK)
            assert await console.ask("end_show", {}) == {"ok": True}
            await page.hear("show", lambda message: message["show"] is None)
            await peer.until(lambda: peer.is_closed)
        assert await fair.parts.shows.get(OAK) is None


async def test_a_restarted_node_finds_its_show_away(
    redis: Redis, valkey_url: str, database: Database, settings: Settings
) -> None:
    """Nobody is on the air because a crashed server said so."""
    await furnish_fair(database)
    terms = quick(settings, shows__grace_seconds=30.0, media__stall_seconds=30.0)
    async with open_node(terms, valkey_url, database) as node:
        peer, _ = await node.go_live(node.publish_ticket(staff()))
        peer.send(VIDEO, 1, KEY)
        peer.send(VIDEO, 2, DELTA)
        while (show := await node.parts.shows.get(OAK)) is None:
            await asyncio.sleep(0.02)
        assert show.state is ShowState.LIVE
        await node.stage.close()
    async with open_node(terms, valkey_url, database) as node:
        again = await node.parts.shows.get(OAK)
        assert again is not None
        assert (again.id, again.state) == (show.id, ShowState.AWAY)

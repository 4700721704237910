"""What a page in the hall is told and may ask."""

from __future__ import annotations

import time

from tests.rooms.fair_facts import LAMP, OAK, buyer, guest, organiser, staff
from tests.signaling.fair import CHAIR, LAMPSHADE, Node, on_air


async def test_a_room_page_gets_a_snapshot(fair: Node) -> None:
    """Everything is there at once, so that a page that was away needs no replay."""
    talker = await fair.talk("/hall", guest(), OAK)
    snapshot = await talker.hear("snapshot")
    assert snapshot["room"] == {"id": OAK, "company": "Oak & Ash"}
    assert snapshot["show"] is None
    assert snapshot["me"] == {"id": "guest:abc", "name": "Guest", "role": "guest"}
    assert (snapshot["posts"], snapshot["duty"], snapshot["call"], snapshot["viewers"]) == ([], [], None, 0)


async def test_posts_reach_everybody_in_the_room_and_its_booth(fair: Node) -> None:
    writer = await fair.talk("/hall", buyer(), OAK)
    reader = await fair.talk("/hall", guest(), OAK)
    console = await fair.talk("/booth", staff(), OAK)
    reply = await writer.ask("post", {"text": " Is it oak? "})
    assert reply["ok"]
    assert reply["post"]["mine"]
    assert reply["post"]["text"] == "Is it oak?"
    for other in (reader, console):
        posted = (await other.hear("posted"))["post"]
        assert posted["id"] == reply["post"]["id"]
        assert (posted["author"], posted["company"], posted["role"]) == ("Buyer 1", "Trade Ltd", "buyer")
    late = await fair.talk("/hall", guest(), OAK)
    assert [post["id"] for post in (await late.hear("snapshot"))["posts"]] == [reply["post"]["id"]]


async def test_a_guest_is_asked_to_sign_in(fair: Node) -> None:
    talker = await fair.talk("/hall", guest(), OAK)
    for event, payload in (
        ("post", {"text": "hello"}),
        ("request_call", {"show_second": None, "product_id": None, "request_key": "k"}),
    ):
        assert (await talker.ask(event, payload))["error"]["code"] == "sign_in"


async def test_refusals_name_what_was_wrong(fair: Node) -> None:
    talker = await fair.talk("/hall", buyer(), OAK)
    request = {"show_second": None, "product_id": None, "request_key": "k"}
    for event, payload, code in (
        ("post", {"text": "  "}, "empty_post"),
        ("post", {"text": "x" * 501}, "long_post"),
        ("post", {"text": "x" * 9000}, "too_large"),
        ("post", {"text": 5}, "malformed"),
        ("post", "text", "malformed"),
        ("dance", {}, "unknown_event"),
        ("set_duty", {"on": True}, "unknown_event"),
        ("request_call", request, "nobody_on_duty"),
        ("request_call", {**request, "product_id": LAMPSHADE}, "no_product"),
        ("request_call", {**request, "show_second": -1}, "malformed"),
        ("cancel_call", {"call": "oak-and-ash.none"}, "no_call"),
    ):
        reply = await talker.ask(event, payload)
        assert (reply["error"]["code"], bool(reply["error"]["message"])) == (code, True), event


async def test_an_event_without_payload_is_malformed(fair: Node) -> None:
    talker = await fair.talk("/hall", buyer(), OAK)
    assert (await talker.ask("post"))["error"]["code"] == "malformed"
    assert (await talker.ask("post", {"text": "a"}, {"text": "b"}))["error"]["code"] == "malformed"


async def test_a_walker_sees_the_rooms_on_the_air(fair: Node) -> None:
    walker = await fair.talk("/hall", guest())
    snapshot = await walker.hear("snapshot")
    assert (snapshot["room"], snapshot["live"]) == (None, [])
    await fair.parts.shows.pin(OAK, CHAIR)
    peer, _ = await fair.go_live(fair.publish_ticket(staff()))
    async with on_air(peer):
        rooms = (await walker.hear("live", lambda message: message["rooms"]))["rooms"]
    assert [(room["room"], room["state"], room["product"]["id"]) for room in rooms] == [(OAK, "live", CHAIR)]
    assert (await walker.ask("post", {"text": "hello"}))["error"]["code"] == "no_room"


async def test_who_came_in_between_is_told_when_all_is_as_before(fair: Node) -> None:
    """Those who were there before had been told the same already, and so nobody was."""
    await fair.parts.shows.begin(OAK, "Ada")
    walker = await fair.talk("/hall", guest())
    await fair.parts.shows.end(OAK)
    assert [room["room"] for room in (await walker.hear("snapshot"))["live"]] == [OAK]
    await walker.hear("live", lambda message: message["rooms"] == [])


async def test_staff_of_another_room_may_watch_but_not_post(fair: Node) -> None:
    talker = await fair.talk("/hall", staff(room=LAMP), OAK)
    assert (await talker.ask("post", {"text": "ours is better"}))["error"]["code"] == "denied"
    olga = await fair.talk("/hall", organiser(), OAK)
    assert (await olga.ask("post", {"text": "welcome"}))["post"]["role"] == "organiser"


async def test_a_flood_is_slowed_down_and_then_cut_off(fair: Node) -> None:
    """T21: who is refused two hundred times in a row and goes on is dropped."""
    flood = await fair.talk("/hall", buyer(), OAK)
    other = await fair.talk("/hall", buyer(2), OAK)
    began = time.monotonic()
    codes = [(await flood.ask("cancel_call", {"call": "x"}))["error"]["code"] for _ in range(20)]
    assert codes.count("too_fast") >= 14 - (time.monotonic() - began)
    for _ in range(1000):  # each second one of them is let through, and the count begins anew
        await flood.client.emit("cancel_call", {"call": "x"}, namespace="/hall")
    assert (await other.ask("post", {"text": "still here"}))["ok"]
    await flood.hear("(lost)")

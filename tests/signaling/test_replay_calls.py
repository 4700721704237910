"""A private call asked for from a replay: which second of which show, and only of one the buyer may watch."""

from __future__ import annotations

from typing import Any

import pytest

from config.ids import RoomId
from rooms.fair.policy import Actor
from rooms.fair.recording import Access, Kind
from tests.rooms.fair_facts import LAMP, OAK, buyer, guest, staff
from tests.rooms.recorded import STARTED_AT, record
from tests.signaling.fair import CHAIR, Node, on_air


def request(**changes: Any) -> dict[str, Any]:
    return {"show": "show-1", "show_second": 3.5, "product_id": CHAIR, "request_key": "key-1"} | changes


async def ask(fair: Node, actor: Actor, room: RoomId = OAK, **changes: Any) -> Any:
    await fair.talk("/booth", staff(room=room), room)
    page = await fair.talk("/hall", actor, room)
    return await page.ask("request_call", request(**changes))


async def test_the_booth_hears_which_second_of_which_replay(fair: Node) -> None:
    await record(fair.parts.recordings)
    console = await fair.talk("/booth", staff(), OAK)
    page = await fair.talk("/hall", buyer(), OAK)
    asked = (await page.ask("request_call", request()))["call"]
    for call in (asked, (await console.hear("ring"))["call"]):
        assert (call["show_id"], call["show_second"]) == ("show-1", 3.5)
        assert (call["is_replay"], call["show_started_at"]) == (True, STARTED_AT)
    late = await fair.talk("/booth", staff(2), OAK)
    assert (await late.hear("snapshot"))["calls"][0]["show_started_at"] == STARTED_AT


async def test_a_second_behind_the_end_is_the_last_one(fair: Node) -> None:
    recording = await record(fair.parts.recordings, count=3)
    call = (await ask(fair, buyer(), show_second=99_999.0))["call"]
    assert call["show_second"] == recording.seconds == 6.0


async def test_without_a_second_the_replay_is_named_alone(fair: Node) -> None:
    await record(fair.parts.recordings)
    call = (await ask(fair, buyer(), show_second=None))["call"]
    assert (call["show_id"], call["show_second"], call["is_replay"]) == ("show-1", None, True)


async def test_a_call_from_a_show_that_runs_is_none_from_a_replay(fair: Node) -> None:
    """Also when it is named, as a page does that was rewound, and while another one is on the air."""
    await record(fair.parts.recordings)
    console = await fair.talk("/booth", staff(), OAK)
    peer, _ = await fair.go_live(fair.publish_ticket(staff()))
    async with on_air(peer):
        show = (await console.hear("show", lambda message: message["show"]))["show"]
        cases = ((None, show["id"], False), (show["id"], show["id"], False), ("show-1", "show-1", True))
        for number, (named, expected, is_replay) in enumerate(cases):
            page = await fair.talk("/hall", buyer(number), OAK)
            call = (await page.ask("request_call", request(show=named, show_second=0.0)))["call"]
            assert (call["show_id"], call["is_replay"]) == (expected, is_replay)
            assert call["show_started_at"] == (STARTED_AT if is_replay else None)


@pytest.mark.parametrize(
    ("access", "changes", "code"),
    [
        (Access.INVITED, {}, "denied"),
        (Access.PUBLIC, {"show": "show-2"}, "no_recording"),
        (Access.PUBLIC, {"show": "call-1"}, "no_recording"),
        (Access.PUBLIC, {"show": "gone"}, "no_recording"),
        (Access.PUBLIC, {"show": "deleted"}, "no_recording"),
        (Access.PUBLIC, {"show": 5}, "malformed"),
        (Access.PUBLIC, {"show": ""}, "malformed"),
        (Access.PUBLIC, {"show": "x" * 129}, "too_large"),
        (Access.PUBLIC, {"show_second": -1}, "malformed"),
    ],
)
async def test_what_is_no_replay_for_the_buyer_here_is_refused(
    fair: Node, access: Access, changes: dict[str, Any], code: str
) -> None:
    """Another room's, a call's, one that is gone, one for others; and nothing rings."""
    recordings = fair.parts.recordings
    await record(recordings, access=access)
    await record(recordings, "show-2", room=LAMP)
    await record(recordings, "deleted")
    await recordings.delete(staff(), "deleted")
    await recordings.begin("call-1", OAK, STARTED_AT, "node", Kind.CALL, parties=[buyer().id])
    assert (await ask(fair, buyer(), **changes))["error"]["code"] == code
    assert await fair.parts.calls.waiting(OAK) == []


async def test_the_invited_may_ask_and_a_guest_may_not(fair: Node) -> None:
    await record(fair.parts.recordings, access=Access.SIGNED_IN)
    assert (await ask(fair, guest()))["error"]["code"] == "sign_in"
    await fair.parts.recordings.set_access(staff(), "show-1", Access.INVITED, [buyer().id])
    assert (await ask(fair, buyer()))["call"]["is_replay"]


async def test_a_store_that_forgets_the_call_learns_of_the_replay_from_the_facts(fair: Node) -> None:
    await record(fair.parts.recordings)
    call = (await ask(fair, buyer()))["call"]
    await fair.redis.flushall()
    await fair.parts.calls.sweep()
    restored = await fair.parts.calls.get(call["id"])
    assert (restored.show, restored.show_second, restored.replay_of) == ("show-1", 3.5, STARTED_AT)

"""A private call from the request to the last seat, over real sockets."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from redis.asyncio import Redis

from config.errors import Busy
from config.ids import CallId
from config.settings import Settings
from rooms.fair.database import Database
from tests.rooms.fair_facts import LAMP, OAK, buyer, guest, organiser, staff
from tests.signaling.fair import CHAIR, Node, Talker, furnish_fair, on_air, open_node, quick


def request(key: str = "key-1", **changes: Any) -> dict[str, Any]:
    return {"show_second": None, "product_id": CHAIR, "request_key": key} | changes


async def ring(page: Talker, key: str = "key-1") -> dict[str, Any]:
    call: dict[str, Any] = (await page.ask("request_call", request(key)))["call"]
    return call


async def test_a_request_rings_at_everybody_on_duty(fair: Node) -> None:
    first = await fair.talk("/booth", staff(1), OAK)
    second = await fair.talk("/booth", staff(2), OAK)
    resting = await fair.talk("/booth", staff(3), OAK)
    assert (await resting.ask("set_duty", {"on": False})) == {"ok": True}
    elsewhere = await fair.talk("/booth", staff(room=LAMP), LAMP)
    page = await fair.talk("/hall", buyer(), OAK)
    call = await ring(page)
    assert (call["state"], call["company"], call["product"]["id"]) == ("ringing", "Oak & Ash", CHAIR)
    assert call["buyer"] == {
        "id": buyer().id, "name": "Buyer 1", "company": "Trade Ltd", "country": "FI", "language": "en"
    }
    assert call["meeting"] is None
    for console in (first, second):
        assert (await console.hear("ring"))["call"]["id"] == call["id"]
    assert (await resting.hear("call"))["call"]["id"] == call["id"]
    assert resting.count("ring") == 0
    assert elsewhere.count("ring") + elsewhere.count("call") == 0


async def test_a_request_rings_although_the_records_were_away_just_then(
    fair: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was marked as told, rang at nobody, and the buyer was shown that it rings."""
    console, page = await fair.talk("/booth", staff(), OAK), await fair.talk("/hall", buyer(), OAK)
    read = fair.parts.views.stills

    async def away_once(call: CallId) -> Any:
        monkeypatch.setattr(fair.parts.views, "stills", read)
        raise Busy("The records are away.", code="store_away")

    monkeypatch.setattr(fair.parts.views, "stills", away_once)
    call = await ring(page)
    assert call["state"] == "ringing"
    assert (await console.hear("ring"))["call"]["id"] == call["id"]
    assert console.count("ring") == 1


async def test_a_request_carries_the_second_of_the_show(fair: Node) -> None:
    console = await fair.talk("/booth", staff(), OAK)
    peer, _ = await fair.go_live(fair.publish_ticket(staff()))
    async with on_air(peer):
        show = (await console.hear("show", lambda message: message["show"]))["show"]
        page = await fair.talk("/hall", buyer(), OAK)
        call = (await page.ask("request_call", request(show_second=5000.0)))["call"]
    assert call["show_id"] == show["id"]
    assert 0 <= call["show_second"] <= time.time() - show["started_at"]


async def test_of_two_who_accept_at_once_one_wins(fair: Node) -> None:
    """T29, F26: the other is told who took it, and the ring stops everywhere."""
    consoles = [await fair.talk("/booth", staff(number), OAK) for number in (1, 2, 3)]
    page = await fair.talk("/hall", buyer(), OAK)
    call = await ring(page)
    asked = [{"call": call["id"], "request_key": f"{number}-{call['id']}"} for number in (1, 2)]
    replies = await asyncio.gather(
        *(console.ask("accept_call", payload) for console, payload in zip(consoles, asked, strict=False))
    )
    won = [reply["call"] for reply in replies if "call" in reply]
    lost = [reply["error"] for reply in replies if "error" in reply]
    assert (len(won), len(lost)) == (1, 1)
    assert lost[0]["code"] == "already_taken"
    assert won[0]["answered_by"] in lost[0]["message"]
    assert won[0]["meeting"] == f"/meeting/{call['id']}"
    for console in consoles:
        told = (await console.hear("call", lambda message: message["call"]["state"] == "talking"))["call"]
        assert told["answered_by"] == won[0]["answered_by"]
    told = (await page.hear("call", lambda message: message["call"]["state"] == "talking"))["call"]
    assert told["meeting"] == f"/meeting/{call['id']}"
    bystander = (await consoles[2].hear("call", lambda message: message["call"]["answered_by"]))["call"]
    assert bystander["meeting"] is None
    again = await consoles[next(i for i, r in enumerate(replies) if "call" in r)].ask(
        "accept_call", asked[next(i for i, r in enumerate(replies) if "call" in r)]
    )
    assert again["call"]["id"] == call["id"]


@pytest.mark.parametrize("fair", [{"calls__reload_seconds": 2.0}], indirect=True)
async def test_a_reload_while_it_rings_keeps_the_call(fair: Node) -> None:
    console = await fair.talk("/booth", staff(), OAK)
    page = await fair.talk("/hall", buyer(), OAK)
    call = await ring(page)
    await page.close()
    back = await fair.talk("/hall", buyer(), OAK)
    assert (await back.hear("snapshot"))["call"]["id"] == call["id"]
    assert (await ring(back, "another-key"))["id"] == call["id"]
    await asyncio.sleep(3.3)  # longer than the time a page may be away, and the sweep
    assert (await fair.parts.calls.get(call["id"])).state == "ringing"
    assert console.count("ring") == 1


@pytest.mark.threat("F28")
async def test_a_buyer_who_leaves_while_it_rings_is_seen_to_be_away(fair: Node) -> None:
    """The request belongs to the person: it rings on, and is there on any page of the fair."""
    console = await fair.talk("/booth", staff(), OAK)
    page = await fair.talk("/hall", buyer(), OAK)
    call = await ring(page)
    await page.close()
    away = (await console.hear("call", lambda message: message["call"]["buyer_away"]))["call"]
    assert away["state"] == "ringing"
    walking = await fair.talk("/hall", buyer(), None)
    assert [it["id"] for it in (await walking.hear("snapshot"))["calls"]] == [call["id"]]
    assert not (await fair.parts.calls.get(call["id"])).buyer_away
    await console.ask("accept_call", {"call": call["id"], "request_key": "k"})
    told = await walking.hear("call", lambda message: message["call"]["state"] == "talking")
    assert told["call"]["meeting"] == f"/meeting/{call['id']}"


async def test_a_second_page_of_the_buyer_keeps_the_call(fair: Node) -> None:
    await fair.talk("/booth", staff(), OAK)
    page, other = await fair.talk("/hall", buyer(), OAK), await fair.talk("/hall", buyer(), OAK)
    call = await ring(page)
    assert (await other.hear("call"))["call"]["id"] == call["id"]
    await page.close()
    await asyncio.sleep(1.8)
    assert (await fair.parts.calls.get(call["id"])).state == "ringing"


async def test_only_the_buyer_cancels(fair: Node) -> None:
    console = await fair.talk("/booth", staff(), OAK)
    page, other = await fair.talk("/hall", buyer(1), OAK), await fair.talk("/hall", buyer(2), OAK)
    call = await ring(page)
    assert (await other.ask("cancel_call", {"call": call["id"]}))["error"]["code"] == "denied"
    assert (await page.ask("cancel_call", {"call": call["id"]}))["call"]["state"] == "cancelled"
    await console.hear("call", lambda message: message["call"]["state"] == "cancelled")
    late = await console.ask("accept_call", {"call": call["id"], "request_key": "late"})
    assert late["error"]["code"] == "wrong_moment"


async def test_passing_leaves_it_to_the_others_until_nobody_is_left(fair: Node) -> None:
    first, second = await fair.talk("/booth", staff(1), OAK), await fair.talk("/booth", staff(2), OAK)
    page = await fair.talk("/hall", buyer(), OAK)
    call = await ring(page)
    assert await first.ask("pass_call", {"call": call["id"]}) == {"ok": True}
    assert (await fair.parts.calls.get(call["id"])).state == "ringing"
    assert await second.ask("pass_call", {"call": call["id"]}) == {"ok": True}
    await page.hear("call", lambda message: message["call"]["state"] == "declined")


async def test_declining_ends_it_for_the_company(fair: Node) -> None:
    console = await fair.talk("/booth", staff(), OAK)
    page = await fair.talk("/hall", buyer(), OAK)
    call = await ring(page)
    assert await console.ask("decline_call", {"call": call["id"]}) == {"ok": True}
    await page.hear("call", lambda message: message["call"]["state"] == "declined")


@pytest.mark.threat("T27")
async def test_others_do_not_answer_for_a_room(fair: Node) -> None:
    """Neither the organiser nor the staff of another room."""
    await fair.talk("/booth", staff(), OAK)
    page = await fair.talk("/hall", buyer(), OAK)
    call = await ring(page)
    rival = await fair.talk("/booth", staff(room=LAMP), LAMP)
    olga = await fair.talk("/booth", organiser(), OAK)
    for talker, code in ((rival, "no_call"), (olga, "denied")):
        payload = {"call": call["id"], "request_key": "mine"}
        for event in ("accept_call", "pass_call", "decline_call"):
            assert (await talker.ask(event, payload))["error"]["code"] == code
    assert (await olga.ask("set_duty", {"on": True}))["error"]["code"] == "denied"
    assert (await fair.parts.calls.get(call["id"])).state == "ringing"


@pytest.mark.parametrize("who", [buyer(), guest(), staff(room=LAMP)], ids=lambda actor: actor.role.value)
async def test_the_booth_is_closed_to_others(fair: Node, who: Any) -> None:
    refusal = await fair.refused("/booth", {"v": 1, "ticket": fair.ticket("/booth", who, OAK)})
    assert refusal["data"]["code"] in ("denied", "sign_in")


async def test_a_console_that_reloads_stays_on_duty(fair: Node) -> None:
    console = await fair.talk("/booth", staff(), OAK)
    page = await fair.talk("/hall", buyer(), OAK)
    assert (await page.hear("snapshot"))["duty"] == [{"id": staff().id, "name": "Staff 1", "is_busy": False}]
    await console.close()
    await fair.talk("/booth", staff(), OAK)
    await asyncio.sleep(1.2)
    assert [attendant.id for attendant in await fair.parts.duty.on_duty(OAK)] == [staff().id]


async def test_going_off_duty_is_told_to_the_room(fair: Node) -> None:
    console = await fair.talk("/booth", staff(), OAK)
    page = await fair.talk("/hall", buyer(), OAK)
    await console.ask("set_duty", {"on": False})
    await page.hear("duty", lambda message: message["duty"] == [])
    assert (await page.ask("request_call", request()))["error"]["code"] == "nobody_on_duty"
    await console.ask("set_duty", {"on": True})
    await page.hear("duty", lambda message: message["duty"] != [])


async def test_a_call_crosses_nodes(
    redis: Redis, valkey_url: str, database: Database, settings: Settings
) -> None:
    """What one node decides reaches the screens of the other through the bus."""
    await furnish_fair(database)
    async with (
        open_node(quick(settings), valkey_url, database) as one,
        open_node(quick(settings), valkey_url, database) as two,
    ):
        console = await one.talk("/booth", staff(), OAK)
        page = await two.talk("/hall", buyer(), OAK)
        call = await ring(page)
        assert (await console.hear("ring"))["call"]["id"] == call["id"]
        await console.ask("accept_call", {"call": call["id"], "request_key": "k"})
        await page.hear("call", lambda message: message["call"]["state"] == "talking")
        here = await one.talk("/meeting", staff(), call=call["id"])
        there = await two.talk("/meeting", buyer(), call=call["id"])
        await here.hear("arrived")
        await there.ask("signal", {"candidate": {"candidate": "", "sdpMid": "0"}})
        assert (await here.hear("signal"))["candidate"]["sdpMid"] == "0"
        await here.ask("hang_up", {})
        assert (await there.hear("ended"))["reason"] == "hung_up"

"""Lines, routes, calls back and invitations over real sockets."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import Any

import pytest

from config.ids import AccountId
from rooms.fair.accounts import Accounts
from rooms.fair.policy import Actor, Role
from rooms.negotiation.states import CallState
from tests.rooms.fair_facts import OAK, PASSWORD, buyer, staff
from tests.signaling.fair import CHAIR, Node, Talker, furnish_fair, open_node, quick


def request(key: str) -> dict[str, Any]:
    return {"show_second": None, "product_id": CHAIR, "request_key": key}


async def ring(page: Talker, key: str = "key-1") -> dict[str, Any]:
    call: dict[str, Any] = (await page.ask("request_call", request(key)))["call"]
    return call


def of(call: dict[str, Any]) -> Any:
    """Return what tells whether a message is about this call."""
    return lambda message: message["call"]["id"] == call["id"]


async def registered(fair: Node, name: str, email: str) -> Actor:
    """Return somebody of the staff with an account of their own, as the roster needs it."""
    account = await Accounts(fair.database, time.time, 12).add(email, PASSWORD, name, Role.STAFF, OAK)
    return Actor(account.id, Role.STAFF, name, "Oak & Ash", OAK)


async def test_while_all_are_in_calls_a_request_waits_in_line(fair: Node) -> None:
    """It is told where it stands, and rings when somebody is free."""
    console = await fair.talk("/booth", staff(), OAK)
    pages = [await fair.talk("/hall", buyer(number), OAK) for number in (1, 2, 3)]
    first = await ring(pages[0])
    await console.ask("accept_call", {"call": first["id"], "request_key": "k"})
    second, third = [await ring(page) for page in pages[1:]]
    assert (second["state"], third["state"]) == ("waiting", "waiting")
    line = (await pages[2].hear("line"))["line"]
    assert (line["call"], line["position"], line["wait_seconds"]) == (third["id"], 2, None)
    assert console.count("ring") == 1, "who is in a call is not rung"
    await fair.parts.calls.hang_up(buyer(1), first["id"])
    assert (await console.hear("ring", of(second)))["call"]["state"] == "ringing"
    await pages[1].ask("cancel_call", {"call": second["id"]})
    moved = await pages[2].hear("line", lambda it: it["line"]["position"] == 1)
    assert moved["line"]["call"] == third["id"]
    await console.hear("ring", of(third))


async def test_who_talks_in_a_meeting_stays_on_duty_for_the_line(fair: Node) -> None:
    console = await fair.talk("/booth", staff(), OAK)
    page, other = await fair.talk("/hall", buyer(1), OAK), await fair.talk("/hall", buyer(2), OAK)
    call = await ring(page)
    await console.ask("accept_call", {"call": call["id"], "request_key": "k"})
    await fair.talk("/meeting", staff(), call=call["id"])
    await console.close()
    await asyncio.sleep(6.5)  # a console that is gone for so long has left duty, but for the call
    assert (await ring(other))["state"] == "waiting"


async def test_it_rings_first_at_who_speaks_the_language(fair: Node) -> None:
    ada, bo = await registered(fair, "Ada", "ada@oak.example"), await registered(fair, "Bo", "bo@oak.example")
    await fair.parts.asking.roster.set(bo, ["ar"], [])
    consoles = {who.name: await fair.talk("/booth", who, OAK) for who in (ada, bo)}
    page = await fair.talk("/hall", replace(buyer(), language="ar"), OAK)
    call = await ring(page)
    rung = (await consoles["Bo"].hear("ring"))["call"]
    assert (rung["id"], rung["first"]) == (call["id"], [bo.id])
    assert call["first"] == [], "the buyer need not know whom it rings"
    assert consoles["Ada"].count("ring") == 0
    assert await consoles["Bo"].ask("pass_call", {"call": call["id"]}) == {"ok": True}
    assert (await consoles["Ada"].hear("ring"))["call"]["first"] == []


async def test_a_call_is_handed_to_a_colleague_by_name(fair: Node) -> None:
    consoles = [await fair.talk("/booth", staff(number), OAK) for number in (1, 2, 3)]
    page = await fair.talk("/hall", buyer(), OAK)
    call = await ring(page)
    assert await consoles[0].ask("pass_call", {"call": call["id"], "to": staff(3).id}) == {"ok": True}
    handed = (await consoles[2].hear("ring", lambda it: it["call"]["first"]))["call"]
    assert (handed["first"], handed["passed"]) == ([staff(3).id], [staff(1).id])
    nobody = await consoles[0].ask("pass_call", {"call": call["id"], "to": "somebody"})
    assert nobody["error"]["code"] == "not_free"


async def test_a_missed_request_is_called_back_wherever_the_buyer_is(fair: Node) -> None:
    console = await fair.talk("/booth", staff(), OAK)
    page = await fair.talk("/hall", buyer(), OAK)
    missed = await ring(page)
    await console.ask("decline_call", {"call": missed["id"]})
    await console.hear("follow_up")
    await page.close()
    walking = await fair.talk("/hall", buyer(), None)
    call = (await console.ask("call_back", {"subject": missed["id"], "request_key": "back"}))["call"]
    again = (await console.ask("call_back", {"subject": missed["id"], "request_key": "back"}))["call"]
    assert (call["id"], call["kind"], call["called_by"], call["about"]) == (
        again["id"], "call_back", staff().name, missed["id"]
    )
    rung = (await walking.hear("call", lambda it: it["call"]["state"] == "ringing"))["call"]
    assert (rung["id"], rung["product"]["id"]) == (call["id"], CHAIR)
    stranger = await fair.talk("/hall", buyer(2), None)
    assert (await stranger.ask("answer_call", {"call": call["id"]}))["error"]["code"] == "denied"
    answered = (await walking.ask("answer_call", {"call": call["id"]}))["call"]
    assert (answered["state"], answered["meeting"]) == ("talking", f"/meeting/{call['id']}")
    told = (await console.hear("call", lambda it: it["call"]["meeting"]))["call"]
    assert told["answered_by"] == staff().name
    (left,) = await fair.parts.asking.follow_up.missed(staff(), OAK)
    assert (left.call.id, left.is_reached) == (missed["id"], True)


async def test_a_call_back_nobody_answers_is_counted_and_can_be_made_again(fair: Node) -> None:
    console = await fair.talk("/booth", staff(), OAK)
    page = await fair.talk("/hall", buyer(), OAK)
    missed = await ring(page)
    await console.ask("decline_call", {"call": missed["id"]})
    call = (await console.ask("call_back", {"subject": missed["id"], "request_key": "1"}))["call"]
    assert (await console.ask("accept_call", {"call": call["id"], "request_key": "x"}))["error"]["code"] == (
        "wrong_moment"
    )
    refused = (await page.ask("refuse_call", {"call": call["id"]}))["call"]
    assert refused["state"] == "declined"
    (left,) = await fair.parts.asking.follow_up.missed(staff(), OAK)
    assert (left.tries, left.is_reached) == (1, False)
    second = (await console.ask("call_back", {"subject": missed["id"], "request_key": "2"}))["call"]
    assert (await console.ask("take_back_call", {"call": second["id"]}))["call"]["state"] == "cancelled"
    late = await page.ask("answer_call", {"call": second["id"]})
    assert late["error"]["code"] == "wrong_moment"


async def test_visitors_are_hidden_until_they_say_otherwise(fair: Node) -> None:
    console = await fair.talk("/booth", staff(), OAK)
    page = await fair.talk("/hall", buyer(), OAK)
    snapshot = await page.hear("snapshot")
    assert snapshot["visibility"] == "hidden"
    assert (await console.hear("snapshot"))["visitors"] == []
    hidden = await console.ask("invite", {"visitor": buyer().id, "request_key": "k"})
    assert hidden["error"]["code"] == "not_visible"
    assert await page.ask("set_visibility", {"choice": "here"}) == {"ok": True, "choice": "here"}
    (seen,) = (await console.hear("visitors", lambda it: it["visitors"]))["visitors"]
    assert (seen["id"], seen["name"], seen["is_invited"]) == (buyer().id, "Buyer 1", False)
    again = await fair.talk("/hall", buyer(), OAK)
    assert (await again.hear("snapshot"))["visibility"] == "here"
    await page.ask("set_visibility", {"choice": "hidden"})
    assert (await console.hear("visitors", lambda it: not it["visitors"]))["visitors"] == []
    malformed = await page.ask("set_visibility", {"choice": "everybody"})
    assert malformed["error"]["code"] == "malformed"


async def test_one_invitation_a_visit_and_a_refusal_is_remembered(fair: Node) -> None:
    console, other = await fair.talk("/booth", staff(1), OAK), await fair.talk("/booth", staff(2), OAK)
    page = await fair.talk("/hall", buyer(), OAK)
    await page.ask("set_visibility", {"choice": "visible"})
    invited = (await console.ask("invite", {"visitor": buyer().id, "request_key": "1"}))["call"]
    assert (invited["kind"], invited["state"]) == ("invitation", "ringing")
    second = await other.ask("invite", {"visitor": buyer().id, "request_key": "2"})
    assert second["error"]["code"] == "invited_already"
    assert (await page.hear("call"))["call"]["id"] == invited["id"]
    await page.ask("refuse_call", {"call": invited["id"]})
    refused = await console.hear("visitors", lambda it: any(one["has_refused"] for one in it["visitors"]))
    assert refused["visitors"][0]["is_invited"]
    third = await console.ask("invite", {"visitor": buyer().id, "request_key": "3"})
    assert third["error"]["code"] == "refused_before"


async def test_one_invitation_a_visit_also_after_the_store_was_emptied(fair: Node) -> None:
    console, page = await fair.talk("/booth", staff(), OAK), await fair.talk("/hall", buyer(), OAK)
    await page.ask("set_visibility", {"choice": "visible"})
    first = (await console.ask("invite", {"visitor": buyer().id, "request_key": "1"}))["call"]
    await console.ask("take_back_call", {"call": first["id"]})
    await fair.redis.flushall()
    await fair.parts.asking.visits.enter(OAK, buyer())  # as its node does again and again
    for _ in range(2):
        second = await console.ask("invite", {"visitor": buyer().id, "request_key": "2"})
        assert second["error"]["code"] == "invited_already"


async def test_who_refused_an_invitation_is_not_called_back_for_it(fair: Node) -> None:
    console, page = await fair.talk("/booth", staff(), OAK), await fair.talk("/hall", buyer(), OAK)
    await page.ask("set_visibility", {"choice": "visible"})
    invited = (await console.ask("invite", {"visitor": buyer().id, "request_key": "1"}))["call"]
    await page.ask("refuse_call", {"call": invited["id"]})
    taken_back = await ring(page)
    await page.ask("cancel_call", {"call": taken_back["id"]})
    for call in (invited, taken_back):
        back = await console.ask("call_back", {"subject": call["id"], "request_key": call["id"]})
        assert back["error"]["code"] == "no_call"


async def test_an_invitation_that_is_taken_is_a_call(fair: Node) -> None:
    console = await fair.talk("/booth", staff(), OAK)
    page = await fair.talk("/hall", buyer(), OAK)
    await page.ask("set_visibility", {"choice": "visible"})
    invited = (await console.ask("invite", {"visitor": buyer().id, "request_key": "1"}))["call"]
    answered = (await page.ask("answer_call", {"call": invited["id"]}))["call"]
    assert answered["state"] == "talking"
    here = await fair.talk("/meeting", staff(), call=invited["id"])
    await fair.talk("/meeting", buyer(), call=invited["id"])
    await here.hear("arrived")


@pytest.mark.parametrize("event", ["call_back", "invite", "take_back_call"])
async def test_organisers_do_not_ring_buyers(fair: Node, event: str) -> None:
    await fair.talk("/booth", staff(), OAK)
    page = await fair.talk("/hall", buyer(), OAK)
    call = await ring(page)
    olga = Actor(AccountId("organiser-1"), Role.ORGANISER, "Olga", "The fair", None)
    looking = await fair.talk("/booth", olga, OAK)
    payload = {"subject": call["id"], "visitor": buyer().id, "call": call["id"], "request_key": "k"}
    assert (await looking.ask(event, payload))["error"]["code"] == "denied"


async def test_a_request_survives_a_restart_of_the_server(
    redis: Any, valkey_url: str, database: Any, settings: Any
) -> None:
    """What waits and what rings is there again, in the same place, when another process opens."""
    await furnish_fair(database)
    async with open_node(quick(settings), valkey_url, database) as before:
        console = await before.talk("/booth", staff(), OAK)
        pages = [await before.talk("/hall", buyer(number), OAK) for number in (1, 2)]
        first = await ring(pages[0])
        await console.ask("accept_call", {"call": first["id"], "request_key": "k"})
        second = await ring(pages[1])
    async with open_node(quick(settings), valkey_url, database) as after:
        page = await after.talk("/hall", buyer(2), OAK)
        snapshot = await page.hear("snapshot")
        assert (snapshot["call"]["id"], snapshot["line"]["position"]) == (second["id"], 1)


async def test_a_block_declines_what_the_buyer_waits_for_and_ends_no_call(fair: Node) -> None:
    accounts, pages = Accounts(fair.database, time.time, 12), []
    for name in ("bea", "bo"):
        it = await accounts.register_buyer(name, "Trade Ltd", f"{name}@trade.example", PASSWORD, "FI", "en")
        who = Actor(it.id, Role.BUYER, name, "Trade Ltd", None)
        pages.append((who, await fair.talk("/hall", who, OAK)))
    console = await fair.talk("/booth", staff(), OAK)
    (bea, talking), (bo, waiting) = pages
    running, open_ = await ring(talking), await ring(waiting)
    await console.ask("accept_call", {"call": running["id"], "request_key": "k"})
    for who in (bea, bo):
        await fair.parts.asking.block(fair.parts.calls, staff(), OAK, who.id)
    await waiting.hear("call", lambda it: it["call"]["state"] == "declined" and of(open_)(it))
    assert (await fair.parts.calls.get(running["id"])).state is CallState.TALKING

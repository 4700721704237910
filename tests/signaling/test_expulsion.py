"""Whose account is disabled is shown out, also who was on the way in, and nothing of theirs rings on."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import Any

import pytest
import socketio

from config.errors import Denied
from rooms.fair.accounts import Account, Accounts, sign_in_of
from rooms.fair.policy import Role
from signaling.tickets import Grounds, Purpose
from tests.rooms.fair_facts import OAK, PASSWORD, buyer, staff
from tests.signaling.fair import PATIENCE_SECONDS, Node, Talker, on_air
from tests.signaling.held import Hold
from tests.signaling.test_asking import ring
from tests.signaling.test_rehearsal import watch, watch_ticket


async def leaver(fair: Node) -> Account:
    """Somebody of the staff who will have to go."""
    accounts = Accounts(fair.database, time.time, 12)
    return await accounts.add("leaver@oak.example", PASSWORD, "Lea", Role.STAFF, OAK)


async def disable(fair: Node, account: Account) -> None:
    """Close an account and wait until this server has seen it and shown out who was there."""
    ticket = fair.tickets.mint(account.actor, Purpose.BOOTH, room=OAK)
    await Accounts(fair.database, time.time, 12).disable(account.id)
    with suppress(Denied):
        while fair.tickets.read(ticket, Purpose.BOOTH):
            await asyncio.sleep(0.02)


async def grounds_by(fair: Node, token: str) -> Grounds:
    """Return on what grounds a page of a sign-in is in."""
    found = await Accounts(fair.database, time.time, 12).signed_in(token)
    assert found
    return Grounds(found[0].id, sign_in_of(token), found[1])


@pytest.mark.threat("T26")
async def test_who_comes_in_while_their_account_is_disabled_is_shown_out(fair: Node, hold: Hold) -> None:
    """Their ticket was good when it was read, and whoever had been shown out was never looked for again."""
    account = await leaver(fair)
    console = Talker("/booth")
    fair.talkers.append(console)
    held = hold(fair.parts.views, "company_name")
    ticket = fair.ticket("/booth", account.actor, OAK)
    opening = asyncio.create_task(console.open(fair.url, {"v": 1, "ticket": ticket}))
    await held.was_made.wait()
    await disable(fair, account)
    held.may_go_on.set()
    with suppress(socketio.exceptions.ConnectionError):
        await opening
        await console.hear("(lost)")
    async with asyncio.timeout(PATIENCE_SECONDS):
        while fair.sockets.server.manager.eio_to_sid:
            await asyncio.sleep(0.02)


@pytest.mark.threat("T26")
async def test_who_goes_on_the_air_while_their_account_is_disabled_is_taken_off(
    fair: Node, hold: Hold
) -> None:
    account = await leaver(fair)
    held = hold(fair.stage.rehearsals, "place")
    opening = asyncio.create_task(fair.go_live(fair.publish_ticket(account.actor)))
    await held.was_made.wait()
    await disable(fair, account)
    held.may_go_on.set()
    peer, _ = await opening
    async with on_air(peer):
        await peer.until(lambda: peer.is_closed, PATIENCE_SECONDS)
    assert fair.stage.void(lambda grounds: grounds.account == account.id) == []


async def test_a_new_password_closes_what_older_sign_ins_opened(fair: Node) -> None:
    """Also when the organiser gives it, after which no sign-in of theirs is left."""
    accounts = Accounts(fair.database, time.time, 12)
    await accounts.add("renewed@oak.example", PASSWORD, "Rea", Role.STAFF, OAK)
    (account, here), (_, there) = [await accounts.sign_in("renewed@oak.example", PASSWORD) for _ in range(2)]

    async def ticket_of(token: str) -> str:
        grounds = await grounds_by(fair, token)
        return fair.tickets.mint(account.actor, Purpose.BOOTH, room=OAK, grounds=grounds)

    kept, lost = await ticket_of(here), await ticket_of(there)
    talkers = {ticket: Talker("/booth") for ticket in (kept, lost)}
    for ticket, talker in talkers.items():
        fair.talkers.append(talker)
        await talker.open(fair.url, {"v": 1, "ticket": ticket})
        await talker.hear("snapshot")
    await accounts.change_password(account.id, PASSWORD, "another " + PASSWORD, here)
    await talkers[lost].hear("(lost)")
    with pytest.raises(Denied):
        fair.tickets.read(lost, Purpose.BOOTH)
    assert "error" in await talkers[kept].ask("decline_call", {"call": "none"})
    assert fair.tickets.read(kept, Purpose.BOOTH).actor == account.actor
    await accounts.renew_password(account.id, PASSWORD)
    await talkers[kept].hear("(lost)")
    _, again = await accounts.sign_in("renewed@oak.example", PASSWORD)
    assert fair.tickets.read(await ticket_of(again), Purpose.BOOTH).actor == account.actor


@pytest.mark.threat("T26")
async def test_a_ticket_that_is_given_while_its_sign_in_ends_opens_nothing(fair: Node) -> None:
    """The page was known by its sign-in when it asked; the ticket is made a moment after that has ended."""
    accounts = Accounts(fair.database, time.time, 12)
    await accounts.add("late@oak.example", PASSWORD, "Lou", Role.STAFF, OAK)
    account, token = await accounts.sign_in("late@oak.example", PASSWORD)
    grounds = await grounds_by(fair, token)
    await accounts.sign_out(token)
    ticket = fair.tickets.mint(account.actor, Purpose.PUBLISH, room=OAK, ttl=3600, grounds=grounds)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not fair.tickets.is_void(grounds):
            await asyncio.sleep(0.02)
    with pytest.raises(Denied):
        fair.tickets.read(ticket, Purpose.PUBLISH)


@pytest.mark.threat("T26")
async def test_who_signs_out_sees_no_rehearsal_any_more(fair: Node) -> None:
    """Also where nothing but their ticket opened it, as another program does."""
    accounts = Accounts(fair.database, time.time, 12)
    await accounts.add("looks@oak.example", PASSWORD, "Lou", Role.STAFF, OAK)
    account, token = await accounts.sign_in("looks@oak.example", PASSWORD)
    ticket = fair.tickets.mint(
        account.actor, Purpose.REHEARSAL, room=OAK, grounds=await grounds_by(fair, token)
    )
    await fair.stage.rehearsals.begin(staff(), OAK)
    anchor, _ = await fair.go_live(fair.publish_ticket(staff()))
    async with on_air(anchor):
        viewer, other = [await watch(fair, bearer) for bearer in (ticket, watch_ticket(fair, staff(2)))]
        await accounts.sign_out(token)
        await viewer.until(lambda: viewer.is_closed, PATIENCE_SECONDS)
        assert not other.is_closed


@pytest.mark.threat("T26")
async def test_a_call_back_of_who_is_removed_is_taken_back(fair: Node) -> None:
    """Or the buyer would answer it and sit alone in the call."""
    lea = (await leaver(fair)).actor
    console, page = await fair.talk("/booth", lea, OAK), await fair.talk("/hall", buyer(), OAK)
    back = await called_back(console, page)
    await Accounts(fair.database, time.time, 12).disable(lea.id)
    await page.hear("call", lambda it: (it["call"]["id"], it["call"]["state"]) == (back["id"], "cancelled"))
    answer = await page.ask("answer_call", {"call": back["id"]})
    assert answer["error"]["code"] == "wrong_moment"


@pytest.mark.threat("T26")
async def test_a_call_back_to_who_is_removed_rings_no_longer(fair: Node) -> None:
    accounts = Accounts(fair.database, time.time, 12)
    ann = (await accounts.add("ann@x.example", PASSWORD, "Ann", Role.BUYER)).actor
    console, page = await fair.talk("/booth", staff(), OAK), await fair.talk("/hall", ann, OAK)
    back = await called_back(console, page)
    await accounts.disable(ann.id)
    await console.hear("call", lambda it: (it["call"]["id"], it["call"]["state"]) == (back["id"], "declined"))


async def called_back(console: Talker, page: Talker) -> dict[str, Any]:
    """Let a buyer ask in vain and be rung; return that call."""
    missed = await ring(page)
    await console.ask("decline_call", {"call": missed["id"]})
    answer = await console.ask("call_back", {"subject": missed["id"], "request_key": "b"})
    return dict(answer["call"])

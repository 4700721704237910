"""The meeting: who gets a seat, what passes between the two, and how it ends."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from config.errors import Busy
from config.ids import AccountId, CallId
from config.settings import Settings
from rooms.fair.database import Database
from rooms.negotiation.calls import Call
from tests.rooms.fair_facts import LAMP, OAK, buyer, guest, organiser, staff
from tests.signaling.fair import (
    CHAIR,
    LAMPSHADE,
    PATIENCE_SECONDS,
    Node,
    Talker,
    furnish_fair,
    open_node,
    quick,
)


@dataclass
class Table:
    """Two who have just sat down."""

    fair: Node
    call: str
    staff: Talker
    buyer: Talker


@pytest_asyncio.fixture
async def table(
    redis: Redis, valkey_url: str, database: Database, settings: Settings
) -> AsyncIterator[Table]:
    """A call that was accepted, with both parties in it."""
    await furnish_fair(database)
    terms = quick(
        settings, calls__seat_seconds=2.5, turn__urls=("turn:turn.example:3478",), turn__secret="s3cret"
    )
    async with open_node(terms, valkey_url, database) as fair:
        await fair.parts.duty.on(OAK, staff().id, staff().name)
        call = await fair.parts.calls.request(buyer(), OAK, None, None, CHAIR, "key")
        await fair.parts.calls.accept(staff(), call.id, "key")
        first = await fair.talk("/meeting", staff(), call=call.id)
        second = await fair.talk("/meeting", buyer(), call=call.id)
        yield Table(fair, call.id, first, second)


async def test_each_sees_the_other(table: Table) -> None:
    theirs, ours = await table.buyer.hear("snapshot"), await table.staff.hear("snapshot")
    assert (theirs["polite"], ours["polite"]) == (True, False)
    assert (theirs["other_present"], ours["other_present"]) == (True, False)
    await table.staff.hear("arrived")
    assert theirs["other"] == {"name": "Staff 1", "company": "Oak & Ash", "country": "", "role": "staff"}
    assert ours["other"] == {"name": "Buyer 1", "company": "Trade Ltd", "country": "FI", "role": "buyer"}
    assert (theirs["me"]["id"], ours["me"]["id"]) == (buyer().id, staff().id)
    assert theirs["product"]["id"] == ours["product"]["id"] == CHAIR


async def test_turn_credentials_are_what_coturn_checks(table: Table) -> None:
    (server,) = (await table.buyer.hear("snapshot"))["ice_servers"]
    expected = hmac.digest(b"s3cret", server["username"].encode(), hashlib.sha1)
    assert base64.b64decode(server["credential"]) == expected
    expiry, _, account = server["username"].partition(":")
    assert account == buyer().id
    assert 590 <= int(expiry) - (await table.buyer.hear("snapshot"))["now"] <= 601


async def test_signals_pass_to_the_other_only(table: Table) -> None:
    offer = {"description": {"type": "offer", "sdp": "v=0\r\n"}}
    candidate = {
        "candidate": {
            "candidate": "candidate:1 1 udp 1 1.2.3.4 5 typ host",
            "sdpMid": "0",
            "sdpMLineIndex": 0,
            "usernameFragment": "abcd",
        }
    }
    assert await table.staff.ask("signal", offer) == {"ok": True}
    assert await table.staff.ask("signal", {**candidate, "description": None}) == {"ok": True}
    await table.buyer.hear("signal", lambda message: message == candidate)
    assert [message for name, message in table.buyer.told if name == "signal"] == [offer, candidate]
    assert await table.buyer.ask("signal", {"restart": True}) == {"ok": True}
    assert await table.staff.hear("signal") == {"restart": True}
    assert table.staff.count("signal") == 1


async def test_odd_signals_are_refused(table: Table) -> None:
    for signal, code in (
        ({}, "malformed"),
        ({"description": {"type": "offer", "sdp": "x"}, "candidate": {"candidate": ""}}, "malformed"),
        ({"description": {"type": "rollback", "sdp": "x"}}, "malformed"),
        ({"description": {"type": "offer", "sdp": "x" * 15_001}}, "too_large"),
        ({"candidate": {"candidate": "x" * 1001}}, "too_large"),
        ({"candidate": {"candidate": "x", "sdpMLineIndex": True}}, "malformed"),
        ({"candidate": "x"}, "malformed"),
        ({"restart": False}, "malformed"),
        ({"restart": "yes"}, "malformed"),
        ({"restart": True, "candidate": {"candidate": ""}}, "malformed"),
    ):
        assert (await table.staff.ask("signal", signal))["error"]["code"] == code
    assert table.buyer.count("signal") == 0


async def test_chat_table_and_devices_reach_the_other(table: Table) -> None:
    post = (await table.buyer.ask("post", {"text": "500 pieces?"}))["post"]
    assert post["mine"]
    assert (await table.staff.hear("posted"))["post"]["id"] == post["id"]
    assert (await table.staff.ask("table", {"product_id": None})) == {"ok": True, "product": None}
    assert (await table.buyer.hear("table"))["product"] is None
    assert (await table.staff.ask("table", {"product_id": LAMPSHADE}))["error"]["code"] == "no_product"
    devices = {"microphone": True, "camera": False, "screen": True}
    assert await table.buyer.ask("devices", devices) == {"ok": True}
    assert await table.staff.hear("devices") == {**devices, "seat": "buyer"}
    again = await table.fair.talk("/meeting", buyer(), call=table.call)
    snapshot = await again.hear("snapshot")
    assert snapshot["product"] is None
    assert [entry["id"] for entry in snapshot["posts"]] == [post["id"]]
    room = await table.fair.talk("/hall", buyer(), OAK)
    assert (await room.hear("snapshot"))["posts"] == []


async def test_hanging_up_ends_it_for_both(table: Table) -> None:
    assert await table.buyer.ask("hang_up", {}) == {"ok": True}
    for talker in (table.buyer, table.staff):
        ended = await talker.hear("ended")
        assert (ended["reason"], ended["call"]["state"]) == ("hung_up", "ended")
    assert await table.staff.ask("hang_up", {}) == {"ok": True}
    late = {"v": 1, "ticket": table.fair.ticket("/meeting", staff(), call=table.call)}
    assert (await table.fair.refused("/meeting", late))["data"]["code"] == "wrong_moment"


async def test_a_seat_is_kept_for_a_broken_connection(table: Table) -> None:
    """F29: the other is told at once; who comes back in time finds the call as it was."""
    await table.buyer.close()
    await table.staff.hear("left")
    back = await table.fair.talk("/meeting", buyer(), call=table.call)
    assert (await back.hear("snapshot"))["other_present"]
    await table.staff.ask("signal", {"description": {"type": "offer", "sdp": "again"}})
    await back.hear("signal")
    assert table.staff.count("arrived") == 2


async def test_a_seat_that_stays_empty_ends_the_call(table: Table) -> None:
    """F30: the seat is given up after its time, and the one who waits is told why."""
    await table.buyer.close()
    ended = await table.staff.hear("ended")
    assert ended["reason"] == "other_gone"
    assert (await table.fair.parts.calls.get(ended["call"]["id"])).state == "ended"


async def test_seats_that_are_lost_while_a_store_is_away_are_given_up_all_the_same(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody tried again: where both were lost so, the call went on for ever."""
    calls, refused = table.fair.parts.calls, 0
    lose_seat = calls.lose_seat

    async def lose_later(call: CallId, account: AccountId, seat: str) -> Call:
        nonlocal refused
        if refused < 2:
            refused += 1
            raise Busy("The store is away.", code="store_away")
        return await lose_seat(call, account, seat)

    monkeypatch.setattr(calls, "lose_seat", lose_later)
    for talker in (table.buyer, table.staff):
        await talker.close()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (await calls.get(CallId(table.call))).state != "ended":
            await asyncio.sleep(0.05)
    assert refused == 2


async def test_a_newer_page_of_the_same_person_takes_the_seat(table: Table) -> None:
    newer = await table.fair.talk("/meeting", buyer(), call=table.call)
    assert (await table.buyer.hear("ended"))["reason"] == "elsewhere"
    await table.buyer.hear("(lost)")
    await table.staff.ask("signal", {"description": {"type": "offer", "sdp": "x"}})
    await newer.hear("signal")
    assert table.buyer.count("signal") == 0
    assert table.staff.count("left") == 0
    assert (await newer.ask("post", {"text": "moved to my desk"}))["ok"]


async def test_nobody_else_gets_in(table: Table) -> None:
    """T28: neither with a ticket of one's own nor with one that was used."""
    node, call = table.fair, table.call
    for stranger in (buyer(2), guest(), organiser(), staff(2), staff(room=LAMP)):
        auth = {"v": 1, "ticket": node.ticket("/meeting", stranger, call=call)}
        assert (await node.refused("/meeting", auth))["data"]["code"] in ("denied", "sign_in")
    used = {"v": 1, "ticket": node.ticket("/meeting", buyer(), call=call)}
    talker = Talker("/meeting")
    node.talkers.append(talker)
    await talker.open(node.url, used)
    await talker.hear("snapshot")
    for _ in range(5):
        assert (await node.refused("/meeting", used))["data"]["code"] == "ticket_invalid"
    wrong = {"v": 1, "ticket": node.ticket("/meeting", buyer(), call="oak-and-ash.none")}
    assert (await node.refused("/meeting", wrong))["data"]["code"] == "no_call"
    hall = {"v": 1, "ticket": node.ticket("/hall", buyer(), OAK)}
    assert (await node.refused("/meeting", hall))["data"]["code"] == "ticket_invalid"
    assert talker.count("(lost)") == 0

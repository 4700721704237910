"""The call room over real sockets: third persons by link, consents shown to all, pictures to point at."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from redis.asyncio import Redis

from config.errors import Denied, FairError, Missing
from config.ids import AccountId
from config.settings import Settings
from media.codecs import OPUS_SILENCE
from rooms.fair.database import Database
from rooms.fair.policy import Actor, Role
from signaling.tickets import Purpose
from tests.media.peer import Peer
from tests.rooms.fair_facts import LAMP, OAK, buyer, guest, organiser, staff
from tests.signaling.fair import CHAIR, PATIENCE_SECONDS, on_air, open_node, quick
from tests.signaling.tables import WORD, Table


def seats(message: Any) -> list[tuple[str, str, bool]]:
    return [(seat["kind"], seat["name"], seat["is_here"]) for seat in message["gathering"]["seats"]]


@pytest.mark.threat("T28")
async def test_a_link_lets_one_person_in_once(table: Table) -> None:
    """Of 1,000 tries to use it again, to guess one, or to come without, none joins."""
    token = await table.invite()
    both = await asyncio.gather(*(_joins(table, token) for _ in range(20)))
    assert both.count(True) == 1
    third = (await table.fair.call_room.parts.thirds.of(table.call))[0].actor
    for first in range(0, 900, 90):  # more at once would wait too long for a connection to the records
        numbers = range(first, first + 90)
        tries = [_joins(table, token if it % 2 else f"{token[:-1]}{it % 10}") for it in numbers]
        assert not any(await asyncio.gather(*tries))
    forged = Actor(AccountId("third:forged"), Role.THIRD, "Mallory", "", None, call=table.call)
    other = await table.fair.parts.calls.request(buyer(2), OAK, None, None, CHAIR, "key")
    await table.fair.parts.calls.accept(staff(3), other.id, "key")
    elsewhere = {"v": 1, "ticket": table.fair.ticket("/meeting", third, call=other.id)}
    assert (await table.fair.refused("/meeting", elsewhere))["data"]["code"] == "denied"
    for stranger in (forged, buyer(2), guest(), organiser(), staff(2), staff(room=LAMP)):
        auth = {"v": 1, "ticket": table.fair.ticket("/meeting", stranger, call=table.call)}
        assert (await table.fair.refused("/meeting", auth))["data"]["code"] in ("denied", "sign_in")
        for _ in range(10):
            with pytest.raises(FairError):
                await _sees(table, stranger)
    assert len(await table.fair.call_room.parts.thirds.of(table.call)) == 1


async def _joins(table: Table, token: str) -> bool:
    try:
        await table.fair.call_room.join(token)
    except Missing:
        return False
    return True


async def _sees(table: Table, actor: Actor) -> None:
    """Try the door of the relay with a ticket that is signed and for this call."""
    ticket = table.fair.tickets.mint(actor, Purpose.CALL_MEDIA, call=table.call)
    await table.fair.call_room.parts.stage.view(table.call, "buyer", ticket, Peer().offer(), "192.0.2.9")


@pytest.mark.threat("T28")
async def test_who_joins_is_shown_to_all_and_moves_the_call_to_the_relay(table: Table) -> None:
    before = await table.staff.hear("snapshot")
    assert (before["gathering"]["way"], before["seat"]) == ("direct", "staff")
    _, tess = await table.third("interpreter", "Tess")
    for talker in (table.staff, table.buyer):
        told = await talker.hear("gathering", lambda it: it["gathering"]["way"] == "relay")
        assert ("interpreter", "Tess", True) in seats(
            await talker.hear("gathering", lambda it: ("interpreter", "Tess", True) in seats(it))
        )
        assert told["gathering"]["consent"]["state"] == "off"
    assert (await tess.hear("snapshot"))["gathering"]["way"] == "relay"
    post = (await tess.ask("post", {"text": "hello"}))["post"]
    assert (await table.staff.hear("posted"))["post"]["id"] == post["id"]


async def test_signals_of_the_two_are_not_for_third_persons(table: Table) -> None:
    _, tess = await table.third()
    offer = {"description": {"type": "offer", "sdp": "v=0\r\n"}}
    assert await table.staff.ask("signal", offer) == {"ok": True}
    await table.buyer.hear("signal")
    assert (await tess.ask("signal", offer))["error"]["code"] == "denied"
    another = await tess.ask("invite", {"kind": "colleague", "name": "X", "company": ""})
    assert another["error"]["code"] == "denied"
    assert (await tess.ask("table", {"product_id": None}))["error"]["code"] == "denied"
    assert tess.count("signal") == 0


async def test_who_is_sent_away_is_out_at_once(table: Table) -> None:
    actor, tess = await table.third()
    ticket = (await tess.hear("snapshot"))["media_ticket"]
    seat = actor.id.removeprefix("third:")
    assert await table.staff.ask("remove", {"seat": seat}) == {"ok": True}
    assert (await tess.hear("removed"))["seat"] == seat
    await tess.hear("(lost)")
    assert await table.buyer.ask("post", {"text": "Now that she is gone"})
    assert tess.count("posted") == 0
    with pytest.raises(Denied):
        await table.fair.call_room.parts.stage.view(table.call, "buyer", ticket, Peer().offer(), "192.0.2.9")
    late = {"v": 1, "ticket": table.fair.ticket("/meeting", actor, call=table.call)}
    assert (await table.fair.refused("/meeting", late))["data"]["code"] == "denied"
    await table.buyer.hear("gathering", lambda it: len(it["gathering"]["seats"]) == 2)


@pytest.mark.threat("T28")
async def test_who_is_sent_away_sees_nothing_more_at_another_server(
    table: Table, redis: Redis, valkey_url: str, database: Database, settings: Settings
) -> None:
    """The server that is told to send somebody away need not be the one that has their picture."""
    actor, tess = await table.third()
    async with open_node(quick(settings), valkey_url, database) as other:
        stage, sender, viewer = other.call_room.parts.stage, Peer("sendonly"), Peer("recvonly")
        other.peers += [sender, viewer]
        ticket = (await table.buyer.hear("snapshot"))["media_ticket"]
        await sender.connect((await stage.publish(table.call, ticket, sender.offer(), "192.0.2.1")).sdp)
        async with on_air(sender):
            theirs = (await tess.hear("snapshot"))["media_ticket"]
            seen = await stage.view(table.call, "buyer", theirs, viewer.offer(), "192.0.2.2")
            await viewer.connect(seen.sdp)
            await viewer.until(lambda: bool(viewer.video()))
            seat = actor.id.removeprefix("third:")
            assert await table.staff.ask("remove", {"seat": seat}) == {"ok": True}
            await viewer.until(lambda: viewer.is_closed, PATIENCE_SECONDS)
            assert not sender.is_closed


@pytest.mark.threat("T28")
async def test_who_was_sent_away_goes_also_where_nobody_was_told(table: Table) -> None:
    """The server that sent them away died, or the bus lost its word: the records know it."""
    actor, tess = await table.third()
    call = await table.fair.parts.calls.get(table.call)
    await table.fair.call_room.parts.thirds.remove(staff(), call, actor.id)
    assert (await tess.hear("removed"))["seat"] == actor.id.removeprefix("third:")
    await tess.hear("(lost)")
    assert await table.buyer.ask("post", {"text": "Now that she is gone"})
    assert tess.count("posted") == 0


async def test_notes_are_between_the_two(table: Table) -> None:
    call = await table.fair.parts.calls.get(table.call)
    actor, tess = await table.third()
    await table.fair.call_room.leave_note(buyer(), call, "Between us: I can go up to 12.")
    await table.staff.hear("gathering", lambda it: it["gathering"]["notes"])
    late = await table.fair.talk("/meeting", actor, call=table.call)
    assert (await late.hear("snapshot"))["gathering"]["notes"] == []
    told = [it["gathering"]["notes"] for event, it in tess.told if event in ("gathering", "snapshot")]
    assert not any(told)


async def test_a_party_sees_another_through_the_relay_and_a_room_door_never_does(table: Table) -> None:
    stage = table.fair.call_room.parts.stage
    ticket = (await table.buyer.hear("snapshot"))["media_ticket"]
    sender = Peer("sendonly")
    table.fair.peers.append(sender)
    await sender.connect((await stage.publish(table.call, ticket, sender.offer(), "192.0.2.1")).sdp)
    async with on_air(sender):
        await table.is_live()
        theirs = (await table.staff.hear("snapshot"))["media_ticket"]
        viewer = Peer("recvonly")
        table.fair.peers.append(viewer)
        await viewer.connect((await stage.view(table.call, "buyer", theirs, viewer.offer(), "192.0.2.2")).sdp)
        async with asyncio.timeout(10):
            while not viewer.packets:
                viewer.changed.clear()
                await viewer.changed.wait()
    assert await table.fair.parts.shows.live() == []
    with pytest.raises(FairError):
        await table.fair.whep.create(OAK, Peer().offer(), buyer(2), "192.0.2.3")


async def test_an_interpreter_says_whom_they_speak_to(table: Table) -> None:
    _, tess = await table.third("interpreter")
    assert await tess.ask("speak_to", {"listener": "buyer"}) == {"ok": True}
    await table.buyer.hear("gathering", lambda it: it["gathering"]["seats"][-1]["speaks_to"] == "buyer")
    assert (await tess.ask("speak_to", {"listener": "nobody"}))["error"]["code"] == "malformed"
    assert (await table.buyer.ask("speak_to", {"listener": "both"}))["error"]["code"] == "denied"
    _, cole = await table.third("colleague", "Cole")
    assert (await cole.ask("speak_to", {"listener": "buyer"}))["error"]["code"] == "denied"


async def test_what_an_interpreter_says_to_one_side_is_not_sent_to_the_other(table: Table) -> None:
    tess, talker = await table.third("interpreter")
    seat = tess.id.removeprefix("third:")
    async with table.voice(talker):
        ears = [await table.ear(party, seat) for party in (table.buyer, table.staff)]
        buyer_ear, staff_ear = ears
        for listener, hear, is_silent in (("both", ears, []), ("buyer", [buyer_ear], [staff_ear]),
                                          ("staff", [staff_ear], [buyer_ear]), ("both", ears, [])):
            assert await talker.ask("speak_to", {"listener": listener}) == {"ok": True}
            await asyncio.sleep(0.1)  # what was on its way
            for ear in ears:
                ear.packets.clear()
            for ear in ears:
                await ear.until(lambda: len(ear.packets) >= 10)  # noqa: B023 - it is waited for
            assert {one.payload for ear in hear for one in ear.packets} == {WORD}, listener
            assert {one.payload for ear in is_silent for one in ear.packets} <= {OPUS_SILENCE}, listener


async def test_both_point_at_a_frozen_picture(table: Table) -> None:
    room = table.fair.call_room
    call = await table.fair.parts.calls.get(table.call)
    picture = await room.add_file(buyer(), call, "seam.png", b"\x89PNG\r\n\x1a\n" + bytes(9))
    offer = await room.add_file(staff(), call, "offer.pdf", b"%PDF-1.7")
    assert (await table.buyer.ask("freeze", {"file": offer.id}))["error"]["code"] == "malformed"
    assert (await table.buyer.ask("freeze", {"file": "none"}))["error"]["code"] == "no_file"
    assert await table.buyer.ask("freeze", {"file": picture.id}) == {"ok": True}
    await table.staff.hear("gathering", lambda it: it["gathering"]["frozen"] == picture.id)
    assert await table.buyer.ask("point", {"x": 0.25, "y": 1, "is_down": True}) == {"ok": True}
    assert await table.staff.hear("pointed") == {"seat": "buyer", "x": 0.25, "y": 1.0, "is_down": True}
    for odd in ({"x": 2, "y": 0, "is_down": True}, {"x": float("inf"), "y": 0, "is_down": True},
                {"x": 0.1, "y": "0", "is_down": True}, {"x": 0.1, "y": 0.1}):
        assert (await table.buyer.ask("point", odd))["error"]["code"] == "malformed"
    answer: dict[str, Any] = {}
    async with asyncio.timeout(PATIENCE_SECONDS):
        while "error" not in answer:
            answer = await table.staff.ask("point", {"x": 0.5, "y": 0.5, "is_down": False})
    assert answer["error"]["code"] == "too_fast"
    assert await table.staff.ask("wipe", {}) == {"ok": True}
    await table.buyer.hear("wiped")
    assert await table.staff.ask("freeze", {"file": None}) == {"ok": True}
    again = await table.fair.talk("/meeting", buyer(), call=table.call)
    assert (await again.hear("snapshot"))["gathering"]["frozen"] is None


async def test_nothing_is_kept_of_whose_turn_it_was_in_a_direct_call(table: Table) -> None:
    recorder = table.fair.call_room.parts.recorder
    for talker in (table.buyer, table.staff):
        assert (await talker.ask("consent", {"agree": False, "language": "en"}))["ok"]
    assert not recorder._turns


async def test_where_nothing_is_recorded_nobody_is_asked(table: Table) -> None:
    assert (await table.buyer.hear("snapshot"))["gathering"]["consent"]["can_record"] is False
    refused = await table.buyer.ask("consent", {"agree": True, "language": "en"})
    assert refused["error"]["code"] == "no_recordings"

"""Stores that are away or forget everything in the middle of shows and calls: these go on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from config.errors import Busy
from config.ids import CallId
from config.settings import Settings
from rooms.fair.database import Database
from rooms.live import keys
from rooms.live.shows import Show, ShowState
from rooms.negotiation.outcomes import Outcomes
from rooms.negotiation.states import CallState
from tests.media.peer import Peer
from tests.rooms.fair_facts import LAMP, OAK, buyer, guest, staff
from tests.rooms.offers.postgres import IS_INSTALLED, Server, new_database, postgres
from tests.showroom.test_signing import LockedFile
from tests.signaling.fair import (
    CHAIR,
    PATIENCE_SECONDS,
    Node,
    Talker,
    furnish_fair,
    on_air,
    open_node,
    quick,
)

AWAY_SECONDS = 2.5
SEAT_SECONDS = 1.0
RENEWED_SECONDS = 2.5
LONGEST_GAP_SECONDS = 1.5
BEAT_SECONDS = 0.02


@dataclass
class Evening:
    """A fair in full swing: a show on the air, and two in a call whose pictures go through the relay."""

    fair: Node
    call: CallId
    buyer: Talker
    staff: Talker
    viewers: list[Peer]
    _beats: int = 0

    async def goes_on(self, seconds: float) -> float:
        """See packets come to all viewers, and words between the two, for so long; return the longest gap."""
        ends, watching = time.monotonic() + seconds, [self._longest_gap(it, seconds) for it in self.viewers]
        heart = asyncio.create_task(self._beat())
        gaps = asyncio.gather(*watching)
        while time.monotonic() < ends:
            number = self.staff.count("signal")
            for event, message in (
                ("signal", {"description": {"type": "offer", "sdp": f"v={number}"}}),
                ("devices", {"microphone": True, "camera": True, "screen": False}),
                ("point", {"x": 0.5, "y": 0.5, "is_down": True}), ("post", {"text": f"{number} pieces"}),
            ):
                assert "error" not in await self.buyer.ask(event, message), event
            await self.staff.hear("posted", says(f"{number} pieces"))
            await asyncio.sleep(0.6)  # people write no faster, and the fair lets nobody
        longest = max(await gaps)
        heart.cancel()
        return longest

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            self._beats += 1

    def _own_time(self) -> tuple[float, float]:
        """Time in which this process could run, and in which it did: a busy machine takes from both."""
        return self._beats * BEAT_SECONDS, time.process_time()

    async def _longest_gap(self, viewer: Peer, seconds: float) -> float:
        ends, last, longest = time.monotonic() + seconds, self._own_time(), 0.0
        while time.monotonic() < ends:
            await one_more(viewer)
            last, before = self._own_time(), last
            longest = max(longest, last[0] - before[0], last[1] - before[1])
        return longest


async def one_more(viewer: Peer) -> None:
    seen = len(viewer.video())
    await viewer.until(lambda: len(viewer.video()) > seen)


def says(text: str) -> Callable[[Any], bool]:
    return lambda message: message["post"]["text"] == text


@asynccontextmanager
async def evening(settings: Settings, valkey_url: str, database: Database) -> AsyncIterator[Evening]:
    await furnish_fair(database)
    async with open_node(quick(settings, calls__seat_seconds=SEAT_SECONDS), valkey_url, database) as fair:
        await fair.parts.duty.on(OAK, staff().id, staff().name)
        call = await fair.parts.calls.request(buyer(), OAK, None, None, CHAIR, "key")
        call = await fair.parts.calls.accept(staff(), call.id, "key")
        for who in (buyer(), staff()):  # on a busy machine they come later than a seat is kept
            await fair.parts.calls.take_seat(who, call, "on the way")
        first, second = [await fair.talk("/meeting", who, call=call.id) for who in (buyer(), staff())]
        anchor, _ = await fair.go_live(fair.publish_ticket(staff()))
        sender = await sends(fair, call.id, first)
        async with on_air(anchor), on_air(sender):
            viewers = [await watches_call(fair, call.id, second), await watches_show(fair)]
            yield Evening(fair, call.id, first, second, viewers)


async def sends(fair: Node, call: CallId, talker: Talker) -> Peer:
    """Let somebody in a call send through the relay."""
    ticket, peer = (await talker.hear("snapshot"))["media_ticket"], Peer("sendonly")
    fair.peers.append(peer)
    answered = await fair.call_room.parts.stage.publish(call, ticket, peer.offer(), "192.0.2.1")
    return await peer.connect(answered.sdp)


async def watches_call(fair: Node, call: CallId, talker: Talker) -> Peer:
    ticket, stage = (await talker.hear("snapshot"))["media_ticket"], fair.call_room.parts.stage
    async with asyncio.timeout(10):
        while not stage.live(call):
            await asyncio.sleep(0.02)
    peer = Peer("recvonly")
    fair.peers.append(peer)
    return await peer.connect((await stage.view(call, "buyer", ticket, peer.offer(), "192.0.2.3")).sdp)


async def watches_show(fair: Node) -> Peer:
    async with asyncio.timeout(10):
        while not await fair.parts.shows.get(OAK):
            await asyncio.sleep(0.02)
    peer, _ = await fair.watch(guest())
    return peer


@dataclass
class Records:
    """A database that can be taken away: PostgreSQL where there is one, else SQLite that somebody holds."""

    database: Database
    holder: Server | LockedFile


@pytest_asyncio.fixture
async def records(database: Database, tmp_path: Path) -> AsyncIterator[Records]:
    if not IS_INSTALLED:
        yield Records(database, LockedFile(tmp_path / "fair.sqlite3"))
        return
    async with postgres() as server:
        other = Database(await new_database(server.url, "fair"))
        await other.migrate()
        yield Records(other, server)
        await other.close()


@pytest.mark.threat("F22")
async def test_shows_and_calls_go_on_while_the_database_is_away(
    redis: Redis, valkey_url: str, settings: Settings, records: Records
) -> None:
    """Pictures and words pass as before, whoever comes to the show sees it; what must be kept is refused."""
    async with evening(settings, valkey_url, records.database) as it:
        assert await it.goes_on(0.5) < LONGEST_GAP_SECONDS
        await records.holder.stop()
        late, _ = await it.fair.watch(guest())
        await late.until(lambda: bool(late.video()))
        assert await it.goes_on(AWAY_SECONDS) < LONGEST_GAP_SECONDS
        third = {"kind": "colleague", "name": "Tess", "company": ""}
        assert (await it.staff.ask("invite", third))["error"]["code"] == "store_away"
        assert (await it.buyer.ask("hang_up", {}))["error"]["code"] == "store_away"
        show = await it.fair.parts.shows.get(OAK)
        assert show is not None
        assert show.state is ShowState.LIVE
        await records.holder.start()
        for talker in (it.buyer, it.staff):
            assert (await talker.hear("ended"))["call"]["state"] == "ended"
        (outcome,) = await Outcomes(records.database).since(0)
        assert outcome.outcome is CallState.ENDED
        assert await it.fair.call_room.parts.thirds.of(it.call) == []


@pytest.mark.threat("F22")
async def test_a_room_whose_records_are_away_keeps_no_other_off_the_air(
    fair: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one whose records hung was tried again and again before any that came meanwhile."""
    hangs, begin = asyncio.Event(), fair.show_log.begin

    async def begin_elsewhere(show: Show, title: str = "") -> None:
        if show.room == OAK:
            hangs.set()
            while not fair.relay.is_live(LAMP):
                await asyncio.sleep(0.02)
            raise Busy("The records are away.", code="store_away")
        await begin(show, title)

    monkeypatch.setattr(fair.show_log, "begin", begin_elsewhere)
    page = await fair.talk("/hall", guest(), LAMP)
    first, _ = await fair.go_live(fair.publish_ticket(staff()))
    async with on_air(first):
        await hangs.wait()
        other, _ = await fair.go_live(fair.publish_ticket(staff(room=LAMP), LAMP), LAMP)
        async with on_air(other):
            assert (await page.hear("show"))["show"]["state"] == "live"


async def test_a_lease_of_a_dead_node_ends_on_the_pages(fair: Node) -> None:
    """Nobody renews it, and nobody who could say so is left there."""
    page, duty = await fair.talk("/hall", buyer(), OAK), keys.duty(OAK)
    await fair.parts.duty.on(OAK, staff(2).id, "Staff 2", "console of a dead node")
    await fair.redis.zadd(duty, {staff(2).id: time.time()})
    await page.hear("duty", lambda it: it["duty"] == [])
    assert await fair.redis.zcard(duty) == 0


async def test_an_emptied_store_in_mid_call_ends_no_call(
    redis: Redis, valkey_url: str, settings: Settings, database: Database
) -> None:
    """Nobody notices it; and when both vanish later, their call ends like any other."""
    async with evening(settings, valkey_url, database) as it:
        await redis.flushall()
        assert await it.goes_on(RENEWED_SECONDS) < LONGEST_GAP_SECONDS
        call = await it.fair.parts.calls.get(it.call)
        assert call.state is CallState.TALKING
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not all(seat["is_here"] for seat in (await it.fair.call_room.gathering(call))["seats"]):
                await asyncio.sleep(0.05)
        assert await it.fair.parts.calls.present(it.call) == {buyer().id, staff().id}
        for talker in (it.buyer, it.staff):
            assert talker.count("ended") == 0
            await talker.close()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (await Outcomes(database).since(0))[0].outcome is not CallState.ENDED:
                await asyncio.sleep(0.05)

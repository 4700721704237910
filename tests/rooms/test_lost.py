"""What may be lost: answers, nodes, the store's memory, a fail-over's last writes, the database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from config.errors import Busy, Conflict
from config.settings import Settings
from rooms.fair.database import Database
from rooms.live import keys
from rooms.live.duty import Duty
from rooms.live.redis_store import connect
from rooms.negotiation import rules
from rooms.negotiation.call_store import CallStore
from rooms.negotiation.calls import Call, Calls
from rooms.negotiation.outcomes import Outcomes
from rooms.negotiation.states import CallState
from tests.rooms.calling import Booth
from tests.rooms.fair_facts import OAK, buyer


class Forgetful:
    """A wire to the store that lets a script through and loses its answer, once, at the `lose`-th script."""

    def __init__(self, target: str) -> None:
        self._target = target.removeprefix("unix://")
        self._wires: set[asyncio.Task[None]] = set()
        self.lose = -1
        self.lost = 0

    def begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wire = asyncio.create_task(self._carry(reader, writer))
        self._wires.add(wire)

    async def close(self) -> None:
        for wire in self._wires:
            wire.cancel()
        await asyncio.gather(*self._wires, return_exceptions=True)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(self._target)
        try:
            while data := await reader.read(65536):
                back.write(data)
                answer = await there.read(65536)
                if self._loses(data, answer):
                    break
                writer.write(answer)
        finally:
            for end in (back, writer):
                end.close()

    def _loses(self, data: bytes, answer: bytes) -> bool:
        if b"EVALSHA" not in data or answer.startswith(b"-"):
            return False
        self.lose -= 1
        self.lost += self.lose == -1
        return self.lose == -1


@pytest_asyncio.fixture
async def forgetful(valkey_url: str, tmp_path: Path) -> AsyncIterator[tuple[Forgetful, str]]:
    wire = Forgetful(valkey_url)
    path = tmp_path / "wire.sock"
    server = await asyncio.start_unix_server(wire.begin, path)
    yield wire, f"unix://{path}"
    server.close()
    await wire.close()
    await server.wait_closed()


@pytest.mark.parametrize("lose", range(8))
async def test_a_lost_answer_changes_nothing(
    booth: Booth, forgetful: tuple[Forgetful, str], database: Database, settings: Settings, lose: int
) -> None:
    """Whichever script's answer is lost between asking and hanging up: same calls, told once each."""
    wire, url = forgetful
    client = connect(url, 2.0)
    told: list[CallState] = []

    async def tell(call: Call) -> None:
        told.append(call.state)

    calls = Calls(client, database, Duty(client, booth.clock), booth.clock, settings, tell)
    (ada,) = await booth.on_duty()
    wire.lose = lose
    call = await calls.request(buyer(), OAK, None, None, None, "ask")
    assert (await calls.accept(ada, call.id, "accept")).answered_by == ada.id
    await calls.take_seat(ada, call, "socket")
    assert (await calls.hang_up(buyer(), call.id)).state is CallState.ENDED
    assert told == [CallState.RINGING, CallState.TALKING, CallState.ENDED]
    assert wire.lost == 1
    await client.aclose()


async def test_a_flushed_store_loses_no_call(booth: Booth) -> None:
    ada, bo = await booth.on_duty(2)
    talking = await booth.calls.accept(ada, (await booth.ring(buyer(1))).id, "k")
    ringing = await booth.ring(buyer(2))
    over = await booth.ring(buyer(3))
    await booth.calls.cancel(buyer(3), over.id)
    await booth.nodes[0].redis.flushall()
    booth.clock.move(1)
    assert await booth.calls.sweep() == []
    assert (await booth.calls.get(over.id)).state is CallState.CANCELLED
    assert [call.id for call in await booth.calls.waiting(OAK)] == [ringing.id]
    found = await booth.calls.talking_of(ada.id)
    assert found is not None
    assert (found.id, found.state, found.answered_by) == (talking.id, CallState.TALKING, ada.id)
    assert (await booth.calls.accept(bo, ringing.id, "k")).answered_by == bo.id
    booth.clock.move(119)
    assert [call.id for call in await booth.calls.sweep()] == [ringing.id], "whose seats nobody took"
    assert (await booth.calls.hang_up(ada, talking.id)).state is CallState.ENDED


async def test_a_call_both_left_while_all_was_down_keeps_nobody_busy(booth: Booth) -> None:
    """Server and store were gone, and what the store knew; the two had closed their pages by then."""
    (ada,) = await booth.on_duty()
    call = await booth.calls.accept(ada, (await booth.ring()).id, "k")
    for who in (buyer(), ada):
        await booth.calls.take_seat(who, call, who.id)
    await booth.nodes[0].redis.flushall()
    await booth.calls.sweep()
    booth.clock.move(121)
    await booth.on_duty()
    assert [it.state for it in await booth.calls.sweep()] == [CallState.ENDED]
    assert (await booth.ring(buyer(2))).state is CallState.RINGING


async def test_a_call_is_found_between_the_flush_and_the_sweep(booth: Booth) -> None:
    ada, bo = await booth.on_duty(2)
    first, second = [await booth.ring(buyer(number)) for number in (1, 2)]
    await booth.calls.accept(ada, first.id, "k")
    await booth.nodes[0].redis.flushall()
    with pytest.raises(Conflict) as refusal:
        await booth.calls.accept(bo, first.id, "k")
    assert refusal.value.code == "already_taken"
    booth.clock.move(45)
    assert [call.id for call in await booth.calls.sweep()] == [second.id]


async def test_a_failover_that_lost_the_accept_keeps_the_winner(booth: Booth, database: Database) -> None:
    ada, bo = await booth.on_duty(2)
    call = await booth.ring()
    redis = booth.nodes[0].redis
    store = CallStore(redis, booth.clock)
    before = await store.read(call.id)
    assert before is not None
    await booth.calls.accept(ada, call.id, "k")
    for name in (keys.call(call.id), keys.call_requests(call.id)):
        await redis.delete(name)
    await store.restore(before)
    with pytest.raises(Conflict) as refusal:
        await booth.nodes[1].calls.accept(bo, call.id, "k")
    assert (refusal.value.code, refusal.value.message) == ("already_taken", "Staff 1 has taken this call.")
    after = await booth.calls.get(call.id)
    assert (after.state, after.answered_by) == (CallState.TALKING, ada.id)
    (outcome,) = await Outcomes(database).since(0)
    assert (outcome.outcome, outcome.answered_by_name) == (CallState.TALKING, ada.name)


async def test_a_failover_that_lost_the_end_does_not_reopen_the_call(booth: Booth) -> None:
    (ada,) = await booth.on_duty()
    call = await booth.ring()
    redis = booth.nodes[0].redis
    store = CallStore(redis, booth.clock)
    before = await store.read(call.id)
    assert before is not None
    await booth.calls.cancel(buyer(), call.id)
    for name in (keys.call(call.id), keys.call_requests(call.id)):
        await redis.delete(name)
    await store.restore(before)
    with pytest.raises(Conflict) as refusal:
        await booth.nodes[1].calls.accept(ada, call.id, "k")
    assert refusal.value.code == "wrong_moment"
    assert (await booth.calls.get(call.id)).state is CallState.CANCELLED


async def test_another_node_finishes_what_a_dead_one_began(booth: Booth, database: Database) -> None:
    (ada,) = await booth.on_duty()
    call = await booth.ring()
    store = CallStore(booth.nodes[0].redis, booth.clock)
    record = await store.read(call.id)
    assert record is not None
    swapped = rules.accept(record, ada, booth.clock.now, 30)
    assert await store.swap(record, swapped, "the node died after this") is not None
    assert (await Outcomes(database).counts(0))[CallState.TALKING] == 0
    booth.clock.move(2)
    await asyncio.gather(*(node.calls.sweep() for node in booth.nodes))
    assert [told.state for told in booth.told] == [CallState.RINGING, CallState.TALKING]
    assert (await Outcomes(database).counts(0))[CallState.TALKING] == 1


async def test_without_records_nobody_has_won_yet(booth: Booth, settings: Settings) -> None:
    """The database is away: the accept is refused as busy, and the same request succeeds when it is back."""
    (ada,) = await booth.on_duty()
    call = await booth.ring()
    away = Database("postgresql+asyncpg://fair@127.0.0.1:1/fair")
    node = booth.nodes[1]

    async def tell(call: Call) -> None:
        node.told.append(call)

    cut_off = Calls(node.redis, away, booth.duty, booth.clock, settings, tell)
    with pytest.raises(Busy) as refusal:
        await cut_off.accept(ada, call.id, "k")
    assert refusal.value.code == "store_away"
    assert node.told == []
    assert (await booth.calls.accept(ada, call.id, "k")).answered_by == ada.id
    assert [told.state for told in booth.told] == [CallState.RINGING, CallState.TALKING]
    await away.close()


async def test_a_script_remembers_its_last_requests_only(booth: Booth) -> None:
    await booth.on_duty()
    call = await booth.ring()
    store = CallStore(booth.nodes[0].redis, booth.clock)
    first = await store.read(call.id)
    assert first is not None
    epoch = await store.swap(first, replace(first, gone_until=None), "request-0")
    assert await store.swap(first, first, "request-0") == epoch, "the same answer again"
    assert await store.swap(first, first, "request-other") is None, "an old view changes nothing"
    for number in range(40):
        record = await store.read(call.id)
        assert record is not None
        assert await store.swap(record, record, f"request-{number + 1}") == record.call.epoch + 1
    assert await booth.nodes[0].redis.llen(keys.call_requests(call.id)) == 32

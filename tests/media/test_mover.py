"""Sections move to a real object store over bad lines: all arrive, whole and once; none is lost."""

from __future__ import annotations

import asyncio
import random
import signal
import sys
from datetime import UTC, datetime, timedelta

import pytest

from media.recording.facts import Container, Section
from media.storage.hashes import PART_BYTES
from media.storage.mover import IDLE_SECONDS, Mover
from media.storage.moving import Moving
from media.storage.objects import ObjectStore
from media.storage.places import Places
from tests.media.s3_line import Fault, Line, Request, every
from tests.media.scale import scaled
from tests.media.storing import QUICK, Row, SectionFacts, World, moving


@pytest.mark.parametrize("fault", [
    Fault.CUT, Fault.LOSE, *(pytest.param(it, marks=pytest.mark.long) for it in (Fault.REFUSE, Fault.FAIL)),
])
async def test_every_section_arrives_whole_and_once(world: World, line: Line, fault: Fault) -> None:
    """Each third part fails: all objects are complete, hashes equal, one part is sent again each time."""
    line.plan = every(3, fault)
    names = [world.record(f"show{number}", parts=3.4) for number in range(scaled(3, 20))]
    wanted = {name: world.sha256(name) for name in names}
    async with moving(world):
        await world.all_moved()
    failed = sum(request.fault is fault or not request.status for request in line.parts)
    assert failed >= len(names)
    sent = " ".join(f"{request.part}:{request.fault}:{request.status}" for request in line.parts)
    assert len(line.parts) == 4 * len(names) + failed, sent
    assert await world.objects() == wanted
    assert await world.uploads() == 0
    assert all(place.startswith("s3://") for place in world.facts.places().values())


@pytest.mark.long
async def test_slow_line_only_takes_longer(world: World, line: Line) -> None:
    """Each request waits; nothing is sent twice."""
    line.delay_seconds = 0.2
    name = world.record("show", parts=2.5)
    wanted = world.sha256(name)
    async with moving(world):
        await world.all_moved()
    assert await world.objects() == {name: wanted}
    assert len(line.parts) == 3


async def test_lost_answer_to_the_last_request_makes_no_second_object(world: World, line: Line) -> None:
    """The service has put the parts together, and nobody heard of it."""
    name = world.record("show")
    lost: list[Request] = []

    def plan(request: Request) -> Fault:
        if request.method == "POST" and "uploadId" in request.target and not lost:
            lost.append(request)
            return Fault.LOSE
        return Fault.NONE

    line.plan = plan
    wanted = world.sha256(name)
    async with moving(world):
        await world.all_moved()
    assert lost
    assert await world.objects() == {name: wanted}
    assert len(line.parts) == 2


async def test_part_that_was_spoiled_on_its_way_never_becomes_an_object(world: World, line: Line) -> None:
    """The file stays until what the service has is what was sent."""
    spoiled: list[Request] = []

    def plan(request: Request) -> Fault:
        if request.part == 2 and not spoiled:
            spoiled.append(request)
            return Fault.SPOIL
        return Fault.NONE

    line.plan = plan
    name = world.record("show", parts=2.5)
    wanted = world.sha256(name)
    async with moving(world):
        await world.all_moved()
    assert spoiled
    assert await world.objects() == {name: wanted}


@pytest.mark.long
async def test_killed_uploader_goes_on_where_it_was(world: World, line: Line) -> None:
    """SIGKILL in the middle of a part, again and again: no part that the service took is sent again."""
    name = world.record("show", parts=5.5)
    wanted = world.sha256(name)
    for _ in range(scaled(4, 20)):
        await _kill_in_the_middle(world, line)
    line.plan = lambda _: Fault.NONE
    process = await _uploader(world)
    assert await process.wait() == 0
    taken = [request.name for request in line.parts if request.status == 200]
    assert len(taken) == len(set(taken)) == 6, "a part was taken twice, or by another upload"
    assert await world.objects() == {name: wanted}
    assert await world.uploads() == 0
    assert not list(world.folder.iterdir())


async def _kill_in_the_middle(world: World, line: Line) -> None:
    line.held.clear()
    after = random.choice((0, 0, 1))
    seen: list[Request] = []

    def plan(request: Request) -> Fault:
        if request.part:
            seen.append(request)
        return Fault.HOLD if request.part and len(seen) > after else Fault.NONE

    line.plan = plan
    process = await _uploader(world)
    ended = asyncio.create_task(process.wait())
    held = asyncio.create_task(line.held.wait())
    await asyncio.wait({ended, held}, return_when=asyncio.FIRST_COMPLETED, timeout=60)
    held.cancel()
    if not ended.done():
        process.send_signal(signal.SIGKILL)
    await ended


async def _uploader(world: World) -> asyncio.subprocess.Process:
    settings = world.settings
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.media.uploader", str(world.folder.parent),
        settings.url, settings.endpoint, settings.access_key, settings.secret_key,
        stdout=asyncio.subprocess.DEVNULL)


async def test_store_that_is_away_for_a_while_loses_nothing(world: World, line: Line) -> None:
    """The files stay, the mover stands back, and goes on by itself."""
    names = [world.record(f"show{number}", parts=0.1) for number in range(5)]
    wanted = {name: world.sha256(name) for name in names}
    line.is_down = True
    async with moving(world):
        await _until_failed(world, 3)
        assert {name: world.sha256(name) for name in names} == wanted
        assert set(world.facts.places().values()) == {""}
        assert world.counted("sections_waiting") == 5
        line.is_down = False
        await world.all_moved()
    assert await world.objects() == wanted
    assert world.counted("moved_bytes_total") == 5 * int(0.1 * PART_BYTES)
    assert world.counted("sections_waiting") == 0


async def _until_failed(world: World, times: int) -> None:
    async with asyncio.timeout(60):
        while world.counted("move_failures_total") < times:
            await asyncio.sleep(0.05)  # counters tell nobody


async def test_section_is_found_all_the_time_while_it_moves(world: World, line: Line) -> None:
    """A reader of random ranges gets the right bytes before, during and after."""
    name = world.record("show", parts=2.2)
    data = (world.folder / name).read_bytes()
    section = Section(1, Container.MP4, "avc1.42e01f", "opus", 640, 360, 700)
    places = Places(world.local, world.store)
    line.plan = every(2, Fault.CUT)
    before, after = 0, 0
    async with moving(world):
        while after < 30:
            is_here = (world.folder / name).exists()
            offset = random.randrange(len(data))
            assert await places.read("show", section, offset, 5000) == data[offset : offset + 5000]
            before, after = before + is_here, after + (not is_here)
    await places.close()
    assert before


@pytest.mark.parametrize(("method", "target"), [
    ("GET", "uploads"), ("POST", "uploads"), ("PUT", "partNumber=1"), ("PUT", "partNumber=3"),
    ("POST", "uploadId"),
])
async def test_recording_deleted_while_it_moves_leaves_nothing(
    world: World, line: Line, method: str, target: str,
) -> None:
    """Neither an object nor half of one, wherever the mover was."""
    name = world.record("show", parts=2.2)
    places = Places(world.local, ObjectStore(world.plain))
    async with moving(world, (60.0,)):
        line.plan = lambda request: _hold_at(request, method, target)
        await line.held.wait()
        world.facts.forget("show")
        await places.delete("show")
        line.goes_on.set()
        await _until_failed(world, 1)
    await places.close()
    assert await world.objects() == {}
    assert await world.uploads() == 0
    assert not (world.folder / name).parent.exists()


def _hold_at(request: Request, method: str, target: str) -> Fault:
    is_there = request.method == method and target in request.target and "0001.mp4" in request.target
    return Fault.HOLD if is_there else Fault.NONE


async def test_recording_deleted_when_the_object_was_whole_already_leaves_nothing(world: World) -> None:
    """The fact cannot be committed any more: the object goes."""
    name = world.record("show")
    world.facts.forget("show")
    await Moving(world.local, world.store, world.facts, lambda: datetime.now(UTC)).move(name)
    assert await world.objects() == {}
    assert not list(world.folder.iterdir())


async def test_start_ends_what_a_killed_one_left(world: World, line: Line) -> None:
    """The fact was committed, but the file was still there: it goes, and nothing is sent."""
    name = world.record("show")
    await world.store.put(world.folder / name, name)
    await world.local.mark_moved(name)
    await world.facts.moved("show", 1, world.store.place(name))
    sent = len(line.parts)
    async with moving(world):
        await world.all_moved()
    assert len(line.parts) == sent
    assert list(await world.objects()) == [name]


async def test_object_that_is_there_already_is_not_sent_again(world: World, line: Line) -> None:
    """Killed before the fact was committed: the object is checked, and that is all."""
    name = world.record("show")
    await world.store.put(world.folder / name, name)
    sent = len(line.parts)
    async with moving(world):
        await world.all_moved()
    assert len(line.parts) == sent
    assert list(await world.objects()) == [name]


@pytest.mark.parametrize(("is_old", "left"), [(True, 0), (False, 1)])
async def test_upload_of_nobody_is_ended_when_it_is_old(world: World, is_old: bool, left: int) -> None:
    """It may be another node's until then."""
    key = f"{world.plain.prefix}/elsewhere/0001.mp4"
    await world.plain.ask(lambda client: client.create_multipart_upload(Bucket=world.plain.name, Key=key))
    ((_, began),) = await world.store.unfinished()
    now = began + timedelta(days=3 if is_old else 1)
    await Moving(world.local, world.store, world.facts, lambda: now).tidy()
    assert await world.uploads() == left


async def test_section_that_lies_nowhere_hides_nothing(world: World) -> None:
    """It is told once, and the others move."""
    world.facts.add("lost/0001.mp4")
    name = world.record("show", parts=0.1)
    async with moving(world):
        while not world.facts.places()[name]:
            await world.local.has_changed.wait()
    assert list(await world.objects()) == [name]
    assert world.counted("move_failures_total") == 1


class FailingOnce(SectionFacts):
    """Facts that fail the first time, and in a way nobody expects."""

    has_failed = False

    async def not_moved(self, limit: int) -> list[Row]:
        """Fail once."""
        if not self.has_failed:
            self.has_failed = True
            raise RuntimeError("nobody expects this")
        return await super().not_moved(limit)


async def test_unexpected_failure_is_told_and_does_not_end_moving(
    world: World, caplog: pytest.LogCaptureFixture,
) -> None:
    """A new round begins after a pause."""
    name = world.record("show", parts=0.1)
    facts = FailingOnce(world.folder.parent / "facts.sqlite3")
    mover = Mover(world.local, world.store, facts, world.counters, QUICK)
    mover.start()
    await world.all_moved()
    await mover.close()
    facts.close()
    assert list(await world.objects()) == [name]
    assert "nobody expects this" in caplog.text


async def test_mover_is_called_when_a_recording_becomes_whole(world: World) -> None:
    """It does not wait for its next look."""
    async with moving(world) as mover:
        for number in range(3):
            world.record(f"show{number}", parts=0.1)
            mover.look()
            await world.all_moved(within_seconds=IDLE_SECONDS - 1)
    assert len(await world.objects()) == 3

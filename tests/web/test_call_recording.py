"""T43: not one byte of a private call is on the disk unless everybody in it has agreed."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from config.errors import Busy, Denied, FairError, Invalid
from config.ids import AccountId
from media.backlog import MediaPacket
from media.codecs import Kind as MediaKind
from media.recording.facts import StopReason
from rooms.fair.policy import Actor, Role
from rooms.fair.recording import Kind
from rooms.negotiation.calls import Call
from showroom import data_folder
from showroom.demo.clip import encode
from showroom.load.clip_file import Clip, read_clip
from showroom.load.publisher import Publisher
from signaling import call_recorder
from signaling.archive import Archive
from tests.media.scale import scaled
from tests.web.conftest import LUMEN, OpenFair, take
from tests.web.on_air import FRAMES_PER_SECOND, SECONDS, SIZE, pictures, until

pytestmark = pytest.mark.asyncio(loop_scope="session")

SELLER = Actor(AccountId("seller"), Role.STAFF, "Seller", "Lumen", LUMEN)
ORDERS = scaled(15, 50)
EVENTS = 7


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    path = tmp_path_factory.mktemp("clip") / "clip.mkv"
    await asyncio.to_thread(encode, pictures(), SIZE, FRAMES_PER_SECOND, path, SECONDS, 0)
    return read_clip(path)


async def talking(fair: OpenFair, who: str) -> Call:
    """Let somebody new talk with the seller."""
    buyer = Actor(AccountId(who), Role.BUYER, who.title(), "Shop", None)
    await fair.parts.duty.on(LUMEN, SELLER.id, SELLER.name)
    asked = await fair.parts.calls.request(buyer, LUMEN, None, None, None, "key")
    answered = await take(fair, SELLER, asked)
    await fair.parts.duty.off(LUMEN, SELLER.id)
    return answered


@asynccontextmanager
async def sending(fair: OpenFair, call: Call, actor: Actor, clip: Clip) -> AsyncIterator[None]:
    """Send picture and sound into a call through its own door."""
    bearer = fair.parts.call_room.media_ticket(actor, call.id)
    async with aiohttp.ClientSession() as http:
        publisher = Publisher(http, f"{fair.base_url}/whip/calls/{call.id}", clip, bearer)
        await publisher.open()
        playing = asyncio.create_task(publisher.play())
        await until(lambda: _is_live(fair, call))
        yield
        playing.cancel()
        await asyncio.wait([playing])
        await publisher.close()


async def _is_live(fair: OpenFair, call: Call) -> bool:
    return bool(fair.parts.call_room.parts.stage.live(call.id))


def on_disk(fair: OpenFair) -> dict[Path, int]:
    """Return every file of every recording and its size."""
    folder = fair.parts.settings.data.folder / data_folder.RECORDINGS
    return {path: path.stat().st_size for path in folder.rglob("*") if path.is_file()}


async def is_writing(fair: OpenFair, call: Call) -> bool:
    """Tell whether packets of the call reach a recorder."""
    names = fair.parts.call_room.parts.stage.live(call.id)
    publications = [fair.parts.relay.publication(sent.name) for sent in names]
    return any(publication.sinks[1:] for publication in publications if publication)


class Story:
    """One call, and a plain account of who agrees."""

    def __init__(self, fair: OpenFair, call: Call) -> None:
        self.fair, self.call = fair, call
        self.people = [Actor(call.buyer, Role.BUYER, "Buyer", "Shop", None), SELLER]
        self.agreed: set[AccountId] = set()
        self.ever = False

    @property
    def is_allowed(self) -> bool:
        return {person.id for person in self.people} <= self.agreed

    async def happen(self, dice: random.Random) -> None:
        """Let somebody agree (mostly), withdraw, come or go."""
        what = dice.choices(("agree", "withdraw", "come", "go"), (12, 3, 2, 1))[0]
        room, person = self.fair.parts.call_room, dice.choice(self.people)
        if what in ("agree", "withdraw"):
            await room.answer(person, self.call, "en", is_agreed=what == "agree")
            self.agreed = self.agreed | {person.id} if what == "agree" else set()
        elif what == "come" and len(self.people) < 4:
            third = await room.join(await room.invite(SELLER, self.call, "colleague", "Third", ""))
            self.people.append(third.actor)
        elif what == "go" and len(self.people) > 2:
            gone = self.people.pop()
            await room.remove(SELLER, self.call, gone.id.removeprefix("third:"))
        self.ever = self.ever or self.is_allowed


@pytest.mark.threat("T43")
async def test_any_order_of_events_records_what_all_agreed_to_and_no_byte_more(
    fair: OpenFair, clip: Clip
) -> None:
    dice, outcomes = random.Random(4343), {True: 0, False: 0}
    for number in range(ORDERS):
        call, before = await talking(fair, f"shopper-{number}"), on_disk(fair)
        story = Story(fair, call)
        async with sending(fair, call, story.people[0], clip):
            for _ in range(EVENTS):
                await story.happen(dice)
                assert await is_writing(fair, call) is story.is_allowed, number
                assert await fair.parts.call_room.parts.recorder.is_recorded(call.id) is story.is_allowed
            if not story.ever:
                await asyncio.sleep(0)
                assert on_disk(fair) == before, number
            await fair.parts.calls.hang_up(story.people[0], call.id)
            await _over(fair, call)
        outcomes[story.ever] += 1
    assert min(outcomes.values()) > ORDERS // 10


async def _over(fair: OpenFair, call: Call) -> None:
    await until(lambda: _is_over(fair, call))


async def _is_over(fair: OpenFair, call: Call) -> bool:
    return not await is_writing(fair, call) and call.id not in fair.parts.call_room.parts.stage.calls()


@pytest.mark.threat("T43")
async def test_a_withdrawal_ends_the_file_and_only_the_two_may_have_it(fair: OpenFair, clip: Clip) -> None:
    call, before = await talking(fair, "careful"), on_disk(fair)
    room, buyer = fair.parts.call_room, Actor(call.buyer, Role.BUYER, "Careful", "Shop", None)
    async with sending(fair, call, buyer, clip):
        await room.answer(buyer, call, "en", is_agreed=True)
        assert on_disk(fair) == before
        await room.answer(SELLER, call, "ar", is_agreed=True)
        await until(lambda: _has_grown(fair, before))
        (entry,) = await room.parts.recorder.recordings(call.id)
        await room.answer(SELLER, call, "ar", is_agreed=False)
        await until(lambda: _is_whole(fair, entry.recording))
        held = on_disk(fair)
        await _packets_pass(fair, call)
        assert on_disk(fair) == held
    recording = await fair.parts.recordings.get(entry.recording)
    assert (recording.kind, entry.name) == (Kind.CALL, "Careful")
    for who in (buyer, SELLER):
        await fair.parts.recordings.require_watching(who, recording)
    colleague = Actor(AccountId("x"), Role.STAFF, "X", "", LUMEN)
    for stranger in (colleague, Actor(AccountId("o"), Role.ORGANISER, "O", "", None)):
        with pytest.raises(Denied):
            await fair.parts.recordings.require_watching(stranger, recording)
    assert recording.id not in {one.id for one in await fair.parts.recordings.of_room(LUMEN)}


@pytest.mark.threat("T43")
async def test_an_answer_that_cannot_be_kept_ends_the_file_until_one_can(fair: OpenFair, clip: Clip) -> None:
    """Whoever withdraws while the records are away is not recorded on because of that."""
    call, before = await talking(fair, "cautious"), on_disk(fair)
    room, buyer = fair.parts.call_room, Actor(call.buyer, Role.BUYER, "Cautious", "Shop", None)
    async with sending(fair, call, buyer, clip):
        for person in (buyer, SELLER):
            await room.answer(person, call, "en", is_agreed=True)
        await until(lambda: _has_grown(fair, before))
        with pytest.raises(Invalid):
            await room.parts.recorder.change(call, _refuse(Invalid("No such language.")))
        assert await is_writing(fair, call)
        with pytest.raises(Busy):
            await room.parts.recorder.change(call, _refuse(Busy("The records are away.")))
        for _ in range(3):
            assert not await is_writing(fair, call)
            await room.parts.recorder.sweep()
        await room.answer(buyer, call, "en", is_agreed=True)
        assert await is_writing(fair, call)


async def test_a_call_whose_recording_has_stopped_is_not_said_to_be_recorded(
    fair: OpenFair, clip: Clip
) -> None:
    """Who has used all the room there is gets no more in this call, and no empty recordings either."""
    call, before = await talking(fair, "frugal"), on_disk(fair)
    room, buyer = fair.parts.call_room, Actor(call.buyer, Role.BUYER, "Frugal", "Shop", None)
    async with sending(fair, call, buyer, clip):
        await _agree(fair, call, buyer, SELLER)
        await until(lambda: _has_grown(fair, before))
        await _drop(fair, call, StopReason.QUOTA)
        await until(lambda: _is_unrecorded(fair, call))
        assert not (await room.gathering(call))["consent"]["is_recording"]
        await room.answer(SELLER, call, "en", is_agreed=False)
        await _agree(fair, call, SELLER)
        for _ in range(3):
            await room.parts.recorder.sweep()
            assert await _is_unrecorded(fair, call)
            assert not await is_writing(fair, call)
    assert len(await room.parts.recorder.recordings(call.id)) == 1


async def test_a_call_whose_recording_has_failed_is_recorded_again_in_its_time(
    fair: OpenFair, clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_recorder, "REST_SECONDS", 0.0)
    call, before = await talking(fair, "unlucky"), on_disk(fair)
    recorder, buyer = fair.parts.call_room.parts.recorder, Actor(call.buyer, Role.BUYER, "U", "Shop", None)
    async with sending(fair, call, buyer, clip):
        await _agree(fair, call, buyer, SELLER)
        await until(lambda: _has_grown(fair, before))
        await _drop(fair, call, StopReason.FAILED)

        async def is_begun_again() -> bool:
            return len(await recorder.recordings(call.id)) == 2 and await is_writing(fair, call)

        await until(is_begun_again)
        assert await recorder.is_recorded(call.id)


async def _agree(fair: OpenFair, call: Call, *people: Actor) -> None:
    for person in people:
        await fair.parts.call_room.answer(person, call, "en", is_agreed=True)


async def _drop(fair: OpenFair, call: Call, reason: StopReason) -> None:
    """End the recording of a call as its archive does."""
    recorder = fair.parts.call_room.parts.recorder
    archive = recorder._archive
    assert isinstance(archive, Archive)
    (entry,) = await recorder.recordings(call.id)
    archive.drop(entry.recording, reason)


async def _is_unrecorded(fair: OpenFair, call: Call) -> bool:
    return not await fair.parts.call_room.parts.recorder.is_recorded(call.id)


async def _refuse(error: FairError) -> None:
    raise error


async def _has_grown(fair: OpenFair, before: dict[Path, int]) -> bool:
    return sum(on_disk(fair).values()) > sum(before.values()) + 1000


async def _is_whole(fair: OpenFair, recording: str) -> bool:
    return (await fair.parts.recordings.get(recording)).ended_at is not None


class Count:
    """A sink that counts what comes."""

    def __init__(self) -> None:
        self.packets = 0

    def take(self, packet: MediaPacket) -> None:
        self.packets += 1

    def take_clock(self, kind: MediaKind, timestamp: int, seconds: float) -> None:
        """Nothing hangs on it."""


async def _packets_pass(fair: OpenFair, call: Call) -> None:
    """Wait until a hundred more packets have come into the relay."""
    (sent,) = fair.parts.call_room.parts.stage.live(call.id)
    publication, count = fair.parts.relay.publication(sent.name), Count()
    assert publication is not None
    publication.sinks.append(count)
    await until(lambda: _is_past(count, 100))
    publication.sinks.remove(count)


async def _is_past(count: Count, packets: int) -> bool:
    return count.packets > packets


@pytest.mark.threat("T43")
async def test_strangers_neither_agree_nor_send(fair: OpenFair, clip: Clip) -> None:
    call, room = await talking(fair, "guarded"), fair.parts.call_room
    stranger = Actor(AccountId("stranger"), Role.BUYER, "S", "", None)
    with pytest.raises(Denied):
        await room.answer(stranger, call, "en", is_agreed=True)
    with pytest.raises(FairError):
        await room.parts.stage.publish(call.id, room.media_ticket(stranger, call.id), "v=0", "192.0.2.1")

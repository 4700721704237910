"""T43: not one byte of a private call is on the disk unless everybody in it has agreed."""

from __future__ import annotations

import asyncio
import random
import time

import pytest
import pytest_asyncio

from config.errors import Busy, Denied, FairError, Invalid
from config.ids import AccountId
from media.backlog import MediaPacket
from media.codecs import Kind as MediaKind
from media.recording.sink import RecordingSink
from rooms.fair.policy import Actor, Role
from rooms.fair.recording import Kind
from rooms.negotiation.calls import Call
from showroom.load.clip_file import Clip
from tests.media.scale import scaled
from tests.web.conftest import LUMEN, OpenFair
from tests.web.on_air import until
from tests.web.recorded_calls import SELLER, agree, clip_in, has_grown, is_writing, on_disk, sending, talking

pytestmark = pytest.mark.asyncio(loop_scope="session")

ORDERS = scaled(10, 50)
EVENTS = 7
FRAME_SECONDS = 0.1
"""The longest that a frame lasts whose end nobody saw."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    return await clip_in(tmp_path_factory.mktemp("clip"))


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
    """Tell whether nothing of it is written any more, not even by the process that writes."""
    recorder = fair.parts.call_room.parts.recorder
    if any(recorder._archive.is_recording(it.recording) for it in await recorder.recordings(call.id)):
        return False
    return not await is_writing(fair, call) and call.id not in fair.parts.call_room.parts.stage.calls()


@pytest.mark.threat("T43")
async def test_a_withdrawal_ends_the_file_and_only_the_two_may_have_it(fair: OpenFair, clip: Clip) -> None:
    call, before = await talking(fair, "careful"), on_disk(fair)
    room, buyer = fair.parts.call_room, Actor(call.buyer, Role.BUYER, "Careful", "Shop", None)
    async with sending(fair, call, buyer, clip):
        await room.answer(buyer, call, "en", is_agreed=True)
        assert on_disk(fair) == before
        await room.answer(SELLER, call, "ar", is_agreed=True)
        await until(lambda: has_grown(fair, before))
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
async def test_nothing_of_before_all_had_agreed_is_in_the_file(fair: OpenFair, clip: Clip) -> None:
    """Although the relay has it yet: a call with a third person goes through it before."""
    call = await talking(fair, "punctual")
    buyer = Actor(call.buyer, Role.BUYER, "Punctual", "Shop", None)
    async with sending(fair, call, buyer, clip):
        for number in range(2):
            before = on_disk(fair)
            await asyncio.sleep(1.0)
            agreed_at = time.time()
            await agree(fair, call, buyer, SELLER)
            await until(lambda: has_grown(fair, before))  # noqa: B023 - it is done by then
            await fair.parts.call_room.answer(SELLER, call, "en", is_agreed=False)
            entry = (await fair.parts.call_room.parts.recorder.recordings(call.id))[number]
            await until(lambda: _is_whole(fair, entry.recording))  # noqa: B023
            kept = await fair.parts.recordings.get(entry.recording)
            assert kept.started_at >= agreed_at
            assert kept.ended_at
            assert 0 < kept.seconds <= kept.ended_at - kept.started_at + FRAME_SECONDS


@pytest.mark.threat("T43")
async def test_what_an_interpreter_says_to_one_side_is_not_recorded(fair: OpenFair, clip: Clip) -> None:
    call, before = await talking(fair, "foreign"), on_disk(fair)
    room, buyer = fair.parts.call_room, Actor(call.buyer, Role.BUYER, "Foreign", "Shop", None)
    third = (await room.join(await room.invite(buyer, call, "interpreter", "Tess", ""))).actor
    async with sending(fair, call, third, clip):
        await room.speak_to(third, call, "buyer")
        await agree(fair, call, buyer, SELLER, third)
        await until(lambda: has_grown(fair, before))
        for listener, is_hushed in (("buyer", True), ("both", False), ("staff", True)):
            await room.speak_to(third, call, listener)
            (sent,) = room.parts.stage.live(call.id)
            publication = fair.parts.relay.publication(sent.name)
            assert publication is not None
            assert [it.is_hushed for it in publication.sinks if isinstance(it, RecordingSink)] == [is_hushed]


@pytest.mark.threat("T43")
async def test_an_answer_that_cannot_be_kept_ends_the_file_until_one_can(fair: OpenFair, clip: Clip) -> None:
    """Whoever withdraws while the records are away is not recorded on because of that."""
    call, before = await talking(fair, "cautious"), on_disk(fair)
    room, buyer = fair.parts.call_room, Actor(call.buyer, Role.BUYER, "Cautious", "Shop", None)
    async with sending(fair, call, buyer, clip):
        for person in (buyer, SELLER):
            await room.answer(person, call, "en", is_agreed=True)
        await until(lambda: has_grown(fair, before))
        with pytest.raises(Invalid):
            await room.parts.recorder.change(call, buyer.id, _refuse(Invalid("No such language.")))
        assert await is_writing(fair, call)
        with pytest.raises(Busy):
            await room.parts.recorder.change(call, buyer.id, _refuse(Busy("The records are away.")))
        for _ in range(3):
            assert not await is_writing(fair, call)
            await room.parts.recorder.sweep()
        await room.answer(SELLER, call, "en", is_agreed=True)
        await room.remove(SELLER, call, await _invited(fair, call))
        assert not await is_writing(fair, call), "what others do tells nothing of who has withdrawn"
        await room.answer(buyer, call, "en", is_agreed=True)
        assert await is_writing(fair, call)


async def _invited(fair: OpenFair, call: Call) -> str:
    """Invite somebody, and return their seat."""
    await fair.parts.call_room.invite(SELLER, call, "colleague", "Cole", "")
    (third,) = await fair.parts.call_room.parts.thirds.of(call.id)
    return third.id.removeprefix("third:")


async def _refuse(error: FairError) -> None:
    raise error


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

"""Who may watch which recording: every role, of its room and of another, at every access, invited or not."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from config.errors import Denied, Missing
from rooms.fair.database import Database
from rooms.fair.policy import Actor
from rooms.fair.recording import Access, Kind, Recording, RecordingState
from rooms.fair.recordings import Recordings
from tests.rooms.fair_facts import LAMP, OAK, Clock, buyer, guest, organiser, staff
from tests.rooms.recorded import STARTED_AT, record

WHO = {
    "guest": guest(), "buyer": buyer(), "staff": staff(), "colleague": staff(2), "foreign": staff(room=LAMP),
    "organiser": organiser(),
}
"""`staff` and `colleague` work in the room whose recording it is, `foreign` in another."""

MAY_WATCH = {
    # access, whether the asker is on the list: who may
    (Access.PUBLIC, False): {"guest", "buyer", "staff", "colleague", "foreign", "organiser"},
    (Access.PUBLIC, True): {"guest", "buyer", "staff", "colleague", "foreign", "organiser"},
    (Access.SIGNED_IN, False): {"buyer", "staff", "colleague", "foreign", "organiser"},
    (Access.SIGNED_IN, True): {"buyer", "staff", "colleague", "foreign", "organiser"},
    (Access.INVITED, False): {"staff", "colleague", "organiser"},
    (Access.INVITED, True): {"buyer", "staff", "colleague", "foreign", "organiser"},
}
NEVER_INVITED = {"guest"}
"""A guest has no account and is on no list."""


@pytest.fixture
def recordings(database: Database) -> Recordings:
    return Recordings(database, Clock())


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize(("access", "is_invited"), list(product(Access, (False, True))))
@pytest.mark.parametrize("is_running", [False, True])
async def test_every_cell_of_the_matrix(
    recordings: Recordings, who: str, access: Access, is_invited: bool, is_running: bool
) -> None:
    await record(recordings, reason="" if is_running else "ended")
    invited = [WHO[who].id] if is_invited and who not in NEVER_INVITED else []
    recording = await recordings.set_access(staff(), "show-1", access, invited)
    await check(recordings, WHO[who], recording, who in MAY_WATCH[access, is_invited])


async def check(recordings: Recordings, actor: Actor, recording: Recording, expected: bool) -> None:
    assert await recordings.may_watch(actor, recording) is expected
    if expected:
        await recordings.require_watching(actor, recording)
        return
    with pytest.raises(Denied) as refusal:
        await recordings.require_watching(actor, recording)
    assert refusal.value.code == ("sign_in" if actor is WHO["guest"] else "denied")


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("is_running", [False, True])
async def test_a_call_is_for_its_two_people_only(
    recordings: Recordings, who: str, is_running: bool
) -> None:
    """Not for the organiser, and not for colleagues."""
    parties = [WHO["buyer"].id, WHO["staff"].id]
    call = await recordings.begin("call-1", OAK, STARTED_AT, "node-1", Kind.CALL, parties=parties)
    call = call if is_running else await recordings.end("call-1", "ended")
    await check(recordings, WHO[who], call, who in ("buyer", "staff"))


async def test_a_list_that_is_taken_back_lets_nobody_in(recordings: Recordings) -> None:
    await record(recordings)
    await recordings.set_access(staff(), "show-1", Access.INVITED, [buyer().id, buyer().id, buyer(2).id])
    await recordings.set_access(staff(), "show-1", Access.INVITED, [buyer(2).id])
    closed = await recordings.get("show-1")
    assert not await recordings.may_watch(buyer(), closed)
    assert await recordings.may_watch(buyer(2), closed)
    await recordings.set_access(staff(), "show-1", Access.PUBLIC)
    again = await recordings.set_access(staff(), "show-1", Access.INVITED)
    assert not await recordings.may_watch(buyer(2), again), "the old list does not come back"


async def test_what_was_deleted_nobody_watches(recordings: Recordings) -> None:
    deleted = replace(await record(recordings), state=RecordingState.DELETED)
    for actor in WHO.values():
        assert not await recordings.may_watch(actor, deleted)
        with pytest.raises(Missing):
            await recordings.require_watching(actor, deleted)

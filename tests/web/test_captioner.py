"""Live captions between who sends them and the records: kept when they can be, refused when they cannot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from sqlalchemy import text

from config.errors import Conflict
from config.ids import AccountId
from rooms.fair.policy import Actor, Role
from rooms.fair.webvtt import Cue
from rooms.live.shows import Show
from signaling.captioner import LOOK_SECONDS, Captioner, Said
from tests.web.conftest import TILE, OpenFair

pytestmark = pytest.mark.asyncio(loop_scope="session")
KEEPER = Actor(AccountId("keeper"), Role.STAFF, "Keeper", "", TILE)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def show(fair: OpenFair) -> AsyncIterator[Show]:
    """A show of `tile`; captions ask for no picture."""
    running = await fair.parts.shows.begin(TILE, "Tia")
    await fair.parts.show_log.begin(running)
    yield running
    await fair.parts.shows.end(TILE)
    await fair.parts.show_log.end(running)


@pytest.fixture
def now(fair: OpenFair) -> list[float]:
    """The moment it is for the captioner."""
    return [fair.parts.clock()]


@pytest.fixture
def captioner(fair: OpenFair, now: list[float]) -> Captioner:
    parts = fair.parts
    return Captioner(
        parts.caption_keys, parts.companies, parts.shows, parts.captions, parts.herald, lambda: now[0]
    )


async def test_captions_are_refused_while_staff_have_uploaded_some(
    fair: OpenFair, show: Show, captioner: Captioner, now: list[float]
) -> None:
    captions, said = fair.parts.captions, [Said(None, 1.0, 2.0, "live", "a")]
    await captioner.take(TILE, "fi", said)
    await captions.put(KEEPER, show.id, TILE, "fi", "", [Cue("", 1.0, 2.0, "valmis")])
    now[0] += LOOK_SECONDS
    with pytest.raises(Conflict) as refusal:
        await captioner.take(TILE, "fi", said)
    assert refusal.value.code == "captions_uploaded"
    await captioner.take(TILE, "sv", said)
    await captions.delete(KEEPER, show.id, TILE, "fi")
    now[0] += LOOK_SECONDS
    await captioner.take(TILE, "fi", said)
    await captioner.flush()
    assert [cue.text for cue in await captions.cues(show.id, "fi")] == ["live"]


async def test_captions_wait_on_when_the_keeping_of_them_is_cancelled(
    fair: OpenFair, show: Show, captioner: Captioner
) -> None:
    """As at each stop of the server: what is being kept just then is kept as the very last."""
    for language in ("pt", "de"):
        await captioner.take(TILE, language, [Said(None, 1.0, 2.0, "Kachel", "a")])
    async with fair.parts.database.session() as other:
        await other.execute(text("SELECT 1"))  # another writer, for whom the captions have to wait
        flushing = asyncio.create_task(captioner.flush())
        await asyncio.sleep(0)
        flushing.cancel()
    await asyncio.wait([flushing])
    assert flushing.cancelled()
    await captioner.flush()
    for language in ("pt", "de"):
        assert [cue.text for cue in await fair.parts.captions.cues(show.id, language)] == ["Kachel"]

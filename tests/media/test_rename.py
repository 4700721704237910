"""A publication that changes its name keeps its publisher and its viewers."""

from __future__ import annotations

import asyncio

import pytest

from config.errors import Conflict, Missing
from media import rtcp
from tests.media.peer import KEY, VIDEO
from tests.media.world import numbers, world


async def test_sessions_stay_and_packets_flow_on() -> None:
    async with world() as w:
        publisher = await w.publisher("behind")
        publisher.send(VIDEO, 1, KEY)
        await w.events.until("live", "behind")
        viewer = await w.viewer("behind")
        await viewer.until(lambda: len(viewer.video()) == 1)
        w.relay.rename("behind", "room")
        assert w.events.seen[-2:] == [("live", "room"), ("viewers", "room", 1)]
        assert (w.relay.is_live("room"), w.relay.is_live("behind")) == (True, False)
        publisher.send(VIDEO, 2, KEY)
        await viewer.until(lambda: len(viewer.video()) == 2)
        assert numbers(viewer) == [0, 1]
        other = await w.viewer("room")
        await other.until(lambda: len(other.video()) == 1)
        with pytest.raises(Conflict):
            await w.viewer("behind")
        with pytest.raises(Conflict):
            await w.publisher("room")
        w.relay.end_session(w.sessions[publisher])
        await w.events.until("away", "room")
        w.relay.end_publication("room")
        await viewer.until(lambda: viewer.is_closed)


async def test_nothing_of_before_is_shown_under_the_new_name() -> None:
    """What was rehearsed goes neither to new viewers nor into a recording, nor into a thumbnail."""
    async with world() as w:
        publisher = await w.publisher("behind")
        publisher.send(VIDEO, 1, KEY)
        await w.events.until("live", "behind")
        publication = w.relay.publication("behind")
        assert publication is not None
        assert list(publication.recent())
        w.relay.rename("behind", "room")
        assert not list(publication.recent())
        assert publication.latest_keyframe() is None
        guest = await w.viewer("room")
        await publisher.until(lambda: any(isinstance(p, rtcp.KeyframeRequest) for p in publisher.parts))
        assert not guest.video()
        publisher.send(VIDEO, 2, KEY)
        await guest.until(lambda: len(guest.video()) == 1)


async def test_silence_is_told_under_the_new_name() -> None:
    async with world(stall_seconds=0.3) as w:
        publisher = await w.publisher("behind")
        publisher.send(VIDEO, 1, KEY)
        await w.events.until("live", "behind")
        w.relay.rename("behind", "room")
        await w.events.until("away", "room")
        assert ("away", "behind") not in w.events.seen


async def test_a_publication_that_sent_nothing_yet_begins_under_the_new_name() -> None:
    async with world() as w:
        publisher = await w.publisher("behind")
        w.relay.rename("behind", "room")
        assert ("live", "room") not in w.events.seen
        publisher.send(VIDEO, 1, KEY)
        await w.events.until("live", "room")


async def test_names_that_are_taken_or_empty_are_refused() -> None:
    async with world() as w:
        await w.publisher("behind")
        await w.publisher("room")
        with pytest.raises(Conflict):
            w.relay.rename("behind", "room")
        with pytest.raises(Missing):
            w.relay.rename("nothing", "else")
        await asyncio.sleep(0)

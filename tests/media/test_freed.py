"""What a session held goes with it at once, not when the interpreter looks for garbage."""

from __future__ import annotations

import asyncio
import gc
import weakref
from typing import Any

import pytest

from media.backlog import Backlog
from tests.media.peer import AUDIO, KEY, VIDEO
from tests.media.world import World, world


@pytest.fixture(autouse=True)
def no_garbage_collector() -> Any:
    """References alone must do it: what OpenSSL and libsrtp hold is invisible to the collector."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


async def test_a_viewer_who_left_is_freed() -> None:
    async with world() as it:
        await it.publisher()
        viewer = await it.viewer()
        freed = _held(it, viewer)
        it.relay.end_session(it.sessions.pop(viewer))
        await _gone(freed)


async def test_an_offer_that_nobody_followed_is_freed() -> None:
    async with world(pending_seconds=0.2) as it:
        await it.publisher()
        peer = it.peer("recvonly")
        answered = await it.relay.subscribe("room", peer.offer(), "192.0.2.2")
        it.sessions[peer] = answered.session
        freed = _held(it, peer)
        await _gone(freed)


async def test_what_a_show_has_kept_is_freed_when_it_is_over() -> None:
    """The show itself is made of parts that know each other, which only the collector finds."""
    async with world() as it:
        publisher = await it.publisher()
        publisher.send(VIDEO, 1, KEY)
        publisher.send(AUDIO, 1, b"sound")
        publication = it.relay.publication("room")
        assert publication
        backlogs = [track.backlog for track in publication.tracks.values()]
        async with asyncio.timeout(20):
            while not all(kept(backlog) for backlog in backlogs):
                await asyncio.sleep(0.02)
        it.relay.end_publication("room")
        assert not any(kept(backlog) for backlog in backlogs)


def kept(backlog: Backlog) -> bool:
    return any(backlog.get(backlog.newest - ago) for ago in range(100))


def _held(it: World, peer: Any) -> weakref.ref[Any]:
    """Refer to the association that the session alone holds: there is no weak reference to compiled ones."""
    return weakref.ref(it.relay._registry.get(it.sessions[peer])._dtls)


async def _gone(freed: weakref.ref[Any]) -> None:
    async with asyncio.timeout(20):
        while freed() is not None:
            await asyncio.sleep(0.02)

"""What a session held goes with it at once, not when the interpreter looks for garbage."""

from __future__ import annotations

import asyncio
import gc
import weakref
from typing import Any

import pytest

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


def _held(it: World, peer: Any) -> weakref.ref[Any]:
    """Refer to the association that the session alone holds: there is no weak reference to compiled ones."""
    return weakref.ref(it.relay._registry.get(it.sessions[peer])._dtls)


async def _gone(freed: weakref.ref[Any]) -> None:
    async with asyncio.timeout(20):
        while freed() is not None:
            await asyncio.sleep(0.02)

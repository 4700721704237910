"""A relay on a free port with whoever publishes and watches, and a memory of its events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from prometheus_client import CollectorRegistry

from config.counters import Counters
from config.ids import SessionId
from config.settings import load_settings
from media.relay import Relay
from tests.media.peer import KEY, VIDEO, Peer

TURN_SECONDS, LATE_SECONDS = 0.01, 0.002
"""Between two looks, and by how much any timer is late."""


class Events:
    """Notes what the relay tells."""

    def __init__(self) -> None:
        self.seen: list[tuple[Any, ...]] = []
        self.changed = asyncio.Event()

    def publication_live(self, name: str) -> None:
        self._note("live", name)

    def publication_away(self, name: str) -> None:
        self._note("away", name)

    def audience_changed(self, name: str, viewers: int) -> None:
        self._note("viewers", name, viewers)

    def session_ended(self, session: SessionId) -> None:
        """Not noted: a million of them would be taken for what the relay keeps."""

    def _note(self, *event: Any) -> None:
        self.seen.append(event)
        self.changed.set()

    async def until(self, *event: Any, seconds: float = 20) -> None:
        async with asyncio.timeout(seconds):
            while event not in self.seen:
                self.changed.clear()
                await self.changed.wait()


class World:
    """What a test plays with; `publisher` and `viewer` connect a peer."""

    def __init__(self, relay: Relay, counters: Counters) -> None:
        self.relay = relay
        self.counters = counters
        self.events = Events()
        self.peers: list[Peer] = []
        self.sessions: dict[Peer, Any] = {}
        relay.events = self.events

    async def publisher(self, name: str = "room", **more: Any) -> Peer:
        peer = self.peer("sendonly")
        answered = await self.relay.publish(name, peer.offer(), "192.0.2.1", **more)
        self.sessions[peer] = answered.session
        return await peer.connect(answered.sdp)

    async def viewer(self, name: str = "room", **more: Any) -> Peer:
        peer = self.peer("recvonly")
        answered = await self.relay.subscribe(name, peer.offer(**more), "192.0.2.2")
        self.sessions[peer] = answered.session
        return await peer.connect(answered.sdp)

    def peer(self, direction: str) -> Peer:
        peer = Peer(direction)
        self.peers.append(peer)
        return peer

    def counted(self, name: str, **labels: str) -> float:
        return self.counters.registry.get_sample_value(f"showroom_{name}", labels) or 0.0


@asynccontextmanager
async def world(host: str = "127.0.0.1", **changes: Any) -> AsyncIterator[World]:
    """Run a relay; `changes` go over the settings of ICE and of media."""
    settings = load_settings()
    counters = Counters(CollectorRegistry())
    of_ice = {key: changes.pop(key) for key in ("advertise", "tcp") if key in changes}
    ice = replace(settings.ice, host=host, port=0, **of_ice)
    relay = Relay(ice, replace(settings.media, **changes), counters)
    await relay.start()
    it = World(relay, counters)
    async with unbroken():
        try:
            yield it
        finally:
            async with asyncio.timeout(2):
                await relay.close()
            for peer in it.peers:
                peer.close()
            await asyncio.sleep(0)


@asynccontextmanager
async def unbroken() -> AsyncIterator[None]:
    """Fail at the end of the block if anything in the loop has raised: by itself it only writes that down."""
    broken: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: broken.append(context))
    try:
        yield
    finally:
        loop.set_exception_handler(None)
    assert broken == []


async def streaming(w: World) -> tuple[Peer, Peer]:
    """Return a publisher on the air and a viewer who has its keyframe."""
    publisher = await w.publisher()
    publisher.send(VIDEO, 0, KEY)
    await w.events.until("live", "room")
    viewer = await w.viewer()
    await viewer.until(lambda: bool(viewer.video()))
    return publisher, viewer


async def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for something that no event announces."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)


async def undisturbed(condition: Callable[[], bool], seconds: float = 30) -> float:
    """Wait as `until` does; return for how long, less what a busy machine held the loop up meanwhile."""
    loop = asyncio.get_running_loop()
    began, held_up = loop.time(), 0.0
    async with asyncio.timeout(seconds):
        while not condition():
            due = loop.time() + TURN_SECONDS
            await asyncio.sleep(TURN_SECONDS)
            held_up += max(0.0, loop.time() - due - LATE_SECONDS)
    return loop.time() - began - held_up


def numbers(peer: Peer) -> list[int]:
    """Return the sequence numbers of the picture a viewer got, counted from the first."""
    video = [p for p in peer.packets if p.payload_type == VIDEO]
    return [(p.sequence - video[0].sequence) & 0xFFFF for p in video]

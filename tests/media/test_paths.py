"""Where a peer is sent to: where it nominated a path, then where it sends from; nobody else takes that."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from media import peer_paths, rtcp
from tests.media.peer import DELTA, VIDEO, Peer
from tests.media.world import World, streaming, until, world

REPORT = rtcp.receiver_report(1, [], "viewer")


def remote(w: World, peer: Peer) -> Any:
    return w.relay._registry.get(w.sessions[peer]).remote


async def nominated_elsewhere(peer: Peer) -> tuple[Any, Any]:
    """Nominate a second path, and return the sockets of both; the peer uses the first one again."""
    first, loop = peer.transport, asyncio.get_running_loop()
    peer.transport, _ = await loop.create_datagram_endpoint(lambda: peer, remote_addr=peer.remote)
    await peer.answered_check()
    second, peer.transport = peer.transport, first
    return first, second


async def test_a_peer_that_nominates_all_its_paths_is_sent_to_the_one_it_uses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Firefox nominates with each check, and uses the path of the highest priority, not the last one."""
    monkeypatch.setattr(peer_paths, "SETTLE_SECONDS", 0.1)
    async with world() as w:
        publisher, viewer = await streaming(w)
        first, second = await nominated_elsewhere(viewer)
        assert remote(w, viewer) == second.get_extra_info("sockname")
        await asyncio.sleep(0.15)
        viewer.send_rtcp(REPORT)
        await until(lambda: remote(w, viewer) == first.get_extra_info("sockname"))
        second.close()
        publisher.send(VIDEO, 1, DELTA)
        await viewer.until(lambda: len(viewer.video()) == 2)


async def test_what_is_still_under_way_on_the_old_path_does_not_lead_back_to_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(peer_paths, "SETTLE_SECONDS", 60.0)
    async with world() as w:
        _, viewer = await streaming(w)
        _, second = await nominated_elsewhere(viewer)
        viewer.send_rtcp(REPORT)
        await viewer.answered_check(nominate=False)
        assert remote(w, viewer) == second.get_extra_info("sockname")
        second.close()


@pytest.mark.threat("T3")
async def test_a_forged_source_address_takes_nobodys_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """A viewer signs checks with its own credentials, and has them seem to come from the publisher."""
    monkeypatch.setattr(peer_paths, "HOLD_SECONDS", 60.0)  # however long the viewer takes to connect
    async with world() as w:
        publisher, viewer = await streaming(w)
        viewer.transport, own = publisher.transport, viewer.transport
        viewer.check()
        viewer.transport = own
        publisher.send(VIDEO, 1, DELTA)
        await viewer.until(lambda: len(viewer.video()) == 2)
        assert remote(w, viewer) == own.get_extra_info("sockname")


async def taken_over(w: World) -> tuple[Peer, Peer]:
    """Return a publisher that was silent, and a viewer that showed up at its address meanwhile."""
    publisher, viewer = await streaming(w)
    await asyncio.sleep(0.2)
    viewer.transport, own = publisher.transport, viewer.transport
    viewer.check()
    await until(lambda: remote(w, viewer) == publisher.transport.get_extra_info("sockname"))
    viewer.transport = own
    return publisher, viewer


async def test_the_address_of_somebody_silent_can_be_had_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a router gives a port to the next one."""
    monkeypatch.setattr(peer_paths, "HOLD_SECONDS", 0.1)
    async with world() as w:
        await taken_over(w)


async def test_who_was_silent_has_its_address_back_with_its_next_check(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(peer_paths, "HOLD_SECONDS", 0.1)
    async with world() as w:
        publisher, viewer = await taken_over(w)
        await asyncio.sleep(0.2)
        await publisher.answered_check()
        await viewer.answered_check()
        publisher.send(VIDEO, 1, DELTA)
        await viewer.until(lambda: len(viewer.video()) == 2)

"""Nobody keeps a session without proving at each step, in time, that somebody is there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from config.errors import Conflict
from tests.media.peer import DELTA, KEY, VIDEO
from tests.media.scale import scaled
from tests.media.world import undisturbed, until, world

BUSY_MACHINE_SECONDS = 0.2
SWEEP_SECONDS = 1.0
"""How often sessions are looked through for those that are overdue."""


@pytest.mark.threat("D8")
async def test_who_passes_the_check_and_never_shakes_hands_expires() -> None:
    async with world(pending_seconds=0.3) as w:
        peer = w.peer("sendonly")
        await peer.open((await w.relay.publish("room", peer.offer(), "192.0.2.1")).sdp)
        peer.check()
        await peer.until(lambda: peer.checked)
        await until(lambda: w.counted("expired_sessions_total", stage="dtls") == 1)
        assert w.relay._endpoint._by_address == {}


@pytest.mark.threat("T13", "D8")
async def test_half_open_sessions_live_as_long_as_is_allowed_and_no_longer(
    record_property: Callable[[str, object], None],
) -> None:
    """One says nothing after its offer, another passes the check and says nothing then."""
    allowed = scaled(1, 10)
    async with world(pending_seconds=allowed) as w:
        silent, checked = w.peer("sendonly"), w.peer("sendonly")
        began = asyncio.get_running_loop().time()
        await w.relay.publish("silent", silent.offer(), "192.0.2.1")
        await checked.open((await w.relay.publish("checked", checked.offer(), "192.0.2.1")).sdp)
        await checked.answered_check()
        lives, waited = {}, 0.0
        for stage in ("ice", "dtls"):
            waited += await undisturbed(
                lambda s=stage: w.counted("expired_sessions_total", stage=s) == 1)  # type: ignore[misc]
            lives[stage] = round(asyncio.get_running_loop().time() - began, 2)
        record_property("half_open_seconds", lives)
        assert min(lives.values()) >= allowed
        assert waited <= allowed + SWEEP_SECONDS + BUSY_MACHINE_SECONDS


async def test_publisher_who_sends_nothing_expires_and_frees_the_room() -> None:
    async with world(pending_seconds=0.3) as w:
        peer = await w.publisher()
        with pytest.raises(Conflict):
            await w.publisher()
        await until(lambda: w.counted("expired_sessions_total", stage="media") == 1)
        await peer.until(lambda: peer.is_closed)
        with pytest.raises(Conflict) as refusal:
            await w.viewer()
        assert refusal.value.code == "not_live"


@pytest.mark.threat("D9")
async def test_a_publisher_who_is_cut_off_is_noticed_within_two_seconds(
    record_property: Callable[[str, object], None],
) -> None:
    """With the settings everybody has, and no goodbye."""
    async with world() as w:
        publisher = await w.publisher()
        publisher.send(VIDEO, 0, KEY)
        await w.events.until("live", "room")
        cut = asyncio.get_running_loop().time()
        publisher.transport.abort()
        waited = await undisturbed(lambda: ("away", "room") in w.events.seen)
        record_property("noticed_after_seconds", round(asyncio.get_running_loop().time() - cut, 2))
        assert waited <= 2.0


async def test_viewer_who_vanishes_is_gone_when_consent_expires() -> None:
    async with world(consent_seconds=1.5) as w:
        publisher = await w.publisher()
        publisher.send(VIDEO, 1, KEY)
        await w.events.until("live", "room")
        gone, stays = await w.viewer(), await w.viewer()
        gone.close()
        number = 1
        async with asyncio.timeout(20):
            while w.relay.viewers("room") == 2:
                number += 1
                publisher.send(VIDEO, number, DELTA)
                stays.check()
                await asyncio.sleep(0.05)
        assert w.relay.viewers("room") == 1
        assert w.counted("expired_sessions_total", stage="consent") == 1
        assert not stays.is_closed


async def test_pending_sessions_are_counted_until_they_are_real() -> None:
    async with world(stall_seconds=30) as w:
        publisher = await w.publisher()
        await until(lambda: w.counted("pending_sessions") == 1)
        publisher.send(VIDEO, 1, KEY)
        await until(lambda: w.counted("pending_sessions") == 0)
        assert w.counted("sessions", role="publisher") == 1
        assert w.counted("shows_live") == 1
        assert w.counted("packets_in_total") == 1


async def test_lost_handshake_flights_are_repeated() -> None:
    async with world() as w:
        peer = w.peer("sendonly")
        await peer.open((await w.relay.publish("room", peer.offer(), "192.0.2.1")).sdp)
        peer.check()
        await peer.until(lambda: peer.checked)
        dropped: list[bytes] = []
        send, peer.transport.sendto = peer.transport.sendto, dropped.append
        peer.shake_hands()
        peer.transport.sendto = send
        assert peer.dtls
        await asyncio.sleep(peer.dtls.timeout() or 0)
        peer.dtls._send = send
        peer.dtls.handle_timeout()
        await peer.until(lambda: peer.sender is not None)
        assert dropped


@pytest.mark.threat("D10")
async def test_relay_says_goodbye_when_it_ends_and_may_start_again() -> None:
    async with world() as w:
        publisher = await w.publisher()
        publisher.send(VIDEO, 1, KEY)
        await w.events.until("live", "room")
        viewer = await w.viewer()
        await w.relay.close()
        for peer in (publisher, viewer):
            await peer.until(lambda p=peer: p.is_closed)  # type: ignore[misc]
        assert w.relay._registry.sessions == []

"""What strangers send to the media port ends no session (threats T1-T3, T14, T15)."""

from __future__ import annotations

import asyncio
import logging
import os
import random
import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
import uvloop

from media import rtp, stun
from tests.media.peer import DELTA, VIDEO
from tests.media.scale import scaled
from tests.media.strangers import ALERT, Stranger, client_hello, on_air, still_on_air
from tests.media.world import numbers, until, world

LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {
    "asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@pytest.fixture(params=LOOPS)
def run(request: pytest.FixtureRequest) -> Callable[[Coroutine[Any, Any, None]], None]:
    """Run a coroutine on one kind of loop after the other."""

    def runner(work: Coroutine[Any, Any, None]) -> None:
        with asyncio.Runner(loop_factory=LOOPS[request.param]) as loop:
            loop.run(work)

    return runner


@pytest.mark.threat("T1", "D1")
def test_floods_of_strangers_lose_no_session(
    run: Callable[[Coroutine[Any, Any, None]], None], record_property: Callable[[str, object], None]
) -> None:
    """T1, T3, T14: empty datagrams, garbage, alerts, hellos, forged media, unsigned and torn STUN."""

    async def attack() -> None:
        async with world() as w:
            rounds, sessions = scaled(500, 100_000), scaled(20, 50)
            publisher, viewers = await on_air(w, sessions)
            stranger = Stranger(w)
            forged = rtp.build(VIDEO, True, 1, 1, publisher.ssrcs[VIDEO], os.urandom(60))
            guessed = stun.binding_request("guessed:name", "password")
            torn = stun.binding_request("x:y", "z")[:30]
            noise = os.urandom(300)
            kinds = [b"", noise, ALERT, client_hello(), forged, guessed, torn, b"\0", b"\x80", b"\x16"]
            started = time.process_time()
            for number in range(rounds):
                stranger.send(*kinds)
                await asyncio.sleep(0)
                if number % 1000 == 999:
                    await still_on_air(publisher, viewers, number)
            await still_on_air(publisher, viewers, rounds)
            await until(lambda: w.counted("foreign_datagrams_total", reason="empty") == rounds)
            assert w.counted("foreign_datagrams_total", reason="source") >= 5 * rounds
            assert w.counted("foreign_datagrams_total", reason="stun") == rounds
            assert w.counted("malformed_packets_total", kind="stun") >= rounds
            assert stranger.got_nothing()
            lost = sessions - w.relay.viewers("room")
            spent = time.process_time() - started
            sent = rounds * len(kinds)
            record_property("foreign_datagrams", {"sent": sent, "sessions": sessions, "lost": lost})
            record_property("microseconds_each_with_sending", round(spent / sent * 1e6, 1))
            assert lost == 0
            stranger.close()

    run(attack())


@pytest.mark.threat("T2")
def test_handshakes_among_foreign_alerts_and_hellos_all_connect(
    run: Callable[[Coroutine[Any, Any, None]], None],
) -> None:
    """T2: in the window between the check and the handshake."""

    async def attack() -> None:
        async with world() as w:
            stranger, hello = Stranger(w), client_hello()
            for number in range(scaled(20, 1000)):
                peer = w.peer("sendonly")
                answered = await w.relay.publish(f"room{number}", peer.offer(), "192.0.2.1")
                await peer.open(answered.sdp)
                stranger.send(*[ALERT, hello] * 10)
                peer.check()
                await peer.until(lambda p=peer: p.checked)  # type: ignore[misc]
                stranger.send(*[ALERT, hello] * 10)
                await asyncio.sleep(0)
                peer.shake_hands()
                await peer.until(lambda p=peer: p.sender is not None)  # type: ignore[misc]
                w.relay.end_publication(f"room{number}")
                peer.close()
            stranger.close()

    run(attack())


async def test_checks_need_the_password_of_the_session() -> None:
    async with world() as w:
        peer = w.peer("sendonly")
        await peer.open((await w.relay.publish("room", peer.offer(), "192.0.2.1")).sdp)
        true_password, peer.remote_password = peer.remote_password, "guessed"
        peer.check()
        await until(lambda: w.counted("foreign_datagrams_total", reason="stun") == 1)
        assert not peer.checked
        peer.remote_password = true_password
        peer.check(controlling=False)
        await asyncio.sleep(0.05)
        assert not peer.checked, "both sides cannot be controlled"
        peer.check(nominate=False)
        await peer.until(lambda: peer.checked)


async def test_a_viewer_who_moves_is_followed_only_after_a_signed_check() -> None:
    async with world() as w:
        publisher, (viewer,) = await on_air(w, 1)
        old = viewer.transport
        loop = asyncio.get_running_loop()
        viewer.transport, _ = await loop.create_datagram_endpoint(lambda: viewer, remote_addr=viewer.remote)
        viewer.checked = False
        viewer.check()
        await viewer.until(lambda: viewer.checked)
        old.close()
        for number in range(1, 5):
            publisher.send(VIDEO, number, DELTA)
        await viewer.until(lambda: numbers(viewer) == [0, 1, 2, 3, 4])


@pytest.mark.threat("T15", "D4")
def test_bad_stun_fills_no_log(
    caplog: pytest.LogCaptureFixture, run: Callable[[Coroutine[Any, Any, None]], None]
) -> None:
    """T15: it is counted; a line for each would be an attack on the disk."""

    async def attack() -> None:
        async with world() as w:
            stranger, rng = Stranger(w), random.Random(15)
            good = stun.binding_request("guessed:name", "password")
            rounds = scaled(2_000, 100_000)
            for _ in range(rounds):
                stranger.send(b"\0" + rng.randbytes(19), good[: rng.randrange(1, len(good))])
                await asyncio.sleep(0)
            await until(lambda: w.counted("malformed_packets_total", kind="stun") >= rounds)
            assert stranger.got_nothing()
            stranger.close()

    with caplog.at_level(logging.DEBUG):
        run(attack())
    said = [it for it in caplog.records if it.name != "asyncio" or it.levelno > logging.DEBUG]
    assert len(said) <= 10

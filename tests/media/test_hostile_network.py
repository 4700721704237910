"""What strangers and ill-meaning peers send to the media port ends no session (threats T1-T5, T14)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import random
import socket
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
import uvloop

from media import rtcp, rtp, stun
from media.dtls import Certificate, DtlsAssociation, DtlsRole
from media.srtp import SrtpError
from tests.media.peer import AUDIO, DELTA, KEY, VIDEO, Peer
from tests.media.scale import scaled
from tests.media.world import World, numbers, until, world

ALERT = bytes.fromhex("15fefd00000000000000000002022f")
LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {
    "asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@pytest.fixture(params=LOOPS)
def run(request: pytest.FixtureRequest) -> Callable[[Coroutine[Any, Any, None]], None]:
    """Run a coroutine on one kind of loop after the other."""

    def runner(work: Coroutine[Any, Any, None]) -> None:
        with asyncio.Runner(loop_factory=LOOPS[request.param]) as loop:
            loop.run(work)

    return runner


def client_hello() -> bytes:
    sent: list[bytes] = []
    DtlsAssociation(Certificate.generate(), DtlsRole.CLIENT, (), sent.append).start()
    return sent[0]


class Stranger:
    """Somebody with a socket who knows the port and nothing else."""

    def __init__(self, world_: World) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._port = world_.relay.port

    def send(self, *datagrams: bytes) -> None:
        for datagram in datagrams:
            self._socket.sendto(datagram, ("127.0.0.1", self._port))

    def got_nothing(self) -> bool:
        self._socket.setblocking(False)
        try:
            self._socket.recv(2048)
        except BlockingIOError:
            return True
        return False

    def close(self) -> None:
        self._socket.close()


async def on_air(w: World, viewers: int) -> tuple[Peer, list[Peer]]:
    publisher = await w.publisher()
    publisher.send(VIDEO, 0, KEY)
    await w.events.until("live", "room")
    found = [await w.viewer() for _ in range(viewers)]
    for viewer in found:
        await viewer.until(lambda v=viewer: bool(v.video()))  # type: ignore[misc]
    return publisher, found


async def still_on_air(publisher: Peer, viewers: list[Peer], number: int) -> None:
    before = {viewer: len(viewer.video()) for viewer in viewers}
    publisher.send(VIDEO, number, DELTA)
    for viewer in viewers:
        await viewer.until(lambda v=viewer: len(v.video()) > before[v])  # type: ignore[misc]


def test_floods_of_strangers_lose_no_session(run: Callable[[Coroutine[Any, Any, None]], None]) -> None:
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
            for number in range(rounds):
                stranger.send(*kinds)
                await asyncio.sleep(0)
                if number % 1000 == 999:
                    await still_on_air(publisher, viewers, number)
            await still_on_air(publisher, viewers, rounds)
            await until(lambda: w.counted("foreign_datagrams_total", reason="empty") == rounds, 3)
            assert w.counted("foreign_datagrams_total", reason="source") >= 5 * rounds
            assert w.counted("foreign_datagrams_total", reason="stun") == rounds
            assert w.counted("malformed_packets_total", kind="stun") >= rounds
            assert stranger.got_nothing()
            assert w.relay.viewers("room") == sessions
            stranger.close()

    run(attack())


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


async def test_mutated_packets_of_a_peer_end_no_session() -> None:
    """T4: authenticated nonsense is counted and dropped."""
    async with world() as w:
        publisher, viewers = await on_air(w, 1)
        rng = random.Random(11)
        good = rtp.build(VIDEO, True, 5, 5, publisher.ssrcs[VIDEO], KEY)
        report = (rtcp.receiver_report(1, [rtcp.ReportBlock(1, 2, 3, 4, 5, 6, 7)], "x")
                  + rtcp.nack(1, 2, [3, 9]) + rtcp.picture_loss(1, 2) + rtcp.bitrate_limit(1, 1000, [2]))
        rounds = scaled(1000, 250_000)
        for number in range(1, rounds):
            for peer in (publisher, viewers[0]):
                with contextlib.suppress(SrtpError):  # too torn even to be sent
                    peer.send_plain(mutate(rng, good[:2] + (number & 0xFFFF).to_bytes(2, "big") + good[4:]))
                peer.send_rtcp(mutate(rng, report))
            await asyncio.sleep(0.001)  # a thousand of them a second would end the session
        assert w.relay.viewers("room") == 1
        await still_on_air(publisher, viewers, rounds & 0xFFFF)
        await until(lambda: w.counted("malformed_packets_total", kind="rtcp") > 50)


async def test_a_peer_that_sends_nothing_but_nonsense_is_closed_and_only_it() -> None:
    async with world() as w:
        publisher, viewers = await on_air(w, 2)
        bad, good = viewers
        for _ in range(1300):
            bad.transport.sendto(b"\x80" + os.urandom(40))
            await asyncio.sleep(0)
        await w.events.until("viewers", "room", 1)
        await still_on_air(publisher, [good], 1)


async def test_a_flood_of_sources_makes_no_state() -> None:
    """T5: of thousands of SSRCs none gets in that was not signalled, and the end comes quickly."""
    async with world() as w:
        publisher, viewers = await on_air(w, 1)
        for ssrc in range(1, scaled(5_001, 10_001)):
            publisher.send(VIDEO, 1, DELTA, ssrc=ssrc)
            if not ssrc % 50:
                await asyncio.sleep(0)
        party = w.relay._shows["room"].publication.publisher
        assert party
        assert [s.ssrc for s in party.sources] == [publisher.ssrcs[VIDEO]]
        for reporter in range(100):
            viewers[0].send_rtcp(rtcp.receiver_report(reporter, [], "x"))
        await still_on_air(publisher, viewers, 1)
        async with asyncio.timeout(2):
            await w.relay.close()


async def test_unsignalled_sources_are_learnt_one_for_each_payload_type() -> None:
    async with world() as w:
        peer = w.peer("sendonly")
        answered = await w.relay.publish("room", peer.offer(ssrcs=False), "192.0.2.1")
        await peer.connect(answered.sdp)
        for ssrc in (5, 6, 7, 8):
            peer.send(VIDEO, 1, KEY, ssrc=ssrc)
            peer.send(AUDIO, 1, b"sound", ssrc=100 + ssrc)
        await w.events.until("live", "room")
        party = w.relay._shows["room"].publication.publisher
        assert party
        await until(lambda: len(party.sources) == 2)
        assert sorted(s.ssrc for s in party.sources) == [5, 105]


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


async def test_media_from_another_address_than_the_peers_is_not_heard() -> None:
    """T3: a replay of what was really sent, from elsewhere."""
    async with world() as w:
        publisher, viewers = await on_air(w, 1)
        stranger = Stranger(w)
        assert publisher.sender
        recorded = publisher.sender.protect_rtp(rtp.build(VIDEO, True, 1, 1, publisher.ssrcs[VIDEO], DELTA))
        stranger.send(recorded)
        await asyncio.sleep(0.05)
        assert len(viewers[0].video()) == 1
        publisher.transport.sendto(recorded)
        publisher.transport.sendto(recorded)
        await viewers[0].until(lambda: len(viewers[0].video()) == 2)
        await asyncio.sleep(0.05)
        assert len(viewers[0].video()) == 2
        stranger.close()


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
            await until(lambda: w.counted("malformed_packets_total", kind="stun") >= rounds, 3)
            assert stranger.got_nothing()
            stranger.close()

    with caplog.at_level(logging.DEBUG):
        run(attack())
    assert len([record for record in caplog.records if record.name != "asyncio"]) <= 10


def mutate(rng: random.Random, packet: bytes) -> bytes:
    """Change some bytes behind the first two words, or cut; what libsrtp itself needs stays."""
    mutant = bytearray(packet)
    for _ in range(rng.randint(1, 6)):
        mutant[rng.randrange(12, len(mutant))] = rng.randrange(256)
    if rng.random() < 0.2:
        mutant[0] = 0x80 | rng.randrange(64)
    return bytes(mutant[: rng.randint(12, len(mutant))] if rng.random() < 0.3 else mutant)

"""What a TCP connection may cost: frames, connections, memory here and in the kernel, and time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import pytest
import uvloop

from media import stun, tcp_paths
from media.tcp_paths import TcpPaths
from tests.media.line import publisher_by_tcp, viewer_by_tcp
from tests.media.peer import DELTA, KEY, VIDEO, Peer
from tests.media.world import World, until, world

LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


def framed(*frames: bytes) -> bytes:
    """Return frames as they are on the wire (RFC 4571)."""
    return b"".join(len(frame).to_bytes(2, "big") + frame for frame in frames)


def paths_of(w: World) -> TcpPaths:
    """Return the connections of a relay."""
    paths = w.relay._endpoint.tcp
    assert paths is not None
    return paths


async def show_to_one_who_does_not_read(w: World) -> tuple[Peer, Peer]:
    """Return a publisher, and a viewer by TCP for whom all that can wait is waiting."""
    publisher = await w.publisher()
    publisher.send(VIDEO, 0, KEY)
    await w.events.until("live", "room")
    viewer = await viewer_by_tcp(w)
    await viewer.until(lambda: bool(viewer.video()))
    viewer.transport.transport.pause_reading()
    number = 0
    while not paths_of(w).dropped and not w.counted("dropped_sends_total"):
        for _ in range(20):
            number += 1
            publisher.send(VIDEO, number, DELTA + bytes(1200))
        await asyncio.sleep(0.001)
    return publisher, viewer


@pytest.mark.parametrize("frame", [b"x", b"\x80" + bytes(40), b"\x16\xfe\xfd" + bytes(20), b"\0" * 20,
                                   stun.binding_request("nobody:x", "wrong" * 5)],
                         ids=["nonsense", "srtp", "dtls", "stun", "forged"])
async def test_the_first_frame_that_is_no_authentic_check_ends_the_connection(frame: bytes) -> None:
    """However many come in one piece, one is looked at."""
    async with world() as w:
        reader, writer = await asyncio.open_connection("127.0.0.1", w.relay.port)
        writer.write(framed(*[frame] * 3000))
        await asyncio.gather(reader.read(1), return_exceptions=True)
        endpoint = w.relay._endpoint
        assert sum(endpoint.foreign.values()) + endpoint.malformed_stun <= 1
        await until(lambda: w.counted("foreign_datagrams_total", reason="connection") == 1)
        counted = [w.counted("foreign_datagrams_total", reason=reason) for reason in ("source", "stun")]
        assert sum(counted) + w.counted("malformed_packets_total", kind="stun") <= 1
        writer.close()


async def test_a_check_in_the_wrong_role_is_answered_and_may_be_made_again() -> None:
    """Who is told of a role conflict (RFC 8445 section 7.3.1.1) has a password: the connection stays."""
    async with world() as w:
        peer = w.peer("sendonly")
        await peer.open((await w.relay.publish("room", peer.offer(), "192.0.2.1")).sdp)
        reader, writer = await asyncio.open_connection("127.0.0.1", w.relay.port)
        for controlling, answer in ((False, stun.BINDING_ERROR), (True, stun.BINDING_SUCCESS)):
            writer.write(framed(stun.binding_request(f"{peer.remote_ufrag}:x", peer.remote_password,
                                                     controlling=controlling)))
            size = int.from_bytes(await reader.readexactly(2), "big")
            assert stun.parse(await reader.readexactly(size)).kind == answer
        writer.close()


async def test_null_packets_are_ignored() -> None:
    """Zero is a valid length (RFC 4571 section 2): some keep a quiet line open with it."""
    async with world() as w:
        publisher = await publisher_by_tcp(w)
        publisher.transport.transport.write(b"\0\0" * 3)
        publisher.send(VIDEO, 0, KEY)
        await w.events.until("live", "room")


async def test_nonsense_behind_good_frames_ends_the_connection() -> None:
    async with world() as w:
        publisher = await publisher_by_tcp(w)
        assert publisher.sender
        check = stun.binding_request(
            f"{publisher.remote_ufrag}:{publisher.ufrag}", publisher.remote_password)
        publisher.transport.transport.write(framed(check) + b"\x08\x01" + bytes(0x801))
        await until(lambda: bool(publisher.transport.is_lost))
        assert len(paths_of(w)) == 0


async def test_frames_that_come_in_one_piece_are_taken_in_order() -> None:
    async with world() as w:
        publisher = await publisher_by_tcp(w)
        frames: list[bytes] = []
        line, publisher.transport = publisher.transport, _Collector(frames.append)
        for number in range(50):
            publisher.send(VIDEO, number, DELTA if number else KEY)
        publisher.transport = line
        line.transport.write(framed(*frames))
        await w.events.until("live", "room")
        viewer = await viewer_by_tcp(w)
        await viewer.until(lambda: len(viewer.video()) == 50)
        first = viewer.video()[0].sequence
        assert [(p.sequence - first) & 0xFFFF for p in viewer.video()] == list(range(50))


@pytest.mark.threat("T14")
@pytest.mark.parametrize("loop", LOOPS)
def test_frames_that_come_in_one_piece_hold_nobody_up(monkeypatch: pytest.MonkeyPatch, loop: str) -> None:
    """One read brings some eighty thousand; others have the loop as soon as a turn is over."""
    monkeypatch.setattr(tcp_paths, "TURN_SECONDS", 0.0, raising=False)

    async def flood() -> None:
        async with world() as w:
            publisher, other = await publisher_by_tcp(w), await publisher_by_tcp(w, "other")
            turns = Turns()
            frames: list[bytes] = []
            line, publisher.transport = publisher.transport, _Collector(frames.append)
            for number in range(50):
                publisher.send(VIDEO, number, DELTA if number else KEY)
            publisher.transport = line
            line.transport.write(framed(*frames, *[b"x"] * 3000))
            await w.events.until("live", "room")
            show = w.relay._shows["room"].publication
            first = turns.number
            other.send(VIDEO, 0, KEY)
            await w.events.until("live", "other")
            assert len(paths_of(w)) == 2
            assert any(path._buffer for path in paths_of(w)._paths.values()), "the other one waited for all"
            await until(lambda: show.video.packets == 50)
            assert turns.number - first >= 48
            assert [show.video.backlog.newest - 49 + n for n in range(50)] == [
                packet.sequence for packet, _ in show.recent()]
            turns.is_over = True
            line.transport.write(framed(*frames[:1]))
            await until(lambda: w.counted("malformed_packets_total", kind="srtp") == 1)  # it is read again

    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        runner.run(flood())


async def test_there_are_no_more_connections_than_sessions() -> None:
    """In all, whoever they are from."""
    async with world(max_sessions=8, max_pending_per_address=50) as w:
        made = [await asyncio.open_connection("127.0.0.1", w.relay.port) for _ in range(30)]
        await until(lambda: w.counted("foreign_datagrams_total", reason="connection") == 22)
        assert len(paths_of(w)) == 8
        for _, writer in made:
            writer.close()
        await until(lambda: len(paths_of(w)) == 0)


async def test_a_session_that_ends_takes_its_connection_along_though_nobody_reads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tcp_paths, "GOODBYE_SECONDS", 0.1)
    async with world() as w:
        _, viewer = await show_to_one_who_does_not_read(w)
        w.relay.end_session(w.sessions[viewer])
        await until(lambda: len(paths_of(w)) == 0)


async def test_a_session_that_ends_says_goodbye_by_tcp() -> None:
    async with world() as w:
        publisher = await publisher_by_tcp(w)
        publisher.send(VIDEO, 0, KEY)
        await w.events.until("live", "room")
        w.relay.end_session(w.sessions[publisher])
        await publisher.until(lambda: publisher.is_closed)
        await until(lambda: bool(publisher.transport.is_lost))


async def test_sending_to_a_connection_that_has_just_broken_is_counted_and_not_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with world() as w:
        await publisher_by_tcp(w)
        paths = paths_of(w)
        ((address, path),) = paths._paths.items()
        path.abort()
        with caplog.at_level(logging.DEBUG):
            for _ in range(20):
                paths.send(b"x", address)
        assert paths.dropped == 20
        assert not caplog.records


class Turns:
    """Counts the turns of the loop."""

    def __init__(self) -> None:
        self.number = 0
        self.is_over = False
        self._turn()

    def _turn(self) -> None:
        self.number += 1
        if not self.is_over:
            asyncio.get_running_loop().call_soon(self._turn)


class _Collector:
    """Takes what a peer would send."""

    def __init__(self, take: Callable[[bytes], None]) -> None:
        self.sendto = take

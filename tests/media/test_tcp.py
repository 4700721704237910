"""Who has no UDP comes by TCP, on the same port: the same checks, the same media, and bounds of its own."""

from __future__ import annotations

import asyncio
import re
import socket
from functools import partial

import pytest

from media import stun, tcp_paths
from tests.media.line import publisher_by_tcp, viewer_by_tcp
from tests.media.peer import DELTA, KEY, VIDEO, Peer
from tests.media.world import numbers, until, world


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
@pytest.mark.parametrize("pieces", [0, 1, 7])
async def test_a_show_goes_in_and_out_by_tcp_and_udp_side_by_side(host: str, pieces: int) -> None:
    """However the stream is cut on its way, frames come out whole and in order."""
    async with world(host) as w:
        publisher = await publisher_by_tcp(w, pieces=pieces)
        publisher.send(VIDEO, 0, KEY)
        await w.events.until("live", "room")
        viewers = [await viewer_by_tcp(w), await w.viewer(), await viewer_by_tcp(w)]
        for viewer in viewers:
            await viewer.until(lambda viewer=viewer: bool(viewer.video()))  # type: ignore[misc]
        for number in range(1, 50):
            publisher.send(VIDEO, number, DELTA + bytes(1000))
        for viewer in viewers:
            await viewer.until(lambda viewer=viewer: len(viewer.video()) == 50)  # type: ignore[misc]
            assert numbers(viewer) == list(range(50))


async def test_answers_name_every_address_udp_before_tcp() -> None:
    """Several advertised addresses (NAT, containers, both families) in their order."""
    async with world(advertise=("192.0.2.1", "2001:db8::1")) as w:
        peer = w.peer("sendonly")
        answer = (await w.relay.publish("room", peer.offer(), "192.0.2.1")).sdp
        pattern = r"a=candidate:\d+ 1 (udp|tcp) (\d+) (\S+) (\d+) typ host( tcptype passive)?"
        found = re.findall(pattern, answer)
        port = str(w.relay.port)
        assert [(kind, address) for kind, _, address, _, _ in found] == [
            ("udp", "192.0.2.1"), ("udp", "2001:db8::1"), ("tcp", "192.0.2.1"), ("tcp", "2001:db8::1")]
        assert {each for *_, each, _ in found} == {port}
        priorities = [int(each) for _, each, *_ in found]
        assert priorities == sorted(priorities, reverse=True)
        parts = [(each >> 24, each >> 21 & 7, each >> 8 & 0x1FFF, each & 0xFF) for each in priorities]
        assert parts[:2] == [(126, 7, 8191, 255), (126, 7, 8190, 255)]
        assert parts[2:] == [(90, 4, 8191, 255), (90, 4, 8190, 255)]
        assert [bool(passive) for *_, passive in found] == [False, False, True, True]


async def test_where_tcp_is_off_nothing_listens_and_nothing_is_offered() -> None:
    async with world(tcp=False) as w:
        answer = (await w.relay.publish("room", w.peer("sendonly").offer(), "192.0.2.1")).sdp
        assert "tcptype" not in answer
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", w.relay.port)


async def test_a_session_moves_from_tcp_to_udp_and_its_connection_ends() -> None:
    """A better path is found later: media follows the nomination."""
    async with world() as w:
        publisher = await w.publisher()
        publisher.send(VIDEO, 0, KEY)
        await w.events.until("live", "room")
        viewer = await viewer_by_tcp(w)
        await viewer.until(lambda: bool(viewer.video()))
        line = viewer.transport
        loop = asyncio.get_running_loop()
        viewer.transport, _ = await loop.create_datagram_endpoint(lambda: viewer, remote_addr=viewer.remote)
        viewer.checked = False
        viewer.check()
        await viewer.until(lambda: viewer.checked)
        line._peer = w.peer("recvonly")  # what still came by the old line would not be seen
        publisher.send(VIDEO, 1, DELTA)
        await viewer.until(lambda: len(viewer.video()) == 2)
        w.relay.end_session(w.sessions[viewer])
        await until(lambda: bool(line.is_lost))
        assert not w.relay._endpoint.tcp


@pytest.mark.parametrize("first", [b"\0\0", b"\xff\xff" + b"x" * 100, b"\x08\x01" + b"x" * 3000])
async def test_nonsense_ends_the_connection(first: bytes) -> None:
    async with world() as w:
        reader, writer = await asyncio.open_connection("127.0.0.1", w.relay.port)
        writer.write(first)
        with pytest.raises((asyncio.IncompleteReadError, ConnectionResetError)):
            await asyncio.wait_for(reader.readexactly(1), 5)
        writer.close()
        await until(lambda: w.counted("foreign_datagrams_total", reason="connection") == 1)


async def test_who_proves_nothing_is_given_up_and_there_are_few_of_them() -> None:
    """Silent connections end by the deadline, and one host has no more of them than half-open sessions."""
    async with world(pending_seconds=2, max_pending_per_address=5) as w:
        made = [await asyncio.open_connection("127.0.0.1", w.relay.port) for _ in range(50)]
        await until(lambda: len(w.relay._endpoint.tcp or ()) == 5)
        ends = await asyncio.gather(*(reader.read(1) for reader, _ in made), return_exceptions=True)
        assert all(end == b"" or isinstance(end, ConnectionResetError) for end in ends)
        assert len(w.relay._endpoint.tcp or ()) == 0
        for _, writer in made:
            writer.close()


async def test_a_stranger_on_tcp_reaches_nobody() -> None:
    """Frames without a signed check are dropped unread, and the connection with them."""
    async with world() as w:
        publisher = await publisher_by_tcp(w)
        publisher.send(VIDEO, 0, KEY)
        await w.events.until("live", "room")
        reader, writer = await asyncio.open_connection("127.0.0.1", w.relay.port)
        forged = stun.binding_request(f"{publisher.remote_ufrag}:x", "wrong" * 5, nominate=True)
        alert = bytes.fromhex("15fefd00000000000000000002022f")
        for data in [forged, alert, b"\x80" + bytes(40)] * 30:
            writer.write(len(data).to_bytes(2, "big") + data)
        with pytest.raises((asyncio.IncompleteReadError, ConnectionResetError)):
            await asyncio.wait_for(reader.readexactly(1), 5)
        assert w.relay.is_live("room")
        publisher.send(VIDEO, 1, DELTA)
        viewer = await w.viewer()
        await viewer.until(lambda: len(viewer.video()) == 2)
        writer.close()


@pytest.mark.threat("D17")
async def test_a_reader_that_is_too_slow_costs_a_bounded_amount_of_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What does not fit is dropped and counted; the others get everything."""
    monkeypatch.setattr(tcp_paths, "MAX_WAITING_BYTES", 20_000)
    async with world() as w:
        publisher = await w.publisher()
        publisher.send(VIDEO, 0, KEY)
        await w.events.until("live", "room")
        slow, other = await viewer_by_tcp(w), await w.viewer()
        await slow.until(lambda: bool(slow.video()))
        slow.transport.transport.pause_reading()
        inlet = slow.transport.transport.get_extra_info("socket")
        inlet.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        for number in range(1, 6000):
            publisher.send(VIDEO, number, DELTA + bytes(1200))
            if number % 20 == 0:  # as fast as the other reads: what the kernel drops would prove nothing
                await other.until(partial(_has_read, other, number - 20))
        await other.until(lambda: len(set(numbers(other))) == 6000)
        (path,) = (w.relay._endpoint.tcp or pytest.fail("no TCP"))._paths.values()
        assert path._transport.get_write_buffer_size() < 20_000 + 2048
        await until(lambda: w.counted("dropped_sends_total") > 100)
        slow.transport.transport.abort()


def _has_read(peer: Peer, packets: int) -> bool:
    return len(peer.video()) >= packets


async def test_a_line_that_breaks_ends_with_the_consent() -> None:
    async with world(consent_seconds=1) as w:
        publisher = await publisher_by_tcp(w)
        publisher.send(VIDEO, 0, KEY)
        await w.events.until("live", "room")
        publisher.transport.transport.abort()
        await w.events.until("away", "room")
        publisher = await publisher_by_tcp(w)
        publisher.send(VIDEO, 0, KEY)
        await until(lambda: w.relay.is_live("room"))

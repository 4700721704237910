"""One relay for lines of IPv4 and of IPv6, on the one port."""

from __future__ import annotations

import re

import pytest

from media.addresses import candidate_addresses
from tests.media.line import by_tcp
from tests.media.peer import DELTA, KEY, VIDEO, Peer
from tests.media.world import World, numbers, world


def reached_at(address: str, answer: str) -> str:
    """Return the answer with one address in place of those it names."""
    return re.sub(r"(a=candidate:\d+ 1 (?:udp|tcp) \d+) \S+", rf"\1 {address}", answer)


async def viewer_at(w: World, address: str, *, is_tcp: bool) -> Peer:
    peer = w.peer("recvonly")
    answer = reached_at(address, (await w.relay.subscribe("room", peer.offer(), "192.0.2.2")).sdp)
    await by_tcp(peer, answer) if is_tcp else await peer.connect(answer)
    return peer


async def test_bound_to_every_address_of_ipv6_a_relay_serves_ipv4_as_well() -> None:
    """Both see the same show, by UDP in runs and by TCP, and each is told its address as it knows it."""
    async with world("::") as w:
        publisher = w.peer("sendonly")
        answer = (await w.relay.publish("room", publisher.offer(), "192.0.2.1")).sdp
        await publisher.connect(reached_at("127.0.0.1", answer))
        publisher.send(VIDEO, 0, KEY)
        await w.events.until("live", "room")
        viewers = [await viewer_at(w, address, is_tcp=is_tcp)
                   for address in ("127.0.0.1", "::1") for is_tcp in (False, True)]
        for viewer in viewers:
            await viewer.until(lambda viewer=viewer: bool(viewer.video()))  # type: ignore[misc]
        for number in range(1, 50):
            publisher.send(VIDEO, number, DELTA + bytes(1000))
        for viewer in viewers:
            await viewer.until(lambda viewer=viewer: len(viewer.video()) == 50)  # type: ignore[misc]
            assert numbers(viewer) == list(range(50))
        for peer in (publisher, viewers[0]):
            assert peer.mapped == peer.transport.get_extra_info("sockname")


def test_addresses_of_both_families_are_named_where_both_are_listened_to() -> None:
    assert {"::1", "127.0.0.1"} <= set(candidate_addresses("::"))
    assert not any(":" in address for address in candidate_addresses("0.0.0.0"))
    assert candidate_addresses("::1") == ("::1",)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_who_checks_a_path_is_told_its_address(host: str) -> None:
    async with world(host) as w:
        peer = await w.publisher()
        assert peer.mapped == peer.transport.get_extra_info("sockname")[:2]

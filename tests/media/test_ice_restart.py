"""A peer that changes its network keeps its session: new ICE, the same DTLS, the same show."""

from __future__ import annotations

import asyncio
import socket

import pytest

from config.errors import Invalid, Missing
from config.ids import SessionId
from media import rtcp, stun
from media.fragment import read_fragment
from tests.media.peer import DELTA, KEY, VIDEO, Peer
from tests.media.strangers import HOST
from tests.media.world import World, streaming, until, world

FRAGMENT = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=ice-ufrag:fresh\r\na=ice-pwd:" + "p" * 24 + "\r\n"


def restart(w: World, peer: Peer) -> str:
    """Return the fragment with new credentials that the relay gives the session of a peer."""
    return w.relay.restart_ice(w.sessions[peer], FRAGMENT).fragment


def credentials_of(fragment: str) -> tuple[str, str]:
    answer = read_fragment(fragment)
    return answer.ufrag, answer.password


async def test_a_publisher_who_changes_network_keeps_the_show_and_its_viewers() -> None:
    async with world() as w:
        publisher, viewer = await streaming(w)
        await publisher.move(restart(w, publisher))
        for number in range(1, 5):
            publisher.send(VIDEO, number, DELTA)
        await viewer.until(lambda: len(viewer.video()) == 5)
        assert [p.sequence - viewer.video()[0].sequence for p in viewer.video()] == [0, 1, 2, 3, 4]
        assert ("away", "room") not in w.events.seen


async def test_a_viewer_who_changes_network_goes_on_watching() -> None:
    async with world() as w:
        publisher, viewer = await streaming(w)
        await viewer.move(restart(w, viewer))
        publisher.send(VIDEO, 1, DELTA)
        await viewer.until(lambda: len(viewer.video()) == 2)
        assert w.relay.viewers("room") == 1


async def test_the_old_path_carries_on_until_the_new_one_is_proved() -> None:
    """A restart that comes to nothing ends nothing."""
    async with world() as w:
        publisher, viewer = await streaming(w)
        for peer in (publisher, viewer):
            restart(w, peer)
            restart(w, peer)
            await peer.answered_check()
        publisher.send(VIDEO, 1, DELTA)
        await viewer.until(lambda: len(viewer.video()) == 2)


async def test_a_check_that_nominates_nothing_moves_nothing_and_ends_no_credentials() -> None:
    async with world() as w:
        publisher, viewer = await streaming(w)
        first, old = viewer.transport, (viewer.remote_ufrag, viewer.remote_password)
        new = credentials_of(restart(w, viewer))
        loop = asyncio.get_running_loop()
        second, _ = await loop.create_datagram_endpoint(lambda: viewer, remote_addr=viewer.remote)
        viewer.transport, (viewer.remote_ufrag, viewer.remote_password) = second, new
        await viewer.answered_check(nominate=False)
        assert w.relay._registry.get(w.sessions[viewer]).remote == first.get_extra_info("sockname")
        viewer.transport, (viewer.remote_ufrag, viewer.remote_password) = first, old
        await viewer.answered_check()
        publisher.send(VIDEO, 1, DELTA)
        await viewer.until(lambda: len(viewer.video()) == 2)
        second.close()


async def test_a_publisher_who_moved_is_asked_for_a_keyframe() -> None:
    async with world(keyframe_seconds=0.1) as w:
        publisher, _ = await streaming(w)
        await asyncio.sleep(0.15)
        publisher.parts.clear()
        await publisher.move(restart(w, publisher))
        await publisher.until(lambda: any(isinstance(p, rtcp.KeyframeRequest) for p in publisher.parts))


async def test_a_restart_nobody_follows_up_does_not_put_off_the_end_of_consent() -> None:
    async with world(consent_seconds=0.5) as w:
        _, viewer = await streaming(w)
        for _ in range(4):
            restart(w, viewer)
            await asyncio.sleep(0.1)
        await until(lambda: w.counted("expired_sessions_total", stage="consent") > 0)
        await w.events.until("viewers", "room", 0)
        with pytest.raises(Missing):
            restart(w, viewer)
        assert not w.relay._endpoint._by_name


async def test_old_credentials_end_when_a_path_is_nominated_under_the_new_ones() -> None:
    async with world() as w:
        _, viewer = await streaming(w)
        old = stun.binding_request(f"{viewer.remote_ufrag}:x", viewer.remote_password, nominate=True)
        superseded = credentials_of(restart(w, viewer))
        await viewer.move(restart(w, viewer))
        stale = [old, stun.binding_request(f"{superseded[0]}:x", superseded[1], nominate=True)]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.bind((HOST, 0))
            stranger.settimeout(0.2)
            for request in stale:
                stranger.sendto(request, viewer.remote)
                await asyncio.sleep(0)
                with pytest.raises(TimeoutError):
                    await asyncio.to_thread(stranger.recv, 2048)


async def test_a_closed_session_leaves_no_credentials_behind() -> None:
    async with world() as w:
        publisher = await w.publisher()
        publisher.send(VIDEO, 0, KEY)
        restart(w, publisher)
        w.relay.end_session(w.sessions[publisher])
        await until(lambda: not w.relay._endpoint._by_name)


@pytest.mark.parametrize(
    "credentials",
    [
        "",
        "a=ice-ufrag:abc\r\na=ice-pwd:" + "p" * 24,
        "a=ice-ufrag:abcd\r\n",
        "a=ice-ufrag:abcd\r\na=ice-pwd:" + "p" * 21,
        "a=ice-ufrag:abcd\r\na=ice-pwd:" + "p" * 300,
        "a=ice-ufrag:a:cd\r\na=ice-pwd:" + "p" * 24,
    ],
)
async def test_a_restart_needs_credentials(credentials: str) -> None:
    async with world() as w:
        publisher, viewer = await streaming(w)
        with pytest.raises(Invalid, match="ice-pwd"):
            w.relay.restart_ice(w.sessions[viewer], "a=mid:0\r\n" + credentials)
        with pytest.raises(Missing):
            w.relay.restart_ice(SessionId("unknown"), FRAGMENT)
        publisher.send(VIDEO, 1, DELTA)
        await viewer.until(lambda: len(viewer.video()) == 2)

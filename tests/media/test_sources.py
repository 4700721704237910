"""A publisher goes on under another SSRC in the middle of a show."""

from __future__ import annotations

import asyncio

from media import rtcp
from media.publisher import Publisher
from tests.media.peer import AUDIO, DELTA, KEY, VIDEO, Peer
from tests.media.world import World, numbers, until, world


async def unnamed(w: World, *, again: bool = False) -> Peer:
    """Return a publisher whose offer names no source, as that of FFmpeg and of some encoders does not."""
    peer = w.peer("sendonly")
    answered = await w.relay.publish("room", peer.offer(ssrcs=False, again=again), "192.0.2.1")
    w.sessions[peer] = answered.session
    return await peer.connect(answered.sdp)


async def test_a_source_that_takes_another_number_goes_on_once_the_old_one_is_silent() -> None:
    """It has to where two collide (RFC 3550 section 8.2): viewers see one stream go on at a keyframe."""
    async with world() as w:
        publisher = await unnamed(w)
        publisher.send(AUDIO, 0, b"sound")
        publisher.send(VIDEO, 0, KEY, ssrc=5)
        await w.events.until("live", "room")
        viewer = await w.viewer()
        await viewer.until(lambda: bool(viewer.video()))
        sequence = 60_000
        async with asyncio.timeout(20):
            while len(viewer.video()) < 3:
                publisher.send(VIDEO, sequence, DELTA if len(asked_of(publisher, 6)) == 0 else KEY, ssrc=6)
                sequence += 1
                await asyncio.sleep(0.02)
        assert [packet.payload for packet in viewer.video()[:2]] == [KEY, KEY]
        assert numbers(viewer)[:3] == [0, 1, 2]
        assert {packet.ssrc for packet in viewer.video()} == {viewer.video()[0].ssrc}


async def test_a_second_source_is_not_heard_beside_the_first() -> None:
    """However often it tries, nothing of it is opened while the first one sends."""
    async with world() as w:
        publisher = await unnamed(w)
        for sequence in range(120):
            publisher.send(VIDEO, sequence, DELTA if sequence else KEY, ssrc=5)
            publisher.send(VIDEO, sequence, KEY, ssrc=6)
            await asyncio.sleep(0.02)
        show = w.relay._shows["room"].publication
        await until(lambda: show.video.packets == 120)
        assert show.publisher is not None
        assert [source.ssrc for source in show.publisher.sources] == [5]


async def test_sources_that_come_one_after_the_other_are_bounded() -> None:
    """The library that opens them keeps a little of each for ever."""
    async with world() as w:
        publisher = await unnamed(w, again=True)
        session = w.relay._registry.publisher_of("room")
        assert session is not None
        party = session.party
        assert isinstance(party, Publisher)
        for ssrc in range(1, 30):
            publisher.send(VIDEO, ssrc, KEY, ssrc=ssrc)
            await asyncio.sleep(0.01)
            for source in party.sources:
                source.is_silent = True
        await until(lambda: w.relay.is_live("room"))
        assert len(party.sources) == 1
        assert party.sources[0].ssrc <= 5


def asked_of(publisher: Peer, ssrc: int) -> list[rtcp.Part]:
    return [p for p in publisher.parts if isinstance(p, rtcp.KeyframeRequest) and p.media_ssrc == ssrc]

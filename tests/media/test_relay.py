"""What publishers and viewers are promised, played with real sockets."""

from __future__ import annotations

import asyncio
import datetime
import time

import pytest

from config.errors import Busy, Conflict, Invalid, Missing
from config.ids import SessionId
from media import rtcp
from tests.media.peer import AUDIO, DELTA, KEY, VIDEO
from tests.media.world import numbers, until, world


async def test_every_viewer_gets_the_packets_of_the_publisher() -> None:
    async with world() as w:
        publisher = await w.publisher()
        publisher.send(VIDEO, 65530, KEY)
        await w.events.until("live", "room")
        viewers = [await w.viewer() for _ in range(3)]
        for number in range(65531, 65545):
            publisher.send(VIDEO, number & 0xFFFF, DELTA, timestamp=number * 3000)
            publisher.send(AUDIO, number & 0xFFFF, b"sound", timestamp=number * 960)
        for viewer in viewers:
            await viewer.until(lambda v=viewer: len(v.packets) >= 29)  # type: ignore[misc]
            assert numbers(viewer) == list(range(15))
            assert viewer.video()[0].payload == KEY
            assert [p.payload for p in viewer.packets].count(b"sound") == 14
        assert w.relay.viewers("room") == 3
        assert w.relay.is_live("room")


@pytest.mark.parametrize("host", ["::1", "0.0.0.0"])
async def test_other_addresses_are_bound_and_named(host: str) -> None:
    async with world(host) as w:
        publisher = await w.publisher()
        publisher.send(VIDEO, 1, KEY)
        await w.events.until("live", "room")
        viewer = await w.viewer()
        await viewer.until(lambda: bool(viewer.video()))


async def test_a_room_without_publication_is_not_live() -> None:
    async with world() as w:
        with pytest.raises(Conflict) as refusal:
            await w.viewer()
        assert refusal.value.code == "not_live"
        assert w.relay.facts("room") is None
        assert w.relay.keyframe("room") is None


async def test_second_publisher_is_refused_while_packets_flow() -> None:
    async with world() as w:
        publisher = await w.publisher()
        publisher.send(VIDEO, 1, KEY)
        await w.events.until("live", "room")
        with pytest.raises(Conflict) as refusal:
            await w.publisher()
        assert refusal.value.code == "already_publishing"
        assert w.relay.is_live("room")


async def test_of_many_publishers_at_once_one_is_on_the_air() -> None:
    async with world() as w:
        peers = [w.peer("sendonly") for _ in range(30)]
        results = await asyncio.gather(*(w.relay.publish("room", p.offer(), "192.0.2.1") for p in peers),
                                       return_exceptions=True)
        assert sum(isinstance(r, Conflict) for r in results) == 29


async def test_late_viewer_starts_at_the_newest_keyframe_and_gets_what_followed() -> None:
    async with world() as w:
        publisher = await w.publisher()
        for number in range(100):
            publisher.send(VIDEO, number, KEY if number in (0, 40) else DELTA)
        await w.events.until("live", "room")
        await until(lambda: w.relay._shows["room"].publication.video.packets == 100)
        viewer = await w.viewer()
        await viewer.until(lambda: len(viewer.video()) >= 60)
        assert viewer.video()[0].payload == KEY
        assert numbers(viewer) == list(range(60))
        publisher.send(VIDEO, 100, DELTA)
        await viewer.until(lambda: len(viewer.video()) == 61)
        assert numbers(viewer)[-1] == 60


async def test_viewers_stay_when_the_publisher_goes_and_see_the_next_one_continue() -> None:
    async with world() as w:
        first = await w.publisher()
        first.send(VIDEO, 1000, KEY)
        await w.events.until("live", "room")
        viewer = await w.viewer()
        for number in range(1001, 1005):
            first.send(VIDEO, number, DELTA)
        await viewer.until(lambda: len(viewer.video()) == 5)
        w.relay.end_session(w.sessions[first])
        await w.events.until("away", "room")
        assert w.relay.viewers("room") == 1
        w.events.seen.clear()

        second = await w.publisher()
        for number, payload in ((7, DELTA), (8, DELTA), (9, KEY), (10, DELTA)):
            second.send(VIDEO, number, payload)
        await viewer.until(lambda: len(viewer.video()) == 7)
        await w.events.until("live", "room")
        assert numbers(viewer) == list(range(7))
        assert viewer.video()[5].payload == KEY
        stamps = [p.timestamp for p in viewer.video()]
        assert 0 < (stamps[5] - stamps[4]) & 0xFFFFFFFF < 90000 * 5
        assert len({p.ssrc for p in viewer.video()}) == 1


async def test_silent_publisher_is_away_and_may_be_replaced() -> None:
    async with world(stall_seconds=0.2) as w:
        first = await w.publisher()
        first.send(VIDEO, 1, KEY)
        await w.events.until("live", "room")
        await w.events.until("away", "room")
        second = await w.publisher()
        w.events.seen.clear()
        second.send(VIDEO, 1, KEY)
        await w.events.until("live", "room")
        await first.until(lambda: first.is_closed)


async def test_silent_publisher_who_comes_back_is_live_again() -> None:
    async with world(stall_seconds=0.2) as w:
        publisher = await w.publisher()
        publisher.send(VIDEO, 1, KEY)
        await w.events.until("away", "room")
        w.events.seen.clear()
        publisher.send(VIDEO, 2, DELTA)
        await w.events.until("live", "room")


async def test_publisher_may_replace_itself() -> None:
    async with world() as w:
        first = await w.publisher()
        first.send(VIDEO, 1, KEY)
        await w.events.until("live", "room")
        second = await w.publisher(replace=True)
        await first.until(lambda: first.is_closed)
        w.events.seen.clear()
        second.send(VIDEO, 1, KEY)
        await w.events.until("live", "room")


async def test_end_of_the_show_says_goodbye_to_all() -> None:
    async with world() as w:
        publisher = await w.publisher()
        publisher.send(VIDEO, 1, KEY)
        await w.events.until("live", "room")
        viewer = await w.viewer()
        w.relay.end_publication("room")
        await viewer.until(lambda: viewer.is_closed)
        await publisher.until(lambda: publisher.is_closed)
        assert ("away", "room") not in w.events.seen
        with pytest.raises(Conflict):
            await w.viewer()


async def test_a_peer_that_says_goodbye_is_gone_at_once() -> None:
    async with world() as w:
        await w.publisher()
        viewer = await w.viewer()
        await w.events.until("viewers", "room", 1)
        assert viewer.dtls
        viewer.dtls.close()
        await w.events.until("viewers", "room", 0)
        with pytest.raises(Missing):
            w.relay.end_session(w.sessions[viewer])


async def test_sessions_are_found_by_their_id_only() -> None:
    async with world() as w:
        publisher = await w.publisher()
        with pytest.raises(Missing):
            w.relay.end_session(SessionId("guessed"))
        candidate = "a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n"
        w.relay.trickle(w.sessions[publisher], candidate + "a=end-of-candidates")
        with pytest.raises(Invalid):
            w.relay.trickle(w.sessions[publisher], candidate * 65)
        with pytest.raises(Missing):
            w.relay.trickle(SessionId("guessed"), "a=end-of-candidates")


@pytest.mark.threat("D20")
async def test_viewer_is_told_one_clock_for_picture_and_sound() -> None:
    async with world() as w:
        publisher = await w.publisher()
        publisher.send(VIDEO, 1, KEY, timestamp=9000)
        publisher.send(AUDIO, 1, b"sound", timestamp=4800)
        await w.events.until("live", "room")
        when = rtcp.ntp_time(1_800_000_000)
        for kind, stamp in ((VIDEO, 9000), (AUDIO, 4800)):
            report = rtcp.SenderReport(publisher.ssrcs[kind], when, stamp, 1, 1)
            publisher.send_rtcp(rtcp.sender_report(report, "x"))
        viewer = await w.viewer()
        publisher.send(VIDEO, 2, DELTA, timestamp=18000)
        publisher.send(AUDIO, 2, b"sound", timestamp=9600)
        await viewer.until(lambda: any(p.payload_type == AUDIO for p in viewer.packets))
        viewer.parts.clear()
        await viewer.until(lambda: sum(isinstance(p, rtcp.SenderReport) for p in viewer.parts) >= 2)
        # The last packets of both were captured 0.1 s after `when`, and clocks are read as ours.
        shown = set()
        for report in (p for p in viewer.parts if isinstance(p, rtcp.SenderReport)):
            packet = next(p for p in reversed(viewer.packets) if p.ssrc == report.ssrc)
            rate = 48000 if packet.payload_type == AUDIO else 90000
            shown.add(rtcp.unix_seconds(report.ntp) - (report.timestamp - packet.timestamp) / rate)
        assert max(shown) - min(shown) < 0.001
        assert max(shown) == pytest.approx(time.time(), abs=10)


async def test_facts_and_keyframe_of_a_publication() -> None:
    async with world() as w:
        publisher = await w.publisher()
        frame = b"\x10\x00\x00\x00\x9d\x01\x2a" + (640).to_bytes(2, "little") + (360).to_bytes(2, "little")
        publisher.send(VIDEO, 1, frame, marker=False, timestamp=1)
        publisher.send(VIDEO, 2, b"\x00rest", timestamp=1)
        await until(lambda: w.relay.keyframe("room") is not None)
        keyframe, facts = w.relay.keyframe("room"), w.relay.facts("room")
        assert keyframe
        assert facts
        assert (keyframe.codec, keyframe.data) == ("vp8", frame[1:] + b"rest")
        assert (facts.codec, facts.width, facts.height, facts.lost) == ("vp8", 640, 360, 0.0)


async def test_limits_are_told_as_busy() -> None:
    async with world(max_pending_per_address=2, max_sessions=3) as w:
        publisher = await w.publisher()
        publisher.send(VIDEO, 1, KEY)
        await w.events.until("live", "room")
        for _ in range(2):
            await w.relay.subscribe("room", w.peer("recvonly").offer(), "192.0.2.2")
        with pytest.raises(Busy) as refusal:
            await w.relay.subscribe("room", w.peer("recvonly").offer(), "192.0.2.3")
        assert refusal.value.code == "full"
    async with world(max_pending_per_address=2) as w:
        await w.publisher()
        for _ in range(2):
            await w.relay.subscribe("room", w.peer("recvonly").offer(), "192.0.2.2")
        with pytest.raises(Busy) as refusal:
            await w.relay.subscribe("room", w.peer("recvonly").offer(), "192.0.2.2")
        assert refusal.value.code == "too_many_pending"
        await w.relay.subscribe("room", w.peer("recvonly").offer(), "192.0.2.3")


async def test_certificate_is_renewed_before_it_expires() -> None:
    async with world() as w:
        old = w.relay._certificate
        assert old
        w.relay._renew_certificate()
        assert w.relay._certificate is old
        publisher = await w.publisher()
        old.expires -= datetime.timedelta(days=29)
        w.relay._renew_certificate()
        assert w.relay._certificate
        assert w.relay._certificate.fingerprint != old.fingerprint
        publisher.send(VIDEO, 1, KEY)
        await w.events.until("live", "room")
        viewer = await w.viewer()
        await viewer.until(lambda: bool(viewer.video()))


async def test_viewer_without_the_codec_of_the_show_is_told_so() -> None:
    async with world() as w:
        await w.publisher()
        with pytest.raises(Invalid) as refusal:
            await w.relay.subscribe("room", w.peer("recvonly").offer(video="H264/90000"), "192.0.2.2")
        assert refusal.value.code == "sdp_no_common_codec"

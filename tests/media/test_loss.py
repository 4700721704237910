"""Lost packets are asked for, answered, and nobody can make the answer grow without bound."""

from __future__ import annotations

import asyncio
import random
from itertools import count, pairwise

import pytest

from media import fan, rtcp, rtp
from media.codecs import Codec
from media.nack import LossDetector, ResendBudget
from media.relay import TICKS_A_SECOND
from media.source import Source
from tests.media.peer import AGAIN, DELTA, KEY, VIDEO, Peer
from tests.media.world import numbers, streaming, until, world


def test_a_hole_is_asked_for_at_once_then_less_and_less_often_then_given_up() -> None:
    losses = LossDetector()
    assert losses.take(10, 0.0) == []
    assert losses.take(13, 0.0) == [11, 12]
    assert losses.take(12, 0.01) == []
    asked = [moment / 100 for moment in range(300) if losses.due(moment / 100) == [11]]
    assert 3 <= len(asked) <= 8
    assert all(b - a >= 0.06 for a, b in pairwise(asked))
    assert asked[-1] <= 1.0
    assert losses.lost == 1


def test_a_jump_does_not_ask_for_thousands() -> None:
    losses = LossDetector()
    losses.take(1, 0.0)
    assert len(losses.take(1000, 0.0)) <= 256
    assert losses.take(100_000, 0.0) == []


def test_a_source_that_starts_its_numbers_afresh_is_believed_at_the_second_packet() -> None:
    source = Source(1, Codec.VP8, 96, wants_nack=True)
    packets = [rtp.RtpPacket(96, True, n, 0, 1, b"x") for n in (100, 101, 40000, 40001, 40002)]
    found = [source.number(p) for p in packets]
    assert found[2] is None
    assert found[3] is not None
    assert found[4] == found[3] + 1
    assert source.generation == 2


def test_the_same_packet_is_not_sent_again_at_once_and_the_rate_has_an_end() -> None:
    budget = ResendBudget(0.0)
    assert budget.allows(1, 1000, 100_000, 0.0)
    assert not budget.allows(1, 1000, 100_000, 0.01)
    assert budget.allows(1, 1000, 100_000, 0.05)
    sent = sum(budget.allows(number % 4000, 1000, 100_000, 1 + number / 10_000) for number in range(100_000))
    assert sent * 1000 <= 60_000 + 0.25 * 100_000 * 11


async def test_publishers_losses_are_asked_for_and_healed() -> None:
    async with world() as w:
        publisher = await w.publisher()
        publisher.send(VIDEO, 0, KEY)
        await w.events.until("live", "room")
        viewer = await w.viewer()
        rng = random.Random(7)
        publisher.lose_out = lambda _: rng.random() < 0.1
        answered = asyncio.create_task(answer_requests(publisher))
        for number in range(1, 200):
            publisher.send(VIDEO, number, DELTA)
            await asyncio.sleep(0.001)
        publisher.lose_out = lambda _: False
        publisher.send(VIDEO, 200, DELTA)
        await viewer.until(lambda: len(set(numbers(viewer))) == 201)
        answered.cancel()
        assert sorted(numbers(viewer)) == list(range(201))


async def test_viewers_losses_are_answered_from_the_backlog() -> None:
    async with world() as w:
        publisher, viewer = await streaming(w)
        rng = random.Random(5)
        viewer.lose_in = lambda data: rng.random() < 0.2
        for number in range(1, 100):
            publisher.send(VIDEO, number, DELTA)
        await viewer.until(lambda: len(viewer.video()) > 50)
        viewer.lose_in = lambda _: False
        publisher.send(VIDEO, 100, DELTA)
        await viewer.until(lambda: 100 in numbers(viewer))
        missing = sorted(set(range(101)) - set(numbers(viewer)))
        first, ssrc = viewer.video()[0].sequence, viewer.video()[0].ssrc
        assert missing
        viewer.send_rtcp(rtcp.nack(1, ssrc, [(first + n) & 0xFFFF for n in missing]))
        await viewer.until(lambda: len(set(numbers(viewer))) == 101)
        await until(lambda: w.counted("retransmissions_total") >= len(missing))
        counted = w.relay._ticks
        await until(lambda: w.relay._ticks > counted + TICKS_A_SECOND)  # more would be counted by then
        assert w.counted("retransmissions_total") == len(missing)


async def test_who_knows_retransmissions_is_sent_them_in_a_stream_of_their_own() -> None:
    """Under fresh numbers, so that they may be lost and asked for again like any packet (RFC 4588)."""
    async with world() as w:
        publisher, _ = await streaming(w)
        viewer = await w.viewer(again=True)
        await viewer.until(lambda: bool(viewer.video()))
        track = w.relay._shows["room"].publication.video
        viewer.lose_in = lambda data: data[1] & 0x7F == VIDEO
        for number in range(1, 31):
            publisher.send(VIDEO, number, DELTA + bytes([number]))
        await until(lambda: track.backlog.newest - viewer.video()[0].sequence >= 30)
        lost = [(track.backlog.newest - n) & 0xFFFF for n in range(30)]
        for times in (1, 2):
            viewer.send_rtcp(rtcp.nack(1, track.ssrc, lost))
            await viewer.until(lambda: len(repeats(viewer)) >= 30 * times)  # noqa: B023 - awaited here
            await asyncio.sleep(2 * ResendBudget.RESEND_SECONDS)
        again = repeats(viewer)
        assert {p.ssrc for p in again} == {track.retransmission_ssrc}
        numbers_sent = [p.sequence for p in again]
        assert numbers_sent == list(range(numbers_sent[0], numbers_sent[0] + 60))
        opened = [rtp.unwrap_retransmission(p, VIDEO, track.ssrc) for p in again]
        assert sorted(p.sequence for p in opened) == sorted(2 * lost)
        assert {p.payload for p in opened} == {DELTA + bytes([n]) for n in range(1, 31)}
        assert viewer.replays == 0


async def test_no_number_is_ever_encrypted_with_two_contents() -> None:
    """AES-GCM gives its key away otherwise: batches, a newcomer's backlog and repeats have the same bytes."""
    async with world() as w:
        publisher, viewer = await streaming(w)
        seen: dict[bytes, set[bytes]] = {}

        def note(data: bytes) -> bool:
            if not 192 <= data[1] <= 223:
                seen.setdefault(data[2:4] + data[8:12], set()).add(data)
            return False

        viewer.lose_in = note
        for number in range(1, 41):
            publisher.send(VIDEO, number, DELTA + bytes(1000 - number % 7))
        await viewer.until(lambda: len(set(numbers(viewer))) == 41)
        padded = sum(data[0] == 0xA0 for copies in seen.values() for data in copies)
        track = w.relay._shows["room"].publication.video
        viewer.send_rtcp(rtcp.nack(1, track.ssrc, [(track.backlog.newest - n) & 0xFFFF for n in range(40)]))
        await viewer.until(lambda: viewer.replays >= 40)
        assert padded > 0
        assert {len(copies) for copies in seen.values()} == {1}


async def test_who_begins_with_packets_of_this_turn_gets_them_as_they_are_kept() -> None:
    """Padding that makes a run of them is decided before the first of them is encrypted for anybody."""
    async with world() as w:
        publisher = await w.publisher()
        publisher.send(VIDEO, 0, KEY)
        await w.events.until("live", "room")
        show = w.relay._shows["room"]
        show.publication.forget_past()
        viewer = await w.viewer()
        await until(lambda: bool(show.audience._picture.waiting))
        seen: dict[bytes, set[bytes]] = {}

        def note(data: bytes) -> bool:
            if not 192 <= data[1] <= 223:
                seen.setdefault(data[2:4] + data[8:12], set()).add(data)
            return False

        viewer.lose_in = note
        arrives: list[bytes] = []

        def keep(data: bytes) -> bool:
            arrives.append(data)
            return True

        publisher.lose_out = keep
        publisher.send(VIDEO, 1, b"\x00\x00" + bytes(30), timestamp=3000, marker=False)
        publisher.send(VIDEO, 2, KEY, timestamp=3000)
        session = w.relay._registry.publisher_of("room")
        assert session is not None
        assert session.remote is not None
        for data in arrives:
            session.take_media(data, session.remote)
        await viewer.until(lambda: len(viewer.video()) == 2)
        track = show.publication.video
        newest = track.backlog.newest
        viewer.send_rtcp(rtcp.nack(1, track.ssrc, [(newest - 1) & 0xFFFF, newest & 0xFFFF]))
        await viewer.until(lambda: viewer.replays == 2)
        assert [len(copies) for copies in seen.values()] == [1, 1]


async def test_viewer_without_a_keyframe_to_start_at_gets_the_next_one() -> None:
    async with world(backlog_packets=16) as w:
        publisher = await w.publisher()
        publisher.send(VIDEO, 0, KEY)
        await w.events.until("live", "room")
        for number in range(1, 60):
            publisher.send(VIDEO, number, DELTA)
        await until(lambda: w.relay._shows["room"].publication.video.backlog.packets_since_keyframe is None)
        viewer = await w.viewer()
        await publisher.until(lambda: bool(asked(publisher)))
        publisher.send(VIDEO, 60, DELTA)
        publisher.send(VIDEO, 61, KEY)
        publisher.send(VIDEO, 62, DELTA)
        await viewer.until(lambda: len(viewer.video()) == 2)
        assert viewer.video()[0].payload == KEY


async def test_a_request_for_a_keyframe_that_is_lost_on_its_way_is_made_again_while_somebody_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who sees nothing at all sends no requests of its own, and an encoder may send no other keyframe."""
    monkeypatch.setattr(fan, "ASK_AGAIN_SECONDS", 0.3)
    async with world(backlog_packets=16, keyframe_seconds=0.05) as w:
        publisher = await w.publisher()
        publisher.send(VIDEO, 0, KEY)
        await w.events.until("live", "room")
        numbers_sent = count(1)
        publication = w.relay._shows["room"].publication
        while publication.video.backlog.packets_since_keyframe is not None:
            publisher.send(VIDEO, next(numbers_sent), DELTA)
            await asyncio.sleep(0.005)
        publisher.lose_in = lambda data: 192 <= data[1] <= 223
        viewer = await w.viewer()
        await until(lambda: publication.keyframe_requests + w.counted("keyframe_requests_total") > 0)
        await asyncio.sleep(0.05)  # so long the one that is lost may be under way
        publisher.lose_in = lambda _: False
        async with asyncio.timeout(20):
            while not asked(publisher):
                publisher.send(VIDEO, next(numbers_sent), DELTA)
                await asyncio.sleep(0.02)
        publisher.send(VIDEO, next(numbers_sent), KEY)
        await viewer.until(lambda: bool(viewer.video()))
        for _ in range(30):
            publisher.send(VIDEO, next(numbers_sent), DELTA)
            await asyncio.sleep(0.02)
        await viewer.until(lambda: len(viewer.video()) == 31)
        assert len(asked(publisher)) == 1, "once it has come, nobody asks any more"


async def test_publisher_is_told_how_it_is_received() -> None:
    async with world() as w:
        publisher, _ = await streaming(w)
        for number in (1, 2, 4):
            publisher.send(VIDEO, number, DELTA)
        await publisher.until(
            lambda: any(b.highest_sequence & 0xFFFF == 4 for b in blocks_about(publisher)))
        blocks = blocks_about(publisher)
        assert blocks[0].ssrc == publisher.ssrcs[VIDEO]
        assert blocks[-1].highest_sequence & 0xFFFF == 4
        assert blocks[-1].lost == 1


async def test_what_comes_again_does_not_hide_from_the_encoder_what_its_line_loses() -> None:
    """A repeat is a packet of another stream (RFC 4588); an encoder that hears of no loss sends ever more."""
    async with world() as w:
        publisher = w.peer("sendonly")
        answered = await w.relay.publish("room", publisher.offer(again=True), "192.0.2.1")
        await publisher.connect(answered.sdp)
        for number in range(99):
            if number % 3 == 1:
                payload = rtp.wrap_retransmission(DELTA, number)
                publisher.send(AGAIN, number, payload, timestamp=3000 * number, ssrc=77)
            else:
                publisher.send(VIDEO, number, DELTA if number else KEY)
        await publisher.until(lambda: any(b.fraction_lost for b in blocks_about(publisher)))
        assert sum(b.fraction_lost for b in blocks_about(publisher)) > 60
        await until(lambda: w.relay._shows["room"].publication.video.packets == 99)


def repeats(viewer: Peer) -> list[rtp.RtpPacket]:
    return [p for p in viewer.packets if p.payload_type == AGAIN]


def blocks_about(publisher: Peer) -> list[rtcp.ReportBlock]:
    return [b for p in publisher.parts if isinstance(p, rtcp.Reception) for b in p.blocks]


async def answer_requests(publisher: Peer) -> None:
    """Send again what the relay asks for, as an encoder does."""
    done = 0
    while True:
        for part in publisher.parts[done:]:
            done += 1
            for number in part.lost if isinstance(part, rtcp.Nack) else ():
                publisher.send(VIDEO, number, DELTA)
        await asyncio.sleep(0.005)


def asked(publisher: Peer) -> list[rtcp.KeyframeRequest]:
    return [p for p in publisher.parts if isinstance(p, rtcp.KeyframeRequest)]



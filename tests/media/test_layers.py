"""A picture in several sizes at once: who gets which, and that each viewer sees one stream all the time."""

from __future__ import annotations

import asyncio
import random
from itertools import pairwise

import pytest

from config.errors import Missing
from media import ladder, layer, rtcp
from media.publication import Publication
from media.sizes import bound, choose, sizes_of
from media.subscription import Subscription
from tests.media.layered import Layered, delta, key, layered
from tests.media.peer import AGAIN, AUDIO, VIDEO, Peer
from tests.media.world import World, numbers, until, world

FRAME = 3000


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """No size counts as silent because a test was held up."""
    monkeypatch.setattr(layer, "SILENCE_SECONDS", 60.0)


async def shown(w: World) -> tuple[Layered, Peer, Subscription]:
    """Return a publisher of three sizes, whose clocks are known, and a viewer who sees the largest."""
    source = await layered(w)
    viewer = await w.viewer(again=True)
    await viewer.until(lambda: bool(viewer.video()))
    report_clocks(source, moment=0)
    publication = publication_of(w)
    source.send_all(FRAME)
    await until(lambda: len(publication.smaller) == 2)
    return source, viewer, w.relay.viewer(w.sessions[viewer])


async def on_the_smallest(source: Layered, seat: Subscription) -> None:
    """Let the viewer see the smallest size."""
    choose(seat, "q")
    source.send_all(2 * FRAME, is_key=True)
    await until(lambda: sizes_of(seat).active == "q")


def report_clocks(source: Layered, moment: int) -> None:
    """Tell how the clock of each size stood at one moment."""
    for rid, ssrc in source.ssrcs.items():
        clock = (source.clocks[rid] + moment) & 0xFFFFFFFF
        report = rtcp.SenderReport(ssrc, rtcp.ntp_time(1_800_000_000.0), clock, 1, 1)
        source.peer.send_rtcp(rtcp.sender_report(report, "x"))


def publication_of(w: World) -> Publication:
    publication = w.relay.publication("room")
    assert publication
    return publication


def payloads(viewer: Peer) -> list[bytes]:
    return [packet.payload for packet in viewer.video()]


async def test_the_largest_is_seen_unless_a_smaller_one_is_chosen() -> None:
    async with world() as w:
        source, viewer, seat = await shown(w)
        await viewer.until(lambda: len(viewer.video()) == 2)
        assert payloads(viewer) == [key("f", b"0"), delta("f", b"3000")]
        found = sizes_of(seat)
        assert [(size.name, size.width, size.height) for size in found.all] == [
            ("f", 1280, 720), ("h", 640, 360), ("q", 320, 180)]
        assert (found.chosen, found.active) == (None, "f")
        choose(seat, "q")
        source.send_all(2 * FRAME)  # goes on as it is: nothing can begin here
        source.send_all(3 * FRAME, is_key=True)
        source.send_all(4 * FRAME)
        await viewer.until(lambda: len(viewer.video()) == 5)
        assert payloads(viewer)[2:] == [delta("f", b"6000"), key("q", b"9000"), delta("q", b"12000")]
        assert numbers(viewer) == [0, 1, 2, 3, 4]
        steps = [p.timestamp - viewer.video()[0].timestamp & 0xFFFFFFFF for p in viewer.video()]
        assert [step // 100 for step in steps] == [0, 30, 60, 90, 120]
        assert (sizes_of(seat).chosen, sizes_of(seat).active) == ("q", "q")
        choose(seat, None)
        source.send_all(5 * FRAME, is_key=True)
        await viewer.until(lambda: len(viewer.video()) == 7)
        assert payloads(viewer)[-2:] == [key("q", b"15000"), key("f", b"15000")]
        assert numbers(viewer) == [0, 1, 2, 3, 4, 5, 6]
        with pytest.raises(Missing, match="no such size"):
            choose(seat, "x")


async def test_two_frames_of_one_moment_are_told_apart() -> None:
    """The small frame of a moment has gone out when the large key frame of the same moment comes."""
    async with world() as w:
        source, viewer, seat = await shown(w)
        await on_the_smallest(source, seat)
        choose(seat, None)
        await asyncio.sleep(0.05)
        source.send("q", delta("q"), moment=3 * FRAME)
        await viewer.until(lambda: payloads(viewer)[-1] == delta("q"))
        source.send("f", key("f"), moment=3 * FRAME)
        await viewer.until(lambda: payloads(viewer)[-1] == key("f"))
        last, before = viewer.video()[-1], viewer.video()[-2]
        assert 0 < last.timestamp - before.timestamp & 0xFFFFFFFF <= 90


async def test_a_place_gets_no_more_than_it_needs() -> None:
    async with world() as w:
        source, viewer, seat = await shown(w)
        for height, name in ((400, "h"), (100, "q"), (900, "f"), (240, "q"), (300, "h")):
            bound(seat, height)
            await asyncio.sleep(0.01)
            moment = 10 * FRAME + height * FRAME
            source.send_all(moment, is_key=True)
            await until(lambda: sizes_of(seat).active == name)  # noqa: B023 - awaited here
        assert (sizes_of(seat).chosen, sizes_of(seat).needed) == (None, 300)
        assert numbers(viewer) == list(range(len(numbers(viewer))))


async def test_what_was_lost_before_and_after_a_move_is_sent_again() -> None:
    async with world() as w:
        source, viewer, seat = await shown(w)
        await viewer.until(lambda: len(viewer.video()) == 2)
        choose(seat, "h")
        source.send_all(2 * FRAME, is_key=True)
        source.send_all(3 * FRAME)
        await viewer.until(lambda: len(viewer.video()) == 4)
        sent = {packet.sequence: packet.payload for packet in viewer.video()}
        await asyncio.sleep(0.05)
        viewer.send_rtcp(rtcp.receiver_report(1, [], "x")
                         + rtcp.nack(1, publication_of(w).video.ssrc, sorted(sent)))
        await viewer.until(lambda: len([p for p in viewer.packets if p.payload_type == AGAIN]) == 4)
        again = [p for p in viewer.packets if p.payload_type == AGAIN]
        assert {int.from_bytes(p.payload[:2], "big"): p.payload[2:] for p in again} == sent


async def test_late_packets_from_before_a_move_are_not_for_who_moved() -> None:
    """Their numbers were used for another size: the same number must never have two contents."""
    async with world() as w:
        source, viewer, seat = await shown(w)
        other = await w.viewer()
        watcher = w.relay.viewer(w.sessions[other])
        for one in (seat, watcher):
            choose(one, "q")
        source.send_all(2 * FRAME, is_key=True)
        await until(lambda: sizes_of(seat).active == sizes_of(watcher).active == "q")
        source.numbers["q"] += 1  # lost on its way to us
        late = source.numbers["q"]
        choose(seat, None)
        source.send_all(3 * FRAME, is_key=True)
        await until(lambda: sizes_of(seat).active == "f")
        choose(seat, "q")
        source.send_all(4 * FRAME, is_key=True)
        await until(lambda: sizes_of(seat).active == "q")
        await viewer.until(lambda: payloads(viewer)[-1] == key("q", b"12000"))
        count = len(viewer.video())
        source.send_again("q", late, delta("q", b"late"), 2 * FRAME + 1)
        await other.until(lambda: delta("q", b"late") in payloads(other))
        source.send_all(5 * FRAME)
        await viewer.until(lambda: len(viewer.video()) > count)
        assert payloads(viewer)[count:] == [delta("q", b"15000")]


async def test_a_line_that_loses_is_sent_less_and_more_again_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ladder, "PATIENCE_SECONDS", 0.2)
    async with world() as w:
        source, viewer, seat = await shown(w)
        ssrc = publication_of(w).video.ssrc
        line = seat.ladder = ladder.Ladder()

        def report(lost: int) -> None:
            block = rtcp.ReportBlock(ssrc, lost, 0, 1000, 0, 0, 0)
            viewer.send_rtcp(rtcp.receiver_report(1, [block], "x"))

        for _ in range(2):
            report(64)
        await until(lambda: line.steps == 1)
        source.send_all(2 * FRAME, is_key=True)
        await until(lambda: sizes_of(seat).active == "h")
        await until(lambda: w.counted("layer_moves_total") == 1)
        async with asyncio.timeout(5):
            while line.steps:
                report(0)
                source.send_all(3 * FRAME)
                await asyncio.sleep(0.05)
        source.send_all(4 * FRAME, is_key=True)
        await until(lambda: sizes_of(seat).active == "f")


async def test_a_size_that_nobody_takes_costs_no_place() -> None:
    async with world() as w:
        source, viewer, seat = await shown(w)
        await on_the_smallest(source, seat)
        small = publication_of(w).smaller[-1]
        assert small.sinks
        w.relay.end_session(w.sessions[viewer])
        await w.events.until("viewers", "room", 0)
        assert not small.sinks


async def test_another_publisher_without_sizes_is_seen_by_all() -> None:
    async with world() as w:
        source, viewer, seat = await shown(w)
        await on_the_smallest(source, seat)
        plain = await w.publisher(replace=True)
        plain.send(VIDEO, 1, key("h"))
        await viewer.until(lambda: payloads(viewer)[-1] == key("h"))
        assert [size.name for size in sizes_of(seat).all] == ["picture"]
        assert numbers(viewer) == list(range(len(numbers(viewer))))


async def test_nothing_of_a_rehearsal_is_shown_in_any_size() -> None:
    async with world() as w:
        source, viewer, seat = await shown(w)
        await on_the_smallest(source, seat)
        w.relay.rename("room", "public")
        guest = w.peer("recvonly")
        answered = await w.relay.subscribe("public", guest.offer(), "192.0.2.2")
        bound(w.relay.viewer(answered.session), 100)  # small from its first packet on
        await guest.connect(answered.sdp)
        source.send_all(3 * FRAME)
        await viewer.until(lambda: payloads(viewer)[-1] == delta("q", b"9000"))
        assert not guest.video()
        source.send_all(4 * FRAME, is_key=True)
        await guest.until(lambda: payloads(guest) == [key("q", b"12000")])


async def test_sources_without_a_name_are_not_taken() -> None:
    async with world() as w:
        source, viewer, _ = await shown(w)
        for ssrc in range(1000, 1040):
            source.send("f", key("f"), moment=FRAME, is_named=False, ssrc=ssrc)
        source.send("f", key("f"), moment=FRAME, ssrc=2000)  # the name is another's
        source.peer.send(AUDIO, 1, b"sound")
        for _ in range(3):  # sound is no picture, whatever it is said to be
            source.send("f", key("f"), moment=FRAME, ssrc=source.peer.ssrcs[AUDIO])
        source.send_all(2 * FRAME)
        await viewer.until(lambda: len(viewer.video()) == 3)
        assert payloads(viewer)[-1] == delta("f", b"6000")
        publisher = publication_of(w).publisher
        assert publisher
        assert {s.ssrc for s in publisher.sources if s.layer} == set(source.ssrcs.values())
        assert [s.received for s in publisher.sources if not s.layer] == [1]


async def test_whatever_is_chosen_when_a_viewer_sees_one_stream() -> None:
    """Two hundred changes at random, with packets that come late: no number twice, nothing out of place."""
    rng = random.Random(7)
    async with world() as w:
        source, viewer, seat = await shown(w)
        for step in range(2, 200):
            if rng.random() < 0.5:
                choose(seat, rng.choice(["q", "h", "f", None]))
            if rng.random() < 0.3:
                bound(seat, rng.choice([None, 100, 300, 900]))
            source.send_all(step * FRAME, is_key=rng.random() < 0.4)
            await asyncio.sleep(0.004)
        await asyncio.sleep(0.1)
        assert numbers(viewer) == list(range(len(numbers(viewer))))
        times = [p.timestamp for p in viewer.video()]
        steps = [(late - early) & 0xFFFFFFFF for early, late in pairwise(times)]
        assert all(0 < step < 10 * FRAME for step in steps)
        began = [payload[:7] for payload in payloads(viewer)]
        names = [payload[15:16] if payload.startswith(key("q")[:7]) else payload[2:3]
                 for payload in payloads(viewer)]
        changes = [place for place in range(1, len(names)) if names[place] != names[place - 1]]
        assert len(changes) > 10
        assert all(began[place] == key("q")[:7] for place in changes)  # each begins with a key frame
        assert viewer.replays == 0

"""When a size counts as given up by its encoder, and what everybody sees then."""

from __future__ import annotations

import asyncio

import pytest

from media import layer, rtcp
from media.sizes import choose
from tests.media.layered import NAMED, key, rtp_with_name, simulcast
from tests.media.peer import VIDEO
from tests.media.test_layers import FRAME, payloads, publication_of, shown
from tests.media.world import numbers, until, world


async def test_the_next_size_takes_the_place_of_one_that_fell_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who records or replays sees one picture go on, and the larger size again when it is back."""
    async with world() as w:
        source, viewer, _ = await shown(w)
        monkeypatch.setattr(layer, "SILENCE_SECONDS", 0.5)
        moment = FRAME
        async with asyncio.timeout(5):
            while key("h") not in [p[: len(key("h"))] for p in payloads(viewer)]:
                moment += FRAME
                wants_key = any(isinstance(part, rtcp.KeyframeRequest) and
                                part.media_ssrc == source.ssrcs["h"] for part in source.peer.parts)
                source.send_all(moment, is_key=wants_key, rids=("q", "h"))
                await asyncio.sleep(0.033)
        assert [size.name for size in publication_of(w).smaller] == ["q"]
        source.send_all(moment + FRAME, is_key=True)
        source.send_all(moment + 2 * FRAME)
        await viewer.until(lambda: payloads(viewer)[-1][2:3] == b"f")
        assert payloads(viewer)[-2][:15] == key("f")[:15]
        assert numbers(viewer) == list(range(len(numbers(viewer))))


async def test_a_screen_on_which_nothing_moves_is_not_taken_for_silence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A picture that stands still is sent once a second, or less often, in all sizes."""
    async with world() as w:
        source, viewer, _ = await shown(w)
        monkeypatch.setattr(layer, "SILENCE_SECONDS", 0.05)
        for step in range(2, 8):
            await asyncio.sleep(0.1)
            source.send_all(step * FRAME)
        await viewer.until(lambda: len(viewer.video()) == 8)
        assert [payload[2:3] for payload in payloads(viewer)[1:]] == [b"f"] * 7
        assert len(publication_of(w).smaller) == 2


async def test_sizes_of_earlier_publishers_are_forgotten() -> None:
    """Whoever has the key may call them anew each time."""
    async with world() as w:
        _, viewer, seat = await shown(w)
        choose(seat, "q")
        for number in range(8):
            rids = tuple(f"{rid}{number}" for rid in ("a", "b"))
            peer = w.peer("sendonly")
            offer = peer.offer(extra=simulcast(rids), ssrcs=False)
            answered = await w.relay.publish("room", offer, "192.0.2.1", replace=True)
            await peer.connect(answered.sdp)
            for place, rid in enumerate(rids):
                payload = key(("q", "f")[place], rid.encode())
                peer.send_plain(rtp_with_name(VIDEO, 1, 0, 1 + place, payload, NAMED, rid))
            await viewer.until(lambda: payloads(viewer)[-1].endswith(rids[1].encode()))  # noqa: B023
        assert len(publication_of(w).layers._layers) == 2
        audience = w.relay._shows["room"].audience
        await until(lambda: len(audience._layers) <= 1)
        assert numbers(viewer) == list(range(len(numbers(viewer))))

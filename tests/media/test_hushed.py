"""Who is not to hear what is said is sent silence, under the same numbers, and never the words."""

from __future__ import annotations

import asyncio

from media import rtcp
from media.codecs import OPUS_SILENCE, Kind
from tests.media.peer import AUDIO, Peer
from tests.media.world import streaming, world


def heard(viewer: Peer) -> list[bytes]:
    """Return the sound that came, in order of its numbers."""
    sound = {packet.sequence: packet.payload for packet in viewer.packets if packet.payload_type == AUDIO}
    return [sound[number] for number in sorted(sound)]


def say(publisher: Peer, numbers: range) -> list[bytes]:
    words = [b"word %d" % number for number in numbers]
    for number, word in zip(numbers, words, strict=True):
        publisher.send(AUDIO, number, word, timestamp=number * 960)
    return words


async def test_silence_is_sent_in_place_of_words_and_these_are_not_to_be_had_later() -> None:
    async with world() as w:
        publisher, viewer = await streaming(w)
        audience = w.relay._shows["room"].audience
        seen: dict[bytes, set[bytes]] = {}

        def note(data: bytes) -> bool:
            if not 192 <= data[1] <= 223:
                seen.setdefault(data[2:4] + data[8:12], set()).add(data)
            return False

        viewer.lose_in = note
        (listener,) = audience.viewers
        before = say(publisher, range(1, 11))
        await viewer.until(lambda: len(heard(viewer)) == 10)
        listener.hush(True)
        say(publisher, range(11, 21))
        await viewer.until(lambda: len(heard(viewer)) == 20)
        listener.hush(False)
        after = say(publisher, range(21, 31))
        await viewer.until(lambda: len(heard(viewer)) == 30)
        assert heard(viewer) == [*before, *10 * [OPUS_SILENCE], *after]
        sound = w.relay._shows["room"].publication.tracks[Kind.AUDIO]
        viewer.send_rtcp(rtcp.nack(1, sound.ssrc, [(sound.backlog.newest - n) & 0xFFFF for n in range(30)]))
        await viewer.until(lambda: viewer.replays >= 10)
        await asyncio.sleep(0.2)
        assert viewer.replays == 10, "those after it, and nothing of what was said before"
        assert {len(copies) for copies in seen.values()} == {1}


async def test_who_is_hushed_before_they_come_hears_nothing_and_others_all() -> None:
    async with world() as w:
        publisher, viewer = await streaming(w)
        late = await w.viewer()
        first, second = w.relay._shows["room"].audience.viewers
        second.hush(True)
        words = say(publisher, range(1, 6))
        for one, expected in ((viewer, words), (late, 5 * [OPUS_SILENCE])):
            await one.until(lambda: len(heard(one)) == 5)  # noqa: B023 - it is waited for
            assert heard(one) == expected
        assert not first.is_hushed
        late.close()
        say(publisher, range(6, 8))
        await viewer.until(lambda: len(heard(viewer)) == 7)

"""AAC is made piece by piece, and nobody hears where the pieces meet."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import pytest

from config.errors import Busy, Missing
from media.hls.aac import AacMaker, aac_init
from media.hls.aac_wire import DELAY
from media.hls.fragments import Packet, packets
from media.hls.tracks import AAC_FRAME
from media.recording import mp4
from media.recording.facts import Part
from tests.media.hls.sound import RATE, SoundFile, Wave, bend, hammer, heard, opus, sine

SECONDS = 4
COUNT = 50 * SECONDS
START = 14 * 3600 * RATE
"""Fourteen hours into a show."""


@pytest.fixture
async def maker() -> AsyncIterator[AacMaker]:
    it = AacMaker()
    yield it
    await it.close()


async def joined(maker: AacMaker, file: SoundFile, name: str = "show/1") -> list[bytes]:
    return [await maker.piece(name, at, (part,), file.before(at), file.read)
            for at, part in enumerate(file.parts)]


@pytest.mark.parametrize("wave", [sine, hammer], ids=lambda wave: wave.__name__)
async def test_pieces_join_without_click_or_hole(maker: AacMaker, tmp_path: Path, wave: Wave) -> None:
    file = SoundFile(opus(wave, COUNT))
    pieces = heard(tmp_path / "pieces.mp4", aac_init() + b"".join(await joined(maker, file)))
    whole = await maker.piece("show/2", 0, tuple(file.parts), (), file.read)
    straight = heard(tmp_path / "whole.mp4", aac_init() + whole)
    assert len(pieces) == len(straight)
    assert len(pieces) == pytest.approx(SECONDS * RATE - DELAY, abs=AAC_FRAME)
    settled = slice(RATE // 4, None)
    assert max(abs(a - b) for a, b in zip(pieces[settled], straight[settled], strict=True)) < 0.02
    assert bend(pieces[settled]) < 1.05 * bend(straight[settled])


async def test_sound_stays_in_its_place(maker: AacMaker, tmp_path: Path) -> None:
    file = SoundFile(opus(sine, COUNT))
    sound = heard(tmp_path / "pieces.mp4", aac_init() + b"".join(await joined(maker, file)))
    lag = min(range(-400, 401), key=lambda lag: sum(
        (sound[at] - sine(at - lag)) ** 2 for at in range(RATE, RATE + 2000)))
    assert abs(lag - 312) < 60, "Opus encoders look 6.5 ms ahead, and nothing else moves the sound"


async def test_frames_lie_on_one_grid_however_they_are_asked_for(maker: AacMaker) -> None:
    file = SoundFile(opus(sine, COUNT, START + 17))
    frames = [frame for piece in await joined(maker, file) for frame in packets(piece)]
    assert all(frame.at % AAC_FRAME == 0 for frame in frames)
    assert all(before.end == after.at for before, after in pairwise(frames))
    assert frames[0].at - (START + 17 - DELAY) in range(AAC_FRAME)
    whole = list(packets(await maker.piece("show/2", 0, tuple(file.parts), (), file.read)))
    assert [frame.at for frame in whole] == [frame.at for frame in frames]


async def test_segment_after_its_parts_is_the_parts(maker: AacMaker) -> None:
    file = SoundFile(opus(sine, COUNT))
    pieces = await joined(maker, file)
    made = maker.made
    assert await maker.piece("show/1", 0, tuple(file.parts), (), file.read) == b"".join(pieces)
    assert maker.made == made


async def test_many_who_ask_at_once_cost_one(maker: AacMaker) -> None:
    file = SoundFile(opus(sine, 48))
    one = [maker.piece("show/1", 1, (file.parts[1],), file.before(1), file.read) for _ in range(500)]
    assert len(set(await asyncio.gather(*one))) == 1
    assert (maker.made, file.reads) == (1, 2)


async def test_a_hole_in_the_sound_stays_a_hole(maker: AacMaker) -> None:
    sounds = opus(sine, COUNT)
    file = SoundFile([*sounds[:96], *(Packet(p.at + 2 * RATE, p.duration, p.data) for p in sounds[96:])])
    frames = [frame for piece in await joined(maker, file) for frame in packets(piece)]
    (hole,) = [after.at - before.end for before, after in pairwise(frames) if after.at != before.end]
    assert abs(hole - 2 * RATE) <= AAC_FRAME
    assert all(frame.at % AAC_FRAME == 0 for frame in frames)


async def test_packets_that_are_missing_are_silence(maker: AacMaker, tmp_path: Path) -> None:
    sounds = opus(sine, COUNT)
    file = SoundFile([*sounds[:100], *sounds[110:]])
    sound = heard(tmp_path / "pieces.mp4", aac_init() + b"".join(await joined(maker, file)))
    assert len(sound) == pytest.approx(SECONDS * RATE - DELAY, abs=AAC_FRAME)
    middle = sound[2 * RATE + 1500 + 2000 : 2 * RATE + 1500 + 6000]
    assert max(map(abs, middle)) < 0.05


async def test_a_child_that_died_is_replaced(maker: AacMaker) -> None:
    file = SoundFile(opus(sine, 48))
    await maker.piece("show/1", 0, (file.parts[0],), (), file.read)
    assert maker.pid
    os.kill(maker.pid, signal.SIGKILL)
    with pytest.raises(Busy):
        await maker.piece("show/1", 1, (file.parts[1],), (), file.read)
    assert await maker.piece("show/1", 1, (file.parts[1],), (), file.read)


async def test_nonsense_is_silence_or_refused_and_what_follows_is_made(maker: AacMaker) -> None:
    file = SoundFile([Packet(n * 960, 960, os.urandom(40)) for n in range(32)])
    assert await maker.piece("show/1", 0, tuple(file.parts), (), file.read)

    async def torn(parts: tuple[Part, ...]) -> bytes:
        return mp4.fragment(1, 2, 0, [])[:-3]

    for read in (torn, lambda parts: asyncio.sleep(0, b"moof" * 9), lambda parts: asyncio.sleep(0, b"")):
        with pytest.raises(Missing):
            await maker.piece("show/2", 0, tuple(file.parts), (), read)
    good = SoundFile(opus(sine, 16))
    assert await maker.piece("show/3", 0, tuple(good.parts), (), good.read)


def test_packets_come_out_as_they_went_in() -> None:
    samples = [mp4.Sample(os.urandom(n), 960, is_keyframe=True) for n in (5, 80, 0, 3)]
    data = mp4.fragment(1, 2, START, samples[:2]) + mp4.fragment(2, 2, START + 1920, samples[2:])
    read = list(packets(data))
    assert [packet.data for packet in read] == [sample.data for sample in samples]
    assert [packet.at for packet in read] == [START + n * 960 for n in range(4)]

"""Packets that come to the tape later than they arrived: held back until they may be kept."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from media.recording.feed import Opening
from tests.media.recording.stream import EPOCH, Decoded, Stream, clip_of
from tests.media.recording.test_tape import Written

Factory = pytest.TempPathFactory


def test_what_is_held_back_for_a_while_is_no_silence(tmp_path: Path, tmp_path_factory: Factory) -> None:
    """It comes three seconds at a time, after the time has been told; nothing of it waits for a key frame."""
    show = Written(tmp_path / "recordings", Opening("show", EPOCH, 0, 0, 3600.0, late_seconds=10.0))
    waiting = list(Stream(clip_of(tmp_path_factory.mktemp("clips"))).packets(9))
    for second in range(13):
        show.tick(EPOCH + second)
        if not second % 3:
            some = [packet for packet in waiting if packet.arrived_at <= EPOCH + second]
            waiting = waiting[len(some) :]
            for packet in some:
                show.tape.packet(packet)
    assert not waiting
    show.stop()
    assert show.decoded() == Decoded(270, "")
    assert all(after.start == pytest.approx(before.end) for before, after in pairwise(show.parts))

"""Where a key frame begins in the backlog, whatever order its packets come in, and what finding it costs."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

from media.backlog import Backlog, MediaPacket
from media.codecs import Codec

SOURCE = Path(__file__).parents[2] / "media" / "backlog.py"
PARAMETERS, SLICE, DELTA = b"\x67\x42", b"\x7c\x85\x01", b"\x41\xaa"


def packet(number: int, payload: bytes, timestamp: int, *, begins: bool) -> MediaPacket:
    return MediaPacket(Codec.H264, 1, number, timestamp, False, begins, payload)


def test_parameter_sets_that_come_late_belong_to_the_keyframe_they_stand_before() -> None:
    """Whoever joined in between began without them, and saw nothing until the next keyframe."""
    kept = Backlog(16)
    kept.store(packet(9, DELTA, 0, begins=False))
    for number in (11, 12, 10):
        kept.store(packet(number, PARAMETERS if number == 10 else SLICE, 3000, begins=True))
    assert kept.keyframe == 10


def test_an_older_keyframe_that_comes_late_is_not_the_newest() -> None:
    kept = Backlog(16)
    for number, timestamp in ((5, 3000), (7, 6000), (6, 3000)):
        kept.store(packet(number, SLICE, timestamp, begins=True))
    assert kept.keyframe == 7
    kept.keyframe = -1  # another publisher is expected
    kept.store(packet(8, SLICE, 6000, begins=True))
    assert kept.keyframe == 7, "the whole frame"


@pytest.mark.threat("T5")
def test_a_publisher_whose_every_packet_begins_the_same_frame_costs_no_search_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of 5,000 packets under one timestamp each searched all that were kept: millions of steps a second."""
    looks = 0
    spec = spec_from_file_location("backlog_as_it_stands", SOURCE)
    assert spec
    assert spec.loader
    source = module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, source)
    spec.loader.exec_module(source)

    class Counted(source.Backlog):  # type: ignore[misc, name-defined]  # as it is not compiled
        def get(self, sequence: int) -> Any:
            nonlocal looks
            looks += 1
            return super().get(sequence)

    kept = Counted(4096)
    for number in range(5000):
        kept.store(packet(number, SLICE, 3000, begins=True))
    assert looks < 5000
    for number in range(5000, 10_000):
        kept.store(packet(number, SLICE, number, begins=True))
    assert looks < 10_000

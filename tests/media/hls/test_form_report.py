"""What a child reports is believed only as far as it can be true."""

from __future__ import annotations

from dataclasses import replace

import pytest

from media.hls.form_report import Listing
from media.hls.live import LiveShow
from media.recording.facts import Container, Part, Section

SECTION = Section(25, Container.MP4, "avc1.64001f", "opus", 960, 540, 1000)
PART = Part(100.0, 0.32, 1000, 5000, 500, True)


def listing() -> Listing:
    """Return one that may hear of 200 seconds, with a section."""
    made = Listing(LiveShow(0.0, 30.0))
    made.latest = 200.0
    made.section_began("show", SECTION)
    return made


def test_what_can_be_is_listed() -> None:
    made = listing()
    made.part_written("show", 25, 100, PART)
    made.part_written("show", 25, 101, replace(PART, start=100.32))
    assert len(made.live.timeline.pieces.all) == 2


@pytest.mark.parametrize(("section", "segment", "part"), [
    (25, 1_000_000_000, PART), (24, 100, PART), (25, 100, replace(PART, start=1e12)),
    (25, 100, replace(PART, start=float("nan"))), (25, 100, replace(PART, duration=0.0)),
    (25, 100, replace(PART, duration=float("inf"))), (25, 100, replace(PART, offset=-1)),
    (25, 100, replace(PART, video_bytes=1 << 40)),
])
def test_parts_that_cannot_be_are_refused(section: int, segment: int, part: Part) -> None:
    made = listing()
    with pytest.raises(ValueError, match="cannot be"):
        made.part_written("show", section, segment, part)
    assert len(made.live.timeline.pieces.all) == 0


@pytest.mark.parametrize("section", [
    replace(SECTION, number=25), replace(SECTION, number=1 << 20),
    replace(SECTION, number=26, init_bytes=1 << 30),
    replace(SECTION, number=26, video='avc1"\n#EXT'), replace(SECTION, number=26, width=1 << 20),
])
def test_sections_that_cannot_be_are_refused(section: Section) -> None:
    made = listing()
    with pytest.raises(ValueError, match="cannot be"):
        made.section_began("show", section)
    assert list(made.live.timeline.sections) == [25]

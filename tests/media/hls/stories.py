"""Shows with everything that may happen to them, told part by part, and their playlists at each step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from media.hls.lines import Kind, Listing
from media.hls.playlist import entries_from, live_playlist, whole_playlist
from media.hls.timeline import Timeline
from media.hls.tracks import Track
from media.recording.facts import Container, Section, Segment
from tests.media.hls.shows import BEGAN, section, segment, segments, steps

WINDOW = 30.0


@dataclass(frozen=True, slots=True)
class Story:
    """What happens in a show."""

    name: str
    sections: tuple[Section, ...]
    segments: tuple[Segment, ...]


STORIES = (
    Story("quiet", (section(),), tuple(segments(30))),
    Story("late key frames", (section(),), (
        segment(0, 0.0, 2.1), segment(1, 2.1, 4.4), *segments(9, start=6.5, first=2, duration=3.7))),
    Story("publisher who drops", (section(),), (
        *segments(8), *segments(9, start=21.3, first=8), *segments(12, start=400.0, first=17))),
    Story("small holes", (section(),), tuple(segment(at, at * 2.2) for at in range(30))),
    Story("late beginning", (section(),), tuple(segments(12, start=7.4))),
    Story("other format", (section(0), section(1, width=640, height=360, video="avc1.64001f"), section(2)), (
        *segments(7), *segments(9, start=14.0, first=7, section=1),
        *segments(9, start=36.0, first=16, section=2))),
    Story("rare key frames", (section(),), (*segments(5), *segments(4, start=10.0, first=5, duration=11.0))),
    Story("nothing but rare key frames", (section(),), tuple(segments(6, duration=14.0))),
    Story("sound that comes late", (section(),), (
        *segments(10, audio=0), *segments(10, start=20.0, first=10))),
    Story("no sound", (section(audio=""),), tuple(segments(18, audio=0))),
    Story("no picture", (section(video="", width=0, height=0),), tuple(segments(18, video=0))),
    Story("a stretch of VP8", (section(0), section(1, container=Container.WEBM, video="vp8"), section(2)), (
        *segments(7), *segments(5, start=14.0, first=7, section=1, audio=0),
        *segments(9, start=24.0, first=12, section=2))),
)


def states(story: Story) -> Iterator[Timeline]:
    """Yield the timeline after every part, once there is something to list; always the same object."""
    made = Timeline()
    for one in story.sections:
        made.add_section(one)
    for step in steps(story.segments, made):
        step()
        if made.target_seconds:
            yield made


def live(made: Timeline, track: Track, *, skip: bool = False, ended: bool = False) -> str:
    """Return the live playlist of a track."""
    listing = Listing(track, Kind.LIVE, BEGAN, "", made.sections)
    return live_playlist(made, listing, WINDOW, skip=skip, ended=ended)


def whole(made: Timeline, track: Track, kind: Kind = Kind.EVENT, *, skip: bool = False) -> str:
    """Return the whole playlist of a track."""
    listing = Listing(track, kind, BEGAN, "../", made.sections)
    lines = entries_from(made, listing, 0, len(made.closed), is_first=True)
    text = "".join(f"{line}\n" for line in lines)
    return whole_playlist(made, listing, text, skip=skip, ended=kind is Kind.VOD)


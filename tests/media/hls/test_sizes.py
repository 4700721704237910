"""A timeline that follows another one, and what rules say of the two together."""

from __future__ import annotations

import pytest

from media.hls.lines import Beside, Kind, Listing
from media.hls.multivariant import Size, multivariant_playlist
from media.hls.playlist import live_playlist
from media.hls.timeline import Timeline
from media.hls.tracks import Track
from media.recording.facts import Segment
from tests.media.hls.parsed import parse
from tests.media.hls.rules import breaches, change_breaches
from tests.media.hls.rules_sizes import reports_reach, sizes_agree
from tests.media.hls.shows import BEGAN, section, segments, timeline
from tests.media.hls.stories import WINDOW

SMALL = section(width=640, height=360, audio="")
SECTIONS = (section(0), section(1), section(2))
LATER = 0.7
"""So much later its key frames come."""


def pieces(count: int = 10) -> list[Segment]:
    """Return the segments of a show whose file changes twice."""
    return [*segments(count), *segments(count, start=20.0, first=10, section=1),
            *segments(count, start=40.0, first=20, section=2)]


def story() -> tuple[Timeline, list[tuple[float, Segment, bool]]]:
    """Return the show's timeline and what is told of it and of a size, which one asked for at second 8."""
    leader = Timeline()
    for one in SECTIONS:
        leader.add_section(one)
    told = [(one.parts[-1].end, one, True) for one in pieces()]
    of_size = segments(25, start=8.0 + LATER, first=8)
    told += [(one.parts[-1].end, one, False) for one in of_size]
    return leader, sorted(told, key=lambda it: it[0])


def tell(made: Timeline, one: Segment) -> None:
    for part in one.parts:
        made.add_part(one.section, one.number, part)
    made.end_segment()


def written(made: Timeline, beside: tuple[Beside, ...] = ()) -> str:
    listing = Listing(Track.VIDEO, Kind.LIVE, BEGAN, "", made.sections, beside)
    return live_playlist(made, listing, WINDOW, skip=False, ended=False)


def test_discontinuities_of_a_size_are_those_of_its_show() -> None:
    leader, told = story()
    small, old = Timeline(), ""
    for _, one, is_leader in told:
        if not is_leader and not small.closed:
            small = Timeline(leader)
            small.add_section(SMALL)
        tell(leader if is_leader else small, one)
        if not small.is_listed:
            continue
        text = written(small)
        assert breaches(text) == []
        assert not old or change_breaches(old, text) == []
        assert list(sizes_agree([parse(written(leader)), parse(text)])) == []
        old = text
    assert [entry.discontinuities for entry in small.closed][-1] == 2
    assert parse(old).listed("EXT-X-SERVER-CONTROL") == parse(written(leader)).listed("EXT-X-SERVER-CONTROL")


def test_another_file_of_a_size_is_no_discontinuity_where_its_show_has_none() -> None:
    leader = timeline([section()], segments(30))
    small = Timeline(leader)
    for number, first, start in ((0, 5, 10.0), (1, 20, 40.0)):
        small.add_section(section(number, audio=""))
        for one in segments(5, start=start, first=first, section=number):
            tell(small, one)
    text = written(small)
    assert "#EXT-X-DISCONTINUITY\n" not in text
    assert [entry.value("EXT-X-MAP") for entry in parse(text).entries if entry.has("EXT-X-MAP")] == [
        'URI="video/0.init.mp4"', 'URI="video/1.init.mp4"']
    assert breaches(text, follows=True) == []


def test_smaller_sizes_are_listed_behind_the_picture_with_the_same_sounds() -> None:
    made = timeline([section()], segments(9))
    size = Size("layers/h/video.m3u8", ("avc1.42c01e",), 640, 360, 600_000, 400_000)
    for one in (section(), section(audio="")):
        text = multivariant_playlist([one], made.rates, (size,))
        assert breaches(text) == []
        variants = parse(text).variants
        assert [uri for _, uri in variants] == sorted((uri for _, uri in variants), reverse=True)
        assert [it.get("AUDIO") for it, uri in variants if uri == size.uri] == (
            ["opus", "aac"] if one.audio else [None])
        (small, *_) = [it for it, uri in variants if uri == size.uri]
        sound = made.rates.audio if one.audio else 0
        assert int(small["AVERAGE-BANDWIDTH"]) == pytest.approx(400_000 + sound, abs=1)
        assert small["CODECS"] == ("avc1.42c01e,opus" if one.audio else "avc1.42c01e")
    sound_only = section(video="", width=0, height=0)
    assert "layers" not in multivariant_playlist([sound_only], made.rates, (size,))


def sized() -> dict[str, str]:
    """Return the playlists of a show with a change of file, and of a size of it."""
    leader = timeline(SECTIONS[:2], pieces()[:20])
    small = Timeline(leader)
    small.add_section(SMALL)
    for one in segments(15, start=10.0, first=10):
        tell(small, one)
    uris = "video.m3u8", "layers/h/video.m3u8"
    both = written(leader, (Beside(uris[1], small),)), written(small, (Beside(f"../../{uris[0]}", leader),))
    return dict(zip(uris, both, strict=True))


@pytest.mark.parametrize(("what", "instead"), [
    ("TARGETDURATION:4", "TARGETDURATION:5"), ("#EXT-X-DISCONTINUITY\n", ""),
    ("DISCONTINUITY-SEQUENCE:0", "DISCONTINUITY-SEQUENCE:1")])
def test_sizes_that_differ_are_seen(what: str, instead: str) -> None:
    main, small = sized().values()
    assert list(sizes_agree([parse(main), parse(small)])) == []
    assert what in small
    assert list(sizes_agree([parse(main), parse(small.replace(what, instead))]))


@pytest.mark.parametrize(("what", "instead"), [
    ('URI="../../video', 'URI="../video'), ("LAST-MSN=", "LAST-MSN=9"),
    ("#EXT-X-RENDITION-REPORT", "#EXT-X-NONE")])
def test_reports_that_lead_nowhere_are_seen(what: str, instead: str) -> None:
    texts = {uri: without_sound(text) for uri, text in sized().items()}
    assert list(reports_reach({uri: parse(text) for uri, text in texts.items()})) == []
    small = texts["layers/h/video.m3u8"]
    assert what in small
    broken = texts | {"layers/h/video.m3u8": small.replace(what, instead)}
    assert list(reports_reach({uri: parse(text) for uri, text in broken.items()}))


def without_sound(text: str) -> str:
    """Return a playlist without the reports of the sounds, which are not among these."""
    sounds = tuple(f'#EXT-X-RENDITION-REPORT:URI="{track}.m3u8"' for track in (Track.OPUS, Track.AAC))
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith(sounds))

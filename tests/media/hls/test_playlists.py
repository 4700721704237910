"""Playlists of every story keep every rule, part by part, and lead to the right second."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import m3u8
import pytest

from media.hls.lines import Kind
from media.hls.multivariant import Captions, multivariant_playlist
from media.hls.playlist import window_start
from media.hls.tracks import Track, tracks_of
from tests.media.hls.parsed import Playlist, parse
from tests.media.hls.rules import breaches, change_breaches
from tests.media.hls.rules_sets import tracks_agree
from tests.media.hls.shows import BEGAN, section, segments, timeline
from tests.media.hls.stories import STORIES, Story, live, states, whole

CAPTIONS = (
    Captions("ar", "العربية", "captions/ar.m3u8"), Captions("en", 'The "English"', "captions/en.m3u8"))
every_story = pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)


@every_story
def test_live_playlists_keep_every_rule_part_by_part(story: Story) -> None:
    for track in tracks_of(story.sections):
        old = ""
        for made in states(story):
            text = live(made, track)
            assert breaches(text) == []
            assert made.growing or breaches(live(made, track, skip=True)) == []
            assert not old or change_breaches(old, text) == []
            old = text
        ended = live(made, track, ended=True)
        assert breaches(ended) + change_breaches(old, ended) == []


@every_story
def test_whole_playlists_keep_every_rule_segment_by_segment(story: Story) -> None:
    for track in tracks_of(story.sections):
        seen = [whole(made, track) for made in states(story) if not made.growing]
        assert [breach for text in seen for breach in breaches(text)] == []
        assert [breach for old, new in pairwise(seen) for breach in change_breaches(old, new)] == []
        assert breaches(whole(timeline(story.sections, story.segments), track, Kind.VOD)) == []


@every_story
def test_all_tracks_of_a_show_agree(story: Story) -> None:
    for made in (made for made in states(story) if not made.growing):
        assert list(tracks_agree([parse(live(made, track)) for track in tracks_of(story.sections)])) == []


@every_story
def test_multivariant_playlist_keeps_every_rule(story: Story) -> None:
    made = timeline(story.sections, story.segments)
    text = multivariant_playlist(made.sections.values(), made.rates, captions=CAPTIONS, frame_rate=29.97)
    assert breaches(text) == []
    assert m3u8.loads(text).is_variant
    assert len(m3u8.loads(text).playlists) == (2 if any(one.audio for one in story.sections) else 1)


@every_story
def test_positions_are_seconds_of_the_timeline(story: Story) -> None:
    made = timeline(story.sections, story.segments)
    for track in tracks_of(story.sections):
        position = 0.0
        for entry, listed in zip(parse(whole(made, track, Kind.VOD)).entries, made.closed, strict=True):
            assert position == pytest.approx(listed.start, abs=0.51)
            position += entry.seconds
        assert position == pytest.approx(story.segments[-1].start + story.segments[-1].duration, abs=0.51)


@every_story
def test_another_parser_reads_the_same(story: Story) -> None:
    for at, made in enumerate(states(story)):
        for track in tracks_of(story.sections) if at % 7 == 0 else ():
            for text in (live(made, track), whole(made, track)):
                other, mine = m3u8.loads(text), parse(text)
                listed = [one for one in other.segments if one.uri]
                assert [one.uri for one in listed] == [entry.uri for entry in mine.entries]
                gaps = [entry.has("EXT-X-GAP") for entry in mine.entries]
                assert [one.gap_tag is not None for one in listed] == gaps
                assert sum(len(one.parts) for one in other.segments) == len(parts_of(mine))
                assert other.target_duration == made.target_seconds
                assert (other.media_sequence or 0) == mine.first


def parts_of(it: Playlist) -> list[dict[str, str]]:
    return [part for entry in it.with_growing for part in entry.parts]


def test_window_lists_what_the_setting_says_and_the_whole_everything() -> None:
    made = timeline([section()], segments(100))
    assert sum(entry.seconds for entry in parse(live(made, Track.VIDEO)).entries) == pytest.approx(30)
    assert len(parse(whole(made, Track.VIDEO)).entries) == 100
    assert parse(live(made, Track.VIDEO)).first == 85


def test_dates_are_the_moments_of_the_show() -> None:
    made = timeline([section()], [*segments(3), *segments(9, start=1000.25, first=3)])
    (date,) = {entry.value("EXT-X-PROGRAM-DATE-TIME") for entry in parse(live(made, Track.OPUS)).entries
               if entry.uri == "opus/3.m4s"}
    assert date
    assert datetime.fromisoformat(date) == datetime.fromtimestamp(BEGAN + 1000.25, UTC)


def test_delta_update_is_the_full_one_without_its_beginning() -> None:
    made = timeline([section()], segments(400))
    full, update = parse(whole(made, Track.VIDEO)), parse(whole(made, Track.VIDEO, skip=True))
    assert update.skipped == 400 - 12
    assert [entry.uri for entry in update.entries] == [entry.uri for entry in full.entries][-12:]
    assert len(whole(made, Track.VIDEO, skip=True)) < len(whole(made, Track.VIDEO)) / 20


def test_segment_longer_than_the_target_is_listed_in_stretches() -> None:
    story = next(one for one in STORIES if one.name == "rare key frames")
    made = timeline(story.sections, story.segments)
    names = [entry.uri for entry in parse(whole(made, Track.VIDEO)).entries]
    pieces = ["5.0-12", "5.13-25", "5.26-32", "6.0-12"]
    assert names[5:9] == [f"../video/{piece}.m4s" for piece in pieces]
    assert parse(whole(made, Track.VIDEO)).all("EXT-X-INDEPENDENT-SEGMENTS") == []
    assert parse(whole(made, Track.OPUS)).all("EXT-X-INDEPENDENT-SEGMENTS") == [""]


def test_target_duration_follows_the_first_segment_within_bounds() -> None:
    for duration, target in ((0.5, 4), (2.0, 4), (4.4, 4), (4.6, 5), (8.3, 8), (30.0, 10)):
        assert timeline([section()], segments(1, duration=duration)).target_seconds == target


def test_part_target_is_larger_only_where_parts_are() -> None:
    assert "PART-TARGET=0.35" in live(timeline([section()], segments(9)), Track.VIDEO)
    slow = timeline([section()], [*segments(9, part=0.5)])
    assert "PART-TARGET=0.5\n" in live(slow, Track.VIDEO)
    assert breaches(live(slow, Track.VIDEO)) == []


def test_rates_are_those_of_the_segments() -> None:
    made = timeline([section()], [*segments(9), *segments(1, first=9, start=18, video=120_000)])
    (first, _), (second, _) = parse(multivariant_playlist(made.sections.values(), made.rates)).variants
    assert int(first["BANDWIDTH"]) == pytest.approx((120_000 + 2_000) * 6 * 8 / 2, abs=2)
    assert int(first["AVERAGE-BANDWIDTH"]) == pytest.approx((66_000 + 2_000) * 6 * 8 / 2, abs=2)
    assert second["CODECS"] == "avc1.42e01f,mp4a.40.2"
    assert (first["AUDIO"], second["AUDIO"]) == ("opus", "aac")


def test_a_short_segment_counts_for_the_peak_with_those_beside_it() -> None:
    """Who drops leaves some, with a key frame each: alone they would say too much, left out too little."""
    short = segments(1, first=9, start=18, duration=1.0, video=120_000)
    around = segments(9, video=12_000), segments(9, first=10, start=20, video=12_000)
    made = timeline([section()], [*around[0], *short, *around[1]])
    text = multivariant_playlist(made.sections.values(), made.rates)
    rate = (120_000 * 3 + 12_000 * 6 + 2_000 * 9) * 8 / 3
    assert int(parse(text).variants[0][0]["BANDWIDTH"]) == pytest.approx(rate, abs=2)


def test_the_peak_is_never_below_the_average() -> None:
    """As where almost everything that was sent is short."""
    short = (segments(1, first=at, start=7.0 * at, duration=1.9, video=120_000) for at in range(1, 9))
    made = timeline([section()], [*segments(1, duration=6.0), *(it for (it,) in short)])
    assert breaches(multivariant_playlist(made.sections.values(), made.rates)) == []


def test_hint_leads_to_the_next_segment_where_one_is_full() -> None:
    made = timeline([section()], segments(3))
    (seventh,) = segments(1, first=3, start=6.0)
    for at, part in enumerate(seventh.parts):
        made.add_part(0, 3, part)
        hint = parse(live(made, Track.VIDEO)).listed("EXT-X-PRELOAD-HINT")["URI"]
        assert hint == (f"video/3.{at + 1}.m4s" if at < 5 else "video/4.0.m4s")


def test_window_never_falls_below_three_targets() -> None:
    made = timeline([section()], segments(40))
    assert 40 - window_start(made, 1.0) == 6

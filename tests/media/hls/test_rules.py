"""Each rule can fail: a sound playlist, broken in one place, breaks that rule."""

from __future__ import annotations

import pytest

from media.hls.multivariant import multivariant_playlist
from media.hls.tracks import Track
from tests.media.hls.parsed import parse
from tests.media.hls.rules import (
    CHANGE_RULES,
    MEDIA_RULES,
    RULES,
    SET_RULES,
    ChangeRule,
    Rule,
    breaches,
    change_breaches,
)
from tests.media.hls.rules_sets import tracks_agree
from tests.media.hls.shows import section, segments, timeline
from tests.media.hls.stories import live, whole

MADE = timeline([section(0), section(1)], [
    *segments(12), *segments(3, start=30.0, first=12), *segments(6, start=36.0, first=15, section=1)])
for _part in segments(1, start=48.0, first=21, section=1)[0].parts[:3]:
    MADE.add_part(1, 21, _part)
LIVE, DELTA, EVENT = live(MADE, Track.VIDEO), live(MADE, Track.VIDEO, skip=True), whole(MADE, Track.VIDEO)
SETS = multivariant_playlist(MADE.sections.values(), MADE.rates)
TYPE = "#EXT-X-TARGETDURATION:4\n#EXT-X-PLAYLIST-TYPE:EVENT\n"
BROKEN = {
    "begins_right": (LIVE, "#EXTM3U\n", ""),
    "is_clean_text": (LIVE, "#EXTM3U", "#EXTM3U\x85"),
    "says_once": (LIVE, "#EXT-X-VERSION:9\n", "#EXT-X-VERSION:9\n#EXT-X-VERSION:9\n"),
    "has_version": (LIVE, "#EXT-X-VERSION:9", "#EXT-X-VERSION:7"),
    "has_target": (LIVE, "#EXT-X-TARGETDURATION:4", "#EXT-X-TARGETDURATION:4.5"),
    "keeps_to_target": (LIVE, "#EXTINF:2,", "#EXTINF:4.6,"),
    "has_durations": (LIVE, "#EXTINF:2,\n", ""),
    "head_comes_first": (LIVE, "#EXT-X-PRELOAD-HINT", "#EXT-X-MEDIA-SEQUENCE:9\n#EXT-X-PRELOAD-HINT"),
    "maps_come_before": (LIVE, '#EXT-X-MAP:URI="video/0.init.mp4"\n', ""),
    "tags_come_before_parts": (LIVE, ",INDEPENDENT=YES\n", ",INDEPENDENT=YES\n#EXT-X-DISCONTINUITY\n"),
    "new_map_is_discontinuity": (LIVE, "#EXT-X-DISCONTINUITY\n", ""),
    "dates_are_whole": (LIVE, "Z\n", "\n"),
    "dates_agree": (LIVE, "#EXTINF:2,", "#EXTINF:3,"),
    "live_is_long_enough": (LIVE, "#EXT-X-TARGETDURATION:4", "#EXT-X-TARGETDURATION:14"),
    "live_has_no_type": (LIVE, "#EXT-X-TARGETDURATION:4\n", TYPE),
    "discontinuities_are_numbered": (LIVE, "#EXT-X-DISCONTINUITY-SEQUENCE:0\n", ""),
    "parts_have_target": (LIVE, "#EXT-X-PART-INF:PART-TARGET=0.35\n", ""),
    "parts_are_short": (LIVE, "#EXT-X-PART:DURATION=0.33333", "#EXT-X-PART:DURATION=0.43333"),
    "parts_are_long_enough": (LIVE, "PART-TARGET=0.35", "PART-TARGET=0.45"),
    "parts_fill_their_segment": (LIVE, "#EXT-X-PART:DURATION=0.33333", "#EXT-X-PART:DURATION=0.3"),
    "old_parts_are_gone": (LIVE, "#EXT-X-GAP\n", '#EXT-X-GAP\n#EXT-X-PART:DURATION=0.3,URI="p",GAP=YES\n'),
    "holds_back": (LIVE, "PART-HOLD-BACK=1.75", "PART-HOLD-BACK=0.7"),
    "skips_far_enough": (DELTA, "CAN-SKIP-UNTIL=24", "CAN-SKIP-UNTIL=23"),
    "low_latency_blocks": (LIVE, "CAN-BLOCK-RELOAD=YES,", ""),
    "hints_are_few": (LIVE, "video/21.3.m4s", "video/21.2.m4s"),
    "reports_say_where": (LIVE, 'URI="aac.m3u8"', 'URI="/aac.m3u8"'),
    "has_variants": (SETS, "video.m3u8", ""),
    "variants_have_rates": (SETS, "STREAM-INF:BANDWIDTH=", "STREAM-INF:BANDWIDTH=0,X-WAS="),
    "variants_have_codecs": (SETS, 'CODECS="', 'CODECS=",'),
    "groups_are_there": (SETS, 'GROUP-ID="aac"', 'GROUP-ID="mp3"'),
    "names_are_single": (SETS, 'GROUP-ID="aac"', 'GROUP-ID="opus"'),
}
CHANGED = {
    "target_stays": (LIVE, "#EXT-X-TARGETDURATION:4", "#EXT-X-TARGETDURATION:5"),
    "numbers_only_grow": (LIVE, "#EXT-X-MEDIA-SEQUENCE:", "#EXT-X-MEDIA-SEQUENCE:-"),
    "entries_stay_the_same": (LIVE, "video/16.m4s", "video/16.0-5.m4s"),
    "entries_go_in_order": (LIVE, "#EXTINF:2,\nvideo/20.m4s\n", ""),
    "discontinuities_stay": (LIVE, "#EXT-X-DISCONTINUITY\n", ""),
    "ended_stays_ended": (live(MADE, Track.VIDEO, ended=True), "#EXT-X-ENDLIST", ""),
    "events_keep_everything": (EVENT, "#EXTINF:2,\n../video/3.m4s\n", ""),
    "parts_stay_the_same": (LIVE, "0.33333,URI=\"video/20.3", "0.33334,URI=\"video/20.3"),
}


def name_of(rule: Rule | ChangeRule) -> str:
    return getattr(rule.breaches, "__name__", "")


def test_what_is_broken_here_is_sound_as_it_is() -> None:
    assert [breach for text in (LIVE, DELTA, EVENT, SETS) for breach in breaches(text)] == []
    assert parse(DELTA).skipped


def test_every_rule_is_broken_here() -> None:
    assert {name_of(rule) for rule in (*RULES, *MEDIA_RULES, *SET_RULES)} == set(BROKEN)
    assert {name_of(rule) for rule in CHANGE_RULES} == set(CHANGED)


@pytest.mark.parametrize("rule", [*RULES, *MEDIA_RULES, *SET_RULES], ids=lambda rule: rule.says)
def test_broken_playlist_breaks_its_rule(rule: Rule) -> None:
    text, what, instead = BROKEN[name_of(rule)]
    assert what in text
    assert list(rule.breaches(parse(text))) == []
    assert list(rule.breaches(parse(text.replace(what, instead))))


@pytest.mark.parametrize("rule", CHANGE_RULES, ids=lambda rule: rule.says)
def test_broken_change_breaks_its_rule(rule: ChangeRule) -> None:
    text, what, instead = CHANGED[name_of(rule)]
    assert what in text
    assert change_breaches(text, text) == []
    assert list(rule.breaches(parse(text), parse(text.replace(what, instead))))


def test_tracks_that_differ_are_seen() -> None:
    video, opus = parse(LIVE), parse(live(MADE, Track.OPUS))
    assert list(tracks_agree([video, opus])) == []
    for what, instead in (("DURATION:4", "DURATION:5"), ("#EXT-X-DISCONTINUITY\n", "")):
        assert list(tracks_agree([video, parse(live(MADE, Track.OPUS).replace(what, instead))]))

"""Who wants no picture of a show is offered its sound, in either form, and nothing else."""

from __future__ import annotations

import pytest

from config.errors import Missing
from media.hls.live import LiveShow
from media.hls.multivariant import multivariant_playlist
from tests.media.hls.parsed import parse
from tests.media.hls.rules import breaches
from tests.media.hls.shows import BEGAN, section, segments, timeline
from tests.media.hls.stories import Story
from tests.media.hls.test_live import show, tell, text
from tests.media.hls.test_playlists import CAPTIONS, every_story


@every_story
def test_who_wants_no_picture_is_offered_each_sound_alone(story: Story) -> None:
    made = timeline(story.sections, story.segments)
    written = multivariant_playlist(made.sections.values(), made.rates, captions=CAPTIONS, has_picture=False)
    if not any(one.audio for one in story.sections):
        assert parse(written).variants == []
        return
    assert breaches(written) == []
    assert [uri for _, uri in parse(written).variants] == ["opus.m3u8", "aac.m3u8"]
    assert [(it["CODECS"], "RESOLUTION" in it) for it, _ in parse(written).variants] == [
        ("opus", False), ("mp4a.40.2", False)]


async def test_sound_alone_is_offered_where_there_is_one() -> None:
    made = show()
    assert "video" not in text(await made.multivariant(whole=False, has_picture=False))
    made.ended()
    assert text(await made.multivariant(whole=False, has_picture=False)).count("whole/") == 2
    silent = LiveShow(BEGAN, 30.0)
    silent.section_began(section(audio=""))
    for one in segments(2):
        tell(silent, one)
    with pytest.raises(Missing) as refused:
        await silent.multivariant(whole=False, has_picture=False)
    assert refused.value.code == "no_track"

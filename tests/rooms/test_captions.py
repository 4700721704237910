"""Captions of shows: by language, by whom they may be changed, and how live ones grow."""

from __future__ import annotations

import asyncio
from dataclasses import asdict

import pytest
from sqlalchemy import func, select

from config.errors import Conflict, Denied, Invalid, Missing
from config.ids import AccountId, ShowId
from rooms.fair.caption_keys import CaptionKeys
from rooms.fair.captions import Captions, Kind, cue_id, name_of, tag_of
from rooms.fair.database import Database, insert_once
from rooms.fair.models import ShowPostRow
from rooms.fair.moments import Moments, ShowPost, deleted
from rooms.fair.policy import Actor, Role
from rooms.fair.recordings import Recordings
from rooms.fair.show_models import CaptionCueRow
from rooms.fair.shows_log import ShowLog
from rooms.fair.stream_keys import StreamKeys
from rooms.fair.webvtt import MOST_CUES, Cue
from rooms.live.shows import Show, ShowState
from tests.rooms.fair_facts import LAMP, OAK, Clock, buyer, furnish, guest, organiser, staff

SHOW = ShowId("show-1")


def cue(start: float, text: str, id_: str = "") -> Cue:
    return Cue(id_, start, start + 2, text)


@pytest.fixture
def captions(database: Database) -> Captions:
    return Captions(database, Clock())


async def test_captions_are_kept_in_order_and_replaced_as_a_whole(captions: Captions) -> None:
    track = await captions.put(staff(), SHOW, OAK, "ZH-hans", "", [cue(9, "二"), cue(1, "一")])
    assert (track.language, track.title, track.kind) == ("zh-Hans", "中文 (简体)", Kind.UPLOADED)
    assert [one.text for one in await captions.cues(SHOW, "zh-Hans")] == ["一", "二"]
    await captions.put(staff(), SHOW, OAK, "zh-Hans", " Simplified\n", [cue(3, "三")])
    assert [one.text for one in await captions.cues(SHOW, "zh-Hans")] == ["三"]
    assert await captions.languages(SHOW) == [("zh-Hans", "Simplified")]


async def test_a_stretch_of_a_show_has_what_is_shown_in_it(captions: Captions) -> None:
    await captions.put(staff(), SHOW, OAK, "en", "", [cue(n * 10 - 1, str(n)) for n in range(1, 10)])
    assert [one.text for one in await captions.cues(SHOW, "en", 30, 60)] == ["3", "4", "5", "6"]
    assert [one.text for one in await captions.cues(SHOW, "en", 31, 59)] == ["4", "5"]


@pytest.mark.parametrize("actor", [buyer(), guest(), organiser(), staff(1, LAMP)])
async def test_only_the_rooms_staff_change_captions(captions: Captions, actor: Actor) -> None:
    await captions.put(staff(), SHOW, OAK, "en", "", [cue(1, "a")])
    with pytest.raises(Denied):
        await captions.put(actor, SHOW, OAK, "en", "", [])
    with pytest.raises(Denied):
        await captions.delete(actor, SHOW, OAK, "en")
    assert len(await captions.cues(SHOW, "en")) == 1


async def test_the_second_of_two_editors_is_told(captions: Captions, database: Database) -> None:
    clock = Clock()
    captions = Captions(database, clock)
    first = await captions.put(staff(), SHOW, OAK, "en", "", [cue(1, "a")])
    clock.move(1)
    second = await captions.put(staff(), SHOW, OAK, "en", "", [cue(1, "b")], first.changed_at)
    with pytest.raises(Conflict):
        await captions.put(staff(2), SHOW, OAK, "en", "", [cue(1, "c")], first.changed_at)
    assert [one.text for one in await captions.cues(SHOW, "en")] == ["b"]
    await captions.put(staff(2), SHOW, OAK, "en", "", [cue(1, "c")], second.changed_at)


async def test_deleted_captions_are_gone(captions: Captions, database: Database) -> None:
    await captions.put(staff(), SHOW, OAK, "en", "", [cue(1, "a")])
    await captions.put(staff(), SHOW, OAK, "ar", "", [cue(1, "b")])
    await captions.delete(staff(), SHOW, OAK, "en")
    assert [language for language, _ in await captions.languages(SHOW)] == ["ar"]
    with pytest.raises(Missing):
        await captions.cues(SHOW, "en")


async def test_captions_go_with_the_recording(captions: Captions, database: Database) -> None:
    recordings = Recordings(database, Clock())
    for show in (SHOW, ShowId("show-2")):
        await captions.put(staff(), show, OAK, "en", "", [cue(1, "a")])
    await recordings.begin(SHOW, OAK, 1000.0, "node")
    await recordings.end(SHOW, "ended")
    await recordings.delete(staff(), SHOW)
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(CaptionCueRow)) == 1
    assert await captions.languages(SHOW) == []
    assert await captions.languages(ShowId("show-2")) == [("en", "English")]


async def test_nothing_is_kept_of_what_is_said_after_the_recording_was_deleted(
    captions: Captions, database: Database
) -> None:
    """Its room had no room left, so that it is deleted while the show goes on and is captioned."""
    recordings = Recordings(database, Clock())
    await recordings.begin(SHOW, OAK, 1000.0, "node")
    await captions.add_live(SHOW, OAK, "en", [cue(1, "a", "1")])
    await recordings.end(SHOW, "quota")
    await recordings.delete(staff(), SHOW)
    with pytest.raises(Missing):
        await captions.add_live(SHOW, OAK, "en", [cue(2, "b", "2")])
    with pytest.raises(Missing):
        await captions.put(staff(), SHOW, OAK, "de", "", [cue(1, "a")])
    assert await captions.languages(SHOW) == []


async def test_what_is_written_down_while_a_recording_is_deleted_goes_with_it(any_database: Database) -> None:
    recordings = Recordings(any_database, Clock())
    await recordings.begin(SHOW, OAK, 1000.0, "node")
    await recordings.end(SHOW, "quota")
    async with any_database.session() as session:
        assert await deleted(session, {SHOW}) == frozenset()
        deleting = asyncio.create_task(recordings.delete(staff(), SHOW))
        await asyncio.wait({deleting}, timeout=0.5)
        post = ShowPost("post", SHOW, 1.0, AccountId("a"), "Rosa", "Andes", Role.BUYER, "Hello", 1001.0)
        await insert_once(session, ShowPostRow, asdict(post))
    await deleting
    assert await Moments(any_database).posts(SHOW) == []


async def test_captions_of_shows_without_a_recording_are_forgotten_in_time(
    captions: Captions, database: Database
) -> None:
    clock = Clock()
    show = Show(SHOW, OAK, ShowState.LIVE, "Ada", clock.now, None, None, 1)
    log = ShowLog(database, clock)
    await log.begin(show)
    await captions.put(staff(), SHOW, OAK, "en", "", [cue(1, "a")])
    await captions.forget_unrecorded(clock.now + 1)
    assert await captions.languages(SHOW) == [("en", "English")], "it runs"
    await log.end(show)
    await captions.forget_unrecorded(clock.now)
    assert await captions.languages(SHOW) == [("en", "English")], "it ended now, not before"
    await captions.forget_unrecorded(clock.now + 1)
    assert await captions.languages(SHOW) == []


async def test_a_live_caption_grows_under_its_id(captions: Captions) -> None:
    await captions.add_live(SHOW, OAK, "en", [cue(1, "Good", "a"), cue(2, "Next", "b")])
    await captions.add_live(SHOW, OAK, "en", [cue(1, "Good morning", "a")])
    assert [one.text for one in await captions.cues(SHOW, "en")] == ["Good morning", "Next"]
    assert (await captions.track(SHOW, "en")).kind is Kind.LIVE


async def test_finished_captions_are_not_overwritten_by_live_ones(captions: Captions) -> None:
    await captions.put(staff(), SHOW, OAK, "en", "", [cue(1, "checked")])
    with pytest.raises(Conflict):
        await captions.add_live(SHOW, OAK, "en", [cue(1, "heard")])
    assert [one.text for one in await captions.cues(SHOW, "en")] == ["checked"]


async def test_two_captioners_at_once_make_one_track(captions: Captions) -> None:
    work = (captions.add_live(SHOW, OAK, "en", [cue(n, str(n), str(n))]) for n in range(8))
    await asyncio.gather(*work)
    assert len(await captions.cues(SHOW, "en")) == 8


async def test_numbers_are_bounded(captions: Captions) -> None:
    with pytest.raises(Invalid):
        await captions.put(staff(), SHOW, OAK, "en", "", [cue(1, "a")] * (MOST_CUES + 1))
    for number in range(20):
        await captions.put(staff(), SHOW, OAK, f"{chr(97 + number)}a", "", [])
    with pytest.raises(Invalid) as refusal:
        await captions.put(staff(), SHOW, OAK, "zz", "", [])
    assert refusal.value.code == "too_many_languages"
    with pytest.raises(Invalid):
        await captions.put(staff(), SHOW, OAK, "aa", "", [Cue("", 5, 4, "x")])


@pytest.mark.parametrize("language", ["", "e", "english", "en_GB", "en-", "../en", "en-GB-x", "e1", "\ud800"])
def test_what_is_no_language_is_refused(language: str) -> None:
    with pytest.raises(Invalid):
        tag_of(language)


def test_languages_are_spelt_one_way_and_named_by_themselves() -> None:
    spelt = {"EN": "en", "pt-br": "pt-BR", "ZH-hant-tw": "zh-Hant-TW", "es-419": "es-419"}
    assert {tag: tag_of(tag) for tag in spelt} == spelt
    assert [name_of(tag) for tag in ("en", "ar", "xx")] == ["English", "العربية", "xx"]


def test_ids_of_cues_are_short_and_plain() -> None:
    assert cue_id("a-1.2:3") == "a-1.2:3"
    assert cue_id("") != cue_id("")
    for bad in ("a b", "x" * 65, "<b>", "\n"):
        with pytest.raises(Invalid):
            cue_id(bad)


async def test_a_caption_key_is_another_than_a_stream_key(database: Database) -> None:
    await furnish(database)
    caption_keys, stream_keys = CaptionKeys(database, Clock()), StreamKeys(database, Clock())
    old, stream = await caption_keys.rotate(OAK, staff().id), await stream_keys.rotate(OAK, staff().id)
    new = await caption_keys.rotate(OAK, staff().id)
    assert new.startswith("ck_")
    assert await caption_keys.verify(OAK, new)
    for key in (old, stream, "", "ck_"):
        assert not await caption_keys.verify(OAK, key)
    assert not await caption_keys.verify(LAMP, new)
    assert not await stream_keys.verify(OAK, new)

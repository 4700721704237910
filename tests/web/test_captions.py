"""Captions by HTTP: sent live with a key, uploaded and edited by staff, served in step with the show."""

from __future__ import annotations

import io
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urljoin

import pytest
import pytest_asyncio

from config.ids import AccountId, ShowId
from rooms.fair.policy import Actor, Role
from rooms.fair.recording import Access, KeptSection, KeptSegment
from rooms.fair.webvtt import Cue, write
from rooms.live.shows import Show, ShowState
from tests.signaling.fair import Talker
from tests.web.conftest import LUMEN, OTHER_STAFF, TILE, OpenFair
from tests.web.visitor import Answer, Visitor, visitor
from web.hls_captions import playlist_text

pytestmark = pytest.mark.asyncio(loop_scope="session")

VTT = "WEBVTT\n\n00:28.000 --> 00:33.000\nacross\n\n01:05.000 --> 01:06.000\n<i>late</i>\n"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def show(fair: OpenFair) -> AsyncIterator[Show]:
    """A show of `tile`; captions ask for no picture."""
    running = await fair.parts.shows.begin(TILE, "Tia")
    await fair.parts.show_log.begin(running)
    yield running
    await fair.parts.shows.end(TILE)
    await fair.parts.show_log.end(running)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def anchor(fair: OpenFair) -> AsyncIterator[Visitor]:
    """Staff of `tile`."""
    async with visitor(fair.base_url) as somebody:
        await somebody.sign_in(OTHER_STAFF)
        yield somebody


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def key(anchor: Visitor) -> str:
    answer = await anchor.post_json(f"/api/rooms/{TILE}/caption-key", {})
    assert answer.json["captions_url"].endswith(f"/captions/{TILE}")
    return str(answer.json["key"])


async def recorded(fair: OpenFair, show: str, seconds: float) -> ShowId:
    """A show of `tile` that is over and whose records, if not its files, are there."""
    records, started_at = fair.parts.recordings, time.time() - seconds
    await fair.parts.show_log.begin(Show(ShowId(show), TILE, ShowState.LIVE, "", started_at, None, None, 1))
    await records.begin(show, TILE, started_at, "elsewhere")
    await records.add_section(show, KeptSection(0, "mp4", "avc1.42e01f", "opus", 640, 360, 800))
    parts = f"[[0,{seconds},9000,1000,1]]"
    await records.add_segments([KeptSegment(show, 0, 0, 0.0, seconds, 800, 10_000, parts)])
    await records.end(show, "ended")
    return ShowId(show)


async def say(somebody: Visitor, key: str, body: Any, room: str = TILE) -> Answer:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return await somebody.ask("POST", f"/captions/{room}", json=body, headers=headers)


def cues(*texts: str, **more: Any) -> dict[str, Any]:
    return {"language": "en", "cues": [{"text": text, **more} for text in texts]}


async def put(somebody: Visitor, show: str, language: str, body: str | bytes) -> Answer:
    token = (await somebody.get("/nowhere")).token
    path = f"/api/shows/{show}/captions/{language}"
    data = io.BytesIO(body.encode() if isinstance(body, str) else body)
    headers = {"X-CSRF-Token": token, "Content-Type": "text/vtt"}
    return await somebody.ask("PUT", path, data=data, headers=headers)


async def test_live_captions_are_heard_at_once_and_kept(
    fair: OpenFair, show: Show, guest: Visitor, key: str
) -> None:
    ticket = (await guest.post_json("/api/tickets", {"purpose": "hall", "room": TILE})).json["ticket"]
    reader = await Talker("/hall").open(fair.base_url, {"v": 1, "ticket": ticket})
    try:
        body = cues("<b>Hi</b> & hello", id="a", at=show.started_at + 1.5, duration=2)
        answer = await say(guest, key, body)
        assert answer.status == 200, answer.text
        assert answer.json["cues"] == [{"id": "a", "second": pytest.approx(1.5, abs=0.01)}]
        heard = await reader.hear("caption")
        assert heard["language"] == "en"
        assert heard["cues"][0]["text"] == "<b>Hi</b> & hello"
        assert heard["cues"][0]["duration"] == 2
    finally:
        await reader.close()
    await say(guest, key, cues("Hi & hello there", id="a", second=1.5, duration=2))
    await fair.parts.captioner.flush()
    served = await guest.get(f"/shows/{show.id}/captions/en.vtt")
    assert served.text == "WEBVTT\n\n00:00:01.500 --> 00:00:03.500\nHi &amp; hello there\n"
    assert served.headers["Content-Type"] == "text/vtt; charset=utf-8"
    assert served.headers["Cache-Control"] == "private, max-age=10"
    listed = await guest.get(f"/shows/{show.id}/captions/en.json")
    assert listed.json == {"cues": [{"id": "a", "second": 1.5, "duration": 2.0, "text": "Hi & hello there"}]}
    assert (await guest.get(f"/rooms/{TILE}")).data["captions"] == ["en"]


@pytest.mark.usefixtures("show")
async def test_only_the_rooms_own_key_speaks(fair: OpenFair, guest: Visitor, key: str) -> None:
    assert (await say(guest, "", cues("x"))).json["code"] == "no_bearer"
    for wrong in ("ck_x", fair.keys[TILE], "x" * 5000, key + "x"):
        assert (await say(guest, wrong, cues("x"))).json["code"] == "wrong_key"
    assert (await say(guest, key, cues("x"), LUMEN)).json["code"] == "wrong_key"
    assert (await say(guest, key, cues("x"), "nobody")).status == 404


BAD_BODIES: list[Any] = [
    {}, {"cues": "x"}, {"cues": [1]}, {"language": "en", "cues": [{"text": 7}]},
    {"language": "en", "cues": [{"text": "x", "at": "now"}]}, {"language": "en_GB", "cues": [{"text": "x"}]},
    {"language": "en", "cues": [{"text": "x", "duration": -1}]}, {"language": "en", "cues": [{"text": ""}]},
    {"language": "en", "cues": [{"text": "x", "duration": 1e9}]},
    {"language": "en", "cues": [{"text": "x" * 501}]},
    {"language": "en", "cues": [{"text": "x", "id": "no blanks"}]}, [1, 2], "text",
    {"language": "en", "cues": [{"text": "good"}, {"text": "bad", "duration": 0}]},
]


@pytest.mark.usefixtures("show")
@pytest.mark.parametrize("body", BAD_BODIES)
async def test_what_makes_no_sense_is_refused_as_a_whole(
    fair: OpenFair, guest: Visitor, key: str, body: Any
) -> None:
    answer = await say(guest, key, body)
    assert answer.status == 400, answer.text
    assert answer.json["code"] in ("malformed", "bad_cue", "bad_language")
    await fair.parts.captioner.flush()
    assert "good" not in (await guest.get(f"/rooms/{TILE}")).text


@pytest.mark.usefixtures("show")
async def test_requests_and_sizes_are_bounded(fair: OpenFair, guest: Visitor, key: str) -> None:
    assert (await say(guest, key, cues(*["x"] * 51))).status == 413
    assert (await say(guest, key, {"language": "en", "cues": [{"text": "x" * 300_000}]})).status == 413
    lumen = await fair.parts.caption_keys.rotate(LUMEN, "test")
    statuses = [(await say(guest, lumen, cues("x"), LUMEN)).status for _ in range(620)]
    assert set(statuses[:600]) == {409}
    assert statuses[-1] == 429


async def test_who_sends_captions_where_staff_have_uploaded_some_is_told(
    show: Show, anchor: Visitor, guest: Visitor, key: str
) -> None:
    await put(anchor, show.id, "nl", VTT)
    for language in ("nl", "NL"):
        answer = await say(guest, key, {"language": language, "cues": [{"text": "live"}]})
        assert (answer.status, answer.json["code"]) == (409, "captions_uploaded")


async def test_a_caption_far_from_now_is_moved_to_what_can_be(show: Show, guest: Visitor, key: str) -> None:
    elapsed = time.time() - show.started_at
    answer = await say(guest, key, cues("x", at=show.started_at + 1e6, id="far"))
    assert answer.json["cues"][0]["second"] <= elapsed + 70
    answer = await say(guest, key, cues("x", at=1.0, id="long ago"[:4]))
    assert answer.json["cues"][0]["second"] == 0


async def test_staff_upload_edit_and_delete(show: Show, guest: Visitor, anchor: Visitor) -> None:
    kept = await put(anchor, show.id, "de-at", VTT)
    assert kept.status == 200, kept.text
    assert kept.json["language"] == "de-AT"
    page = await anchor.get(f"/studio/{TILE}/shows/{show.id}/captions?language=de-AT")
    assert [cue["text"] for cue in page.data["cues"]] == ["across", "<i>late</i>"]
    path = f"/api/shows/{show.id}/captions/de-AT"
    typed = [{"start": 1, "end": 2, "text": "a & b"}]
    body = {"title": "Wienerisch", "seen": page.data["seen"], "cues": typed}
    assert (await anchor.post_json(path, body)).json["title"] == "Wienerisch"
    assert (await anchor.post_json(path, body)).json["code"] == "captions_changed"
    assert (await guest.get(f"/shows/{show.id}/captions/de-AT.vtt")).text.endswith("\na &amp; b\n")
    token = (await anchor.get("/nowhere")).token
    assert (await anchor.ask("DELETE", path, headers={"X-CSRF-Token": token})).status == 200
    assert (await guest.get(f"/shows/{show.id}/captions/de-AT.vtt")).status == 404


async def test_a_long_show_has_a_large_file(show: Show, anchor: Visitor) -> None:
    """Larger than other bodies may be, up to a limit of its own."""
    text = write(Cue("", float(n), n + 0.9, "x" * 400) for n in range(1500))
    assert len(text) > 600_000
    assert (await put(anchor, show.id, "fr", text)).status == 200
    assert (await put(anchor, show.id, "fr", "WEBVTT\n" * 500_000)).status == 413


async def test_others_change_nothing(
    show: Show, staff: Visitor, buyer: Visitor, guest: Visitor
) -> None:
    for somebody, status in ((staff, 403), (buyer, 403), (guest, 401)):
        assert (await put(somebody, show.id, "it", VTT)).status == status
        assert (await somebody.post_json(f"/api/shows/{show.id}/captions/it", {"cues": []})).status == status
        assert (await somebody.post_json(f"/api/rooms/{TILE}/caption-key", {})).status == status
        page = await somebody.get(f"/studio/{TILE}/shows/{show.id}/captions")
        assert page.status in (303, 403)
    assert (await guest.get(f"/shows/{show.id}/captions/it.vtt")).status == 404
    forged = await buyer.ask("PUT", f"/api/shows/{show.id}/captions/it", data=VTT)
    assert forged.status == 403


async def test_a_bad_file_is_refused_with_its_line(show: Show, anchor: Visitor) -> None:
    answer = await put(anchor, show.id, "it", "WEBVTT\n\n00:02.000 --> 00:01.000\nx")
    assert (answer.status, answer.json["code"]) == (400, "bad_captions")
    assert "line 3" in answer.json["detail"]
    for file in (b"\xff\xfe", "MZ", "<html>"):
        assert (await put(anchor, show.id, "it", file)).status == 400


async def test_segments_hold_what_is_shown_in_them_on_the_shows_time(
    fair: OpenFair, guest: Visitor, anchor: Visitor
) -> None:
    old = await recorded(fair, "old-show", 100.0)
    await put(anchor, old, "en", VTT)
    playlist = await guest.get(f"/hls/{old}/captions/en.m3u8")
    assert playlist.headers["Content-Type"].startswith("application/vnd.apple.mpegurl")
    segments = [line for line in playlist.text.splitlines() if line.endswith(".vtt")]
    assert "#EXT-X-TARGETDURATION:10" in playlist.text, "that of the picture, whose only segment is very long"
    assert segments == [f"en/{start}-{start + 10}.vtt" for start in range(0, 100, 10)]
    texts = [(await guest.get(f"/hls/{old}/captions/{path}")).text for path in segments]
    assert all(text.startswith("WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n") for text in texts)
    assert [number for number, text in enumerate(texts) if "across" in text] == [2, 3]
    assert "00:01:05.000 --> 00:01:06.000\n<i>late</i>" in texts[6]
    for missing in ("en/100-110", "en/20-20", "en/30-20", "en/0-11", "fr/0-10"):
        assert (await guest.get(f"/hls/{old}/captions/{missing}.vtt")).status == 404, missing
    for path in ("en.m3u8", "en/20-30.vtt"):
        address = f"/hls/{old}/captions/{path}"
        tag = (await guest.get(address)).headers["ETag"]
        again = await guest.get(address, headers={"If-None-Match": f'"other", W/{tag}'})
        assert (again.status, again.body, again.headers["ETag"]) == (304, b"", tag)
    assert (await guest.get(f"/hls/{old}/captions/fr.m3u8")).status == 404
    assert (await guest.get("/hls/no-show/captions/en.m3u8")).status == 404


async def test_players_find_captions_in_the_playlist_of_playlists(
    fair: OpenFair, guest: Visitor, anchor: Visitor
) -> None:
    show = await recorded(fair, "show-with-captions", 100.0)
    await put(anchor, show, "en", VTT)
    for path in ("", "whole/"):
        index = await guest.get(f"/hls/{show}/{path}index.m3u8")
        (line,) = [line for line in index.text.splitlines() if "TYPE=SUBTITLES" in line]
        assert 'LANGUAGE="en",NAME="English"' in line
        address = urljoin(f"/hls/{show}/{path}", line.partition('URI="')[2].rstrip('"'))
        assert (await guest.get(address)).text.startswith("#EXTM3U")


async def test_captions_are_for_those_who_may_watch(
    fair: OpenFair, guest: Visitor, buyer: Visitor, anchor: Visitor
) -> None:
    show = await recorded(fair, "private-show", 100.0)
    await put(anchor, show, "en", VTT)
    keeper = Actor(AccountId("keeper"), Role.STAFF, "Keeper", "", TILE)
    await fair.parts.recordings.set_access(keeper, show, Access.INVITED)
    for path in ("en.vtt", "en.json"):
        for who, status in ((guest, 401), (buyer, 403), (anchor, 200)):
            assert (await who.get(f"/shows/{show}/captions/{path}")).status == status
    for path in ("en.m3u8", "en/0-10.vtt"):
        assert (await anchor.get(f"/hls/{show}/captions/{path}")).status == 403, "HLS knows nobody"
        circle = await fair.parts.recordings.circle(await fair.parts.recordings.get(show))
        key = fair.parts.hls.keys.mint(show, int(time.time()) + 60, circle)
        found = await guest.get(f"/hls/{show}/k/{key}/captions/{path}")
        assert (found.status, found.headers["Access-Control-Allow-Origin"]) == (200, "*")


async def test_a_playlist_grows_while_the_show_runs_and_ends_with_it() -> None:
    running, over = (playlist_text("en", 1_800_000_000.25, 13.5, 4, is_over=it) for it in (False, True))
    assert running.endswith("#EXTINF:4.000,\nen/4-8.vtt\n"), "the last second may still be captioned"
    assert "#EXT-X-PLAYLIST-TYPE:EVENT" in running
    assert "#EXT-X-ENDLIST" not in running
    assert "#EXT-X-PROGRAM-DATE-TIME:2027-01-15T08:00:00.250Z" in running
    assert over.endswith("#EXTINF:1.500,\nen/12-16.vtt\n#EXT-X-ENDLIST\n")
    assert "#EXT-X-PLAYLIST-TYPE:VOD" in over

"""Whole recordings as files: the right people get them, others can read them, and ranges are exact."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import aiohttp
import pytest

from config.ids import ShowId
from media.backlog import MediaPacket
from media.codecs import Kind
from media.recording.feed import FedPacket
from media.storage.places import Places
from rooms.fair.policy import Role
from rooms.fair.recording import Access
from rooms.live.shows import ShownFilm
from showroom.data_folder import RECORDINGS
from signaling.tasks import end
from tests.media.hls.parsed import parse
from tests.media.recording.footage import packets, pictures, sounds
from tests.media.recording.stream import EPOCH, Stream, clip_of, decode
from tests.web.conftest import LUMEN, OTHER_STAFF, PEOPLE, OpenFair
from tests.web.recorded import record
from tests.web.visitor import Visitor, visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")

LATER_SECONDS = 10


def vp8_show() -> Iterator[FedPacket]:
    """Two seconds of VP8 and Opus as they arrive."""
    moments = [(number / 25, packet) for number, packet in _numbered("vp8", pictures("vp8"))]
    moments += [(number / 50, packet) for number, packet in _numbered("opus", sounds())]
    for second, packet in sorted(moments, key=lambda moment: moment[0]):
        facts = packet.codec, packet.sequence, packet.timestamp, packet.marker, packet.begins_keyframe
        yield FedPacket(*facts, packet.payload, EPOCH + second)


def _numbered(name: str, encoded: tuple[bytes, ...]) -> Iterator[tuple[int, MediaPacket]]:
    number, last = -1, None
    for packet in packets(name, encoded):
        number += packet.timestamp != last
        last = packet.timestamp
        yield number, packet


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clips")


async def test_staff_download_their_show_as_one_file(
    fair: OpenFair, staff: Visitor, clips: Path, tmp_path: Path
) -> None:
    """Of two picture sizes, in two sections: one file that FFmpeg reads to its end."""
    larger = Stream(clip_of(clips, 640, 360), 4.0, 50_000, 4_294_900_000 + 4 * 90_000)
    show = await record(
        fair.parts, LUMEN, [*Stream(clip_of(clips)).packets(4), *larger.packets(4)], 'Lamps "2026" / 灯'
    )
    answer = await staff.get(f"/recordings/{show}/download")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "video/mp4")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="Lamps  2026')
    assert "filename*=UTF-8''Lamps%20" in answer.headers["Content-Disposition"]
    assert len(answer.body) == int(answer.headers["Content-Length"])
    (file := tmp_path / "download.mp4").write_bytes(answer.body)
    assert decode(file).frames == 240


async def test_a_show_in_vp8_plays_as_a_file_with_an_index(
    fair: OpenFair, guest: Visitor, tmp_path: Path
) -> None:
    show = await record(fair.parts, LUMEN, vp8_show())
    answer = await guest.get(f"/recordings/{show}.webm")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "video/webm")
    assert answer.headers["Accept-Ranges"] == "bytes"
    (file := tmp_path / "play.webm").write_bytes(answer.body)
    decoded = decode(file)
    assert (decoded.frames, decoded.errors) == (48, "")


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("bytes=0-99", 0, 100), ("bytes=100-", 100, None), ("bytes=-50", -50, None), ("bytes=3-3", 3, 4)],
)
async def test_ranges_are_exact(
    fair: OpenFair, guest: Visitor, asked: str, start: int, end: int | None
) -> None:
    show = await record(fair.parts, LUMEN, vp8_show())
    whole = (await guest.get(f"/recordings/{show}.webm")).body
    answer = await guest.get(f"/recordings/{show}.webm", headers={"Range": asked})
    wanted = whole[start:end]
    first = start % len(whole)
    assert (answer.status, answer.body) == (206, wanted)
    assert answer.headers["Content-Range"] == f"bytes {first}-{first + len(wanted) - 1}/{len(whole)}"


async def test_who_goes_in_the_middle_is_no_fault_of_ours(
    fair: OpenFair, guest: Visitor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A player that seeks does so each time: nothing is logged, and it counts as 499."""
    path = f"/recordings/{await record(fair.parts, LUMEN, vp8_show())}.webm"
    reading, gone, read = asyncio.Event(), asyncio.Event(), fair.parts.places.read

    async def slowly(self: Places, *asked: Any) -> bytes:
        reading.set()
        await gone.wait()
        return await read(*asked)

    before = await counted(guest)
    with monkeypatch.context() as patch:
        await guest.get(path)  # its index is known from now on
        patch.setattr(Places, "read", slowly)
        going = asyncio.create_task(guest.get(path, headers={"Range": "bytes=100-"}))
        await reading.wait()
        await end(going)
        assert await counted(guest) == before  # by which time the server knows that it is alone
        gone.set()
        async with asyncio.timeout(10):
            while await counted(guest) == before:
                await asyncio.sleep(0.02)
    assert "request failed" not in caplog.text


async def test_a_file_that_cannot_be_read_on_breaks_off(
    fair: OpenFair, guest: Visitor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is put in the place of what is missing: whoever takes it knows that it is not whole."""
    show, read, reads = await record(fair.parts, LUMEN, vp8_show()), Places.read, list[int]()
    path, folder = f"/recordings/{show}.webm", fair.parts.settings.data.folder / RECORDINGS / show
    last = 0

    async def gone_at_last(self: Places, *asked: Any) -> bytes:
        reads.append(len(reads))
        if len(reads) == last:
            shutil.rmtree(folder)
        return await read(self, *asked)

    with monkeypatch.context() as patch:
        await guest.get(path)  # its index is known from now on
        patch.setattr(Places, "read", gone_at_last)
        await guest.get(path)
        last = 2 * len(reads)
        with pytest.raises(aiohttp.ClientPayloadError):
            await guest.get(path)
    assert "an answer broke off" in caplog.text


async def counted(guest: Visitor) -> list[str]:
    """Return how often somebody went before the answer, for each route."""
    lines = (await guest.get("/metrics")).text.splitlines()
    return [line for line in lines if line.startswith("showroom_http_seconds_count") and '"499"' in line]


async def test_a_range_behind_the_end_is_refused(fair: OpenFair, guest: Visitor) -> None:
    show = await record(fair.parts, LUMEN, vp8_show())
    answer = await guest.get(f"/recordings/{show}.webm", headers={"Range": "bytes=99999999-"})
    assert answer.status == 416


@pytest.mark.parametrize("asked", ["seconds=0-9", "items=1", "x"])
async def test_ranges_of_anything_but_bytes_are_not_heeded(
    fair: OpenFair, guest: Visitor, asked: str
) -> None:
    show = await record(fair.parts, LUMEN, vp8_show())
    whole = await guest.get(f"/recordings/{show}.webm")
    answer = await guest.get(f"/recordings/{show}.webm", headers={"Range": asked})
    assert (answer.status, answer.body) == (200, whole.body)
    assert "Content-Range" not in answer.headers


async def test_head_says_how_long_it_is(fair: OpenFair, guest: Visitor) -> None:
    show = await record(fair.parts, LUMEN, vp8_show())
    whole = await guest.get(f"/recordings/{show}.webm")
    head = await guest.ask("HEAD", f"/recordings/{show}.webm")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == str(len(whole.body))


@pytest.mark.parametrize("email", [None, PEOPLE[Role.BUYER], OTHER_STAFF, PEOPLE[Role.ORGANISER]])
async def test_nobody_else_downloads_it(fair: OpenFair, email: str | None) -> None:
    show = await record(fair.parts, LUMEN, vp8_show())
    async with visitor(fair.base_url) as somebody:
        if email:
            await somebody.sign_in(email)
        answer = await somebody.get(f"/recordings/{show}/download")
    assert answer.status == (403 if email else 303)


async def test_who_may_not_watch_gets_no_file(fair: OpenFair, guest: Visitor, buyer: Visitor) -> None:
    show = await record(fair.parts, LUMEN, vp8_show(), access=Access.SIGNED_IN)
    assert (await guest.get(f"/recordings/{show}.webm")).status == 303
    assert (await buyer.get(f"/recordings/{show}.webm")).status == 200
    invited = await record(fair.parts, LUMEN, vp8_show(), access=Access.INVITED)
    assert (await buyer.get(f"/recordings/{invited}.webm")).status == 403


async def test_what_runs_as_a_show_is_for_everybody_meanwhile(fair: OpenFair, guest: Visitor) -> None:
    show = await record(fair.parts, LUMEN, vp8_show(), access=Access.INVITED)
    await fair.parts.shows.begin(LUMEN, "Mei", film=ShownFilm(ShowId(show), 2.0))
    try:
        assert (await guest.get(f"/recordings/{show}.webm")).status == 200
    finally:
        await fair.parts.shows.end(LUMEN)
    assert (await guest.get(f"/recordings/{show}.webm")).status == 303


async def test_a_replay_that_is_not_public_is_played_with_a_key(
    fair: OpenFair, buyer: Visitor, guest: Visitor, clips: Path
) -> None:
    """The address without the key is refused to everybody, and the page that has it to who may not watch."""
    show = await record(fair.parts, LUMEN, Stream(clip_of(clips)).packets(4), access=Access.SIGNED_IN)
    page = await buyer.get(f"/rooms/{LUMEN}/shows/{show}")
    source = page.data["source"]
    assert f"/hls/{show}/k/" in source
    assert (await guest.get(source)).status == 200
    assert (await buyer.get(f"/hls/{show}/whole/index.m3u8")).status == 403
    assert f"/hls/{show}" not in (await guest.get(f"/rooms/{LUMEN}/shows/{show}")).text


@pytest.mark.parametrize("lists", [("video", "whole/video"), ("whole/video", "video")])
async def test_either_list_of_a_replay_leads_to_its_media_whoever_asked_first(
    fair: OpenFair, guest: Visitor, clips: Path, lists: tuple[str, str]
) -> None:
    show = await record(fair.parts, LUMEN, Stream(clip_of(clips)).packets(4))
    for address in (f"/hls/{show}/{name}.m3u8" for name in lists):
        it = parse((await guest.get(address)).text)
        assert it.entries
        for entry in it.entries:
            assert (await guest.get(urljoin(address, entry.uri))).status == 200, f"{entry.uri} in {address}"


async def test_a_show_that_began_with_sound_alone_is_seen_again(
    fair: OpenFair, guest: Visitor, staff: Visitor, tmp_path: Path
) -> None:
    """Sound alone is MP4 and VP8 is not: the replay was sound, and the download had none of the picture."""
    show = await record(fair.parts, LUMEN, sound_first())
    page = await guest.get(f"/rooms/{LUMEN}/shows/{show}")
    assert page.data["source"] == f"/recordings/{show}.webm"
    assert 'id="left-out"' in page.text
    assert "?form=" not in page.text
    assert "?form=sound" in (await staff.get(f"/rooms/{LUMEN}/shows/{show}")).text
    answer = await staff.get(f"/recordings/{show}/download")
    (file := tmp_path / "download.webm").write_bytes(answer.body)
    assert (answer.headers["Content-Type"], decode(file).frames) == ("video/webm", 48)
    other = await staff.get(f"/recordings/{show}/download?form=sound")
    assert (other.status, other.headers["Content-Type"]) == (200, "video/mp4")
    assert (await staff.get(f"/recordings/{show}/download?form=avc1")).status == 404


def sound_first() -> Iterator[FedPacket]:
    """Four seconds of sound, as while a camera is chosen, and after a pause the show in VP8."""
    numbered = list(_numbered("opus", sounds() * 2))
    for number, packet in numbered:
        facts = packet.codec, number, number * 960, packet.marker, packet.begins_keyframe, packet.payload
        yield FedPacket(*facts, EPOCH + number / 50)
    for fed in vp8_show():
        is_sound = fed.codec.kind is Kind.AUDIO
        yield fed._replace(
            arrived_at=fed.arrived_at + LATER_SECONDS,
            sequence=fed.sequence + (len(numbered) + 500) * is_sound,
            timestamp=(fed.timestamp + LATER_SECONDS * 48_000 * is_sound) & 0xFFFFFFFF,
        )


async def test_each_codec_of_a_show_is_a_file_of_its_own(
    fair: OpenFair, guest: Visitor, staff: Visitor, clips: Path, tmp_path: Path
) -> None:
    """Both are MP4, and the head of one file names one codec."""
    vp9 = [
        FedPacket(packet.codec, packet.sequence, packet.timestamp, packet.marker, packet.begins_keyframe,
                  packet.payload, EPOCH + LATER_SECONDS + number / 25)
        for number, packet in _numbered("vp9", pictures("vp9"))
    ]
    show = await record(fair.parts, LUMEN, [*Stream(clip_of(clips)).packets(4), *vp9])
    assert 'id="left-out"' not in (await guest.get(f"/rooms/{LUMEN}/shows/{show}")).text, "HLS has both"
    for query, least in (("", 120), ("?form=vp09", 24)):
        answer = await staff.get(f"/recordings/{show}/download{query}")
        (file := tmp_path / "download.mp4").write_bytes(answer.body)
        decoded = decode(file)
        assert (decoded.frames >= least, decoded.errors) == (True, "")


async def test_a_recording_that_is_not_there_is_missing(fair: OpenFair, staff: Visitor) -> None:
    assert (await staff.get("/recordings/nothing/download")).status == 404
    assert (await staff.get("/recordings/nothing.webm")).status == 404

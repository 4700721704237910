"""With a show really on the air: who else may publish, who may watch, and what the pages get to see."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from PIL import Image

from rooms.fair.policy import Role
from showroom.demo.clip import encode
from showroom.load.clip_file import read_clip
from showroom.load.publisher import Publisher
from tests.web.conftest import PEOPLE, TILE, OpenFair
from tests.web.offers import offer
from tests.web.visitor import Answer, Visitor, visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")

SDP = {"Content-Type": "application/sdp"}
SIZE, FRAMES_PER_SECOND, SECONDS = (320, 180), 25, 2
WAIT_SECONDS = 60.0


def pictures() -> Iterator[Image.Image]:
    for number in range(FRAMES_PER_SECOND * SECONDS):
        yield Image.new("RGB", SIZE, (200, number * 4, 80))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def show(fair: OpenFair, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Publisher]:
    """The room `tile` on the air by its stream key."""
    path: Path = tmp_path_factory.mktemp("clip") / "clip.mkv"
    await asyncio.to_thread(encode, pictures(), SIZE, FRAMES_PER_SECOND, path, SECONDS, 0)
    async with aiohttp.ClientSession() as http:
        publisher = Publisher(http, f"{fair.base_url}/whip/{TILE}", read_clip(path), fair.keys[TILE])
        await publisher.open()
        playing = asyncio.create_task(publisher.play())
        await until(lambda: is_live(fair))
        yield publisher
        playing.cancel()
        await asyncio.wait([playing])
        await publisher.close()
    fair.parts.relay.end_publication(TILE)


async def is_live(fair: OpenFair) -> bool:
    found = await fair.parts.shows.get(TILE)
    return found is not None and fair.parts.relay.is_live(TILE)


async def until(claim: Callable[[], Awaitable[bool]]) -> None:
    """Wait until the claim holds."""
    async with asyncio.timeout(WAIT_SECONDS):
        while not await claim():
            await asyncio.sleep(0.05)


async def publish(somebody: Visitor, bearer: str) -> Answer:
    headers = {**SDP, "Authorization": f"Bearer {bearer}"}
    return await somebody.ask("POST", f"/whip/{TILE}", data=offer(), headers=headers)


@pytest.mark.usefixtures("show")
async def test_a_second_publisher_is_told_that_the_room_is_taken(fair: OpenFair, guest: Visitor) -> None:
    async with visitor(fair.base_url) as staff:
        await staff.sign_in("staff@tile.example")
        ticket = (await staff.post_json("/api/tickets", {"purpose": "publish", "room": TILE})).json["ticket"]
        answers = [
            await publish(staff, ticket),
            *await asyncio.gather(*(publish(guest, fair.keys[TILE]) for _ in range(20))),
        ]
    assert {(answer.status, answer.json["code"]) for answer in answers} == {(409, "already_publishing")}
    assert fair.parts.relay.is_live(TILE)


@pytest.mark.usefixtures("show")
async def test_foreign_hands_do_not_end_the_show(fair: OpenFair, guest: Visitor) -> None:
    for number in range(300):
        token = fair.keys[TILE] if number % 2 else f"sk_{number}"
        headers = {"Authorization": f"Bearer {token}"}
        answer = await guest.ask("DELETE", f"/whip/{TILE}/{number:022d}", headers=headers)
        assert answer.status in (401, 403, 404)
    assert fair.parts.relay.is_live(TILE)


@pytest.mark.usefixtures("show")
async def test_a_viewer_is_told_its_sizes_and_chooses_among_them(guest: Visitor) -> None:
    """The layer extension of WHEP; what a publisher of one size leaves to choose is that size."""
    answer = await guest.ask("POST", f"/whep/{TILE}", data=offer("recvonly"), headers=SDP)
    link = f'<{answer.headers["Location"]}/layer>; rel="urn:ietf:params:whep:ext:core:layer"'
    assert link in answer.headers["Link"]
    layer = f"{answer.headers['Location']}/layer"
    found = await guest.ask("GET", layer)
    (only,) = found.json["layers"]
    assert (only["width"], only["height"], only["encodingId"]) == (*SIZE, "picture")
    assert {**found.json, "layers": []} == {
        "layers": [], "chosen": None, "active": "picture", "maxHeight": None, "picture": True}
    assert (await choose(guest, layer, {"encodingId": "picture"})).json["chosen"] == "picture"
    kept = await choose(guest, layer, {"maxHeight": 90})
    assert (kept.json["chosen"], kept.json["maxHeight"]) == ("picture", 90)
    freed = await choose(guest, layer, {"encodingId": None, "maxHeight": None})
    assert (freed.json["chosen"], freed.json["maxHeight"]) == (None, None)
    assert not (await choose(guest, layer, {"picture": False})).json["picture"]
    assert (await choose(guest, layer, {"picture": True})).json["picture"]
    missing = await choose(guest, layer, {"encodingId": "f"})
    assert (missing.status, missing.json["code"]) == (404, "no_size")
    wishes: list[dict[str, object]] = [
        {"encodingId": 7}, {"picture": "no"}, {"maxHeight": "x"}, {"maxHeight": 0}, {"maxHeight": 1 << 15}]
    for wrong in wishes:
        refused = await choose(guest, layer, wrong)
        assert (refused.status, refused.json["code"]) == (400, "malformed")
    await guest.ask("DELETE", answer.headers["Location"])
    assert (await guest.ask("GET", layer)).status == 404


async def choose(somebody: Visitor, layer: str, wish: Mapping[str, object]) -> Answer:
    headers = {"Content-Type": "application/json"}
    return await somebody.ask("POST", layer, data=json.dumps(wish), headers=headers)


@pytest.mark.usefixtures("show")
async def test_everybody_may_watch_and_end_their_own_session(fair: OpenFair, guest: Visitor) -> None:
    answer = await guest.ask("POST", f"/whep/{TILE}", data=offer("recvonly"), headers=SDP)
    session = answer.headers["Location"]
    assert answer.status == 201
    assert session.startswith(f"/whep/{TILE}/")
    assert "a=sendonly" in answer.text
    assert (await guest.ask("DELETE", session.replace("whep", "whip"))).status in (401, 404)
    assert (await guest.ask("DELETE", session)).status == 200
    assert (await guest.ask("GET", f"{session}/layer")).status == 404
    assert (await guest.ask("DELETE", session)).status == 200
    assert fair.parts.relay.is_live(TILE)


@pytest.mark.usefixtures("show")
async def test_the_hall_shows_it_and_its_live_picture(guest: Visitor) -> None:
    listed = (await guest.get("/api/hall")).json
    assert any(room["room"] == TILE and room["state"] == "live" for room in listed["rooms"])

    async def has_picture() -> bool:
        return (await guest.get(f"/thumbnails/{TILE}.jpg")).status == 200

    await until(has_picture)
    picture = await guest.get(f"/thumbnails/{TILE}.jpg")
    assert picture.headers["Content-Type"] == "image/jpeg"
    assert picture.headers["Cache-Control"].startswith("public, max-age=")


@pytest.mark.usefixtures("show")
async def test_the_organiser_sees_it_and_metrics_count_it(fair: OpenFair) -> None:
    async with visitor(fair.base_url) as organiser:
        await organiser.sign_in(PEOPLE[Role.ORGANISER])
        assert f'href="/rooms/{TILE}"' in (await organiser.get("/organiser")).text
        text = (await organiser.get("/metrics")).text
    packets = next(line for line in text.splitlines() if line.startswith("showroom_packets_in_total "))
    assert float(packets.split()[1]) > 0


async def test_a_show_that_the_anchor_leaves_waits_for_the_picture(
    fair: OpenFair, show: Publisher, guest: Visitor
) -> None:
    await show.close()

    async def is_away() -> bool:
        found = await fair.parts.shows.get(TILE)
        return found is not None and found.state == "away"

    await until(is_away)
    answer = await guest.ask("POST", f"/whep/{TILE}", data=offer("recvonly"), headers=SDP)
    assert answer.status == 201

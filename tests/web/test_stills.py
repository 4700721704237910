"""Stills by HTTP: of a real picture, at its moment, for those who may, not too often, and never forged."""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from PIL import Image
from sqlalchemy import update

from config.ids import StillId
from rooms.fair.policy import Role
from rooms.fair.seal import Seal
from rooms.fair.show_models import StillRow
from showroom import data_folder
from tests.signaling.fair import Talker
from tests.web.conftest import LUMEN, OTHER_BUYER, OTHER_STAFF, PEOPLE, OpenFair
from tests.web.on_air import on_air
from tests.web.test_policy import answered_call
from tests.web.visitor import Answer, Visitor, visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def show(fair: OpenFair, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[None]:
    async with on_air(fair, LUMEN, tmp_path_factory.mktemp("clip")):
        yield


async def take(somebody: Visitor, room: str = LUMEN) -> Answer:
    return await somebody.post_json(f"/api/rooms/{room}/stills", {})


async def in_meeting(fair: OpenFair, somebody: Visitor, call: str) -> Talker:
    wish = {"purpose": "meeting", "call": call}
    ticket = (await somebody.post_json("/api/tickets", wish)).json["ticket"]
    return await Talker("/meeting").open(fair.base_url, {"v": 1, "ticket": ticket})


async def jpeg_of(fair: OpenFair, still: dict[str, Any]) -> bytes:
    return await fair.parts.stills.jpeg(StillId(still["id"]))


@pytest.mark.usefixtures("show")
async def test_a_buyer_takes_a_still_of_what_is_on_the_air(fair: OpenFair, buyer: Visitor) -> None:
    before = time.time()
    answer = await take(buyer)
    assert answer.status == 201, answer.text
    still = answer.json["still"]
    running = await fair.parts.shows.get(LUMEN)
    assert running is not None
    assert before - 2 <= still["taken_at"] <= time.time()
    assert still["show_second"] == pytest.approx(max(0.0, still["taken_at"] - running.started_at), abs=0.01)
    jpeg = await jpeg_of(fair, still)
    image = Image.open(io.BytesIO(jpeg)).convert("RGB")
    assert image.width == 320
    assert image.height > 180
    red, strip = image.getpixel((160, 90)), image.getpixel((2, image.height - 2))
    assert isinstance(red, tuple)
    assert isinstance(strip, tuple)
    assert red[0] > 150
    assert min(strip) > 200
    facts = (await buyer.get(f"{still['url']}.json")).json
    assert facts["facts"]["sha256"] == hashlib.sha256(jpeg).hexdigest()
    assert facts["facts"]["company"] == "Lumen & Söhne"
    assert facts["is_genuine"] is True
    assert Seal(data_folder.seal_key(fair.parts.settings.data.folder)).public_key == facts["public_key"]
    page = await buyer.get(still["url"])
    assert 'id="genuine"' in page.text
    assert page.data["sha256"] == facts["facts"]["sha256"]


@pytest.mark.usefixtures("show")
async def test_who_may_not_take_one_gets_none(fair: OpenFair, guest: Visitor) -> None:
    assert (await take(guest)).status == 401
    for email in (OTHER_STAFF, PEOPLE[Role.ORGANISER]):
        async with visitor(fair.base_url) as somebody:
            await somebody.sign_in(email)
            assert (await take(somebody)).status == 403
    async with visitor(fair.base_url) as other:
        await other.sign_in(OTHER_BUYER)
        assert (await take(other, "tile")).json["code"] == "not_live"
        assert (await take(other, "nobody")).json["code"] == "no_room"


@pytest.mark.usefixtures("show")
async def test_only_those_concerned_see_a_still(
    fair: OpenFair, buyer: Visitor, staff: Visitor, guest: Visitor
) -> None:
    still = (await take(staff)).json["still"]
    places = [still["url"], still["picture"], f"{still['url']}.json"]

    async def statuses(somebody: Visitor) -> set[int]:
        return {(await somebody.get(place)).status for place in places}

    assert await statuses(staff) == {200}
    assert await statuses(buyer) == {403}
    assert await statuses(guest) == {303}
    call = await answered_call(fair)
    assert (await staff.get(still["url"])).data["call"] == call
    party = await in_meeting(fair, buyer, call)
    attached = await staff.post_json(f"/api/stills/{still['id']}/attach", {"call": call})
    assert attached.status == 200, attached.text
    assert (await party.hear("stills"))["stills"] == [still]
    await party.close()
    assert (await staff.get(still["url"])).data["call"] is None
    assert await statuses(buyer) == {200}
    async with visitor(fair.base_url) as other:
        await other.sign_in(OTHER_BUYER)
        assert await statuses(other) == {403}
        refused = await other.post_json(f"/api/stills/{still['id']}/attach", {"call": call})
        assert refused.status == 403
    assert (await buyer.get(f"/meeting/{call}")).data["stills"] == [still]


@pytest.mark.usefixtures("show")
async def test_a_forged_still_says_so(fair: OpenFair, staff: Visitor) -> None:
    for forgery in ({"company": "Lumen & Sons"}, {"taken_ms": 1}, {"jpeg": b"\xff\xd8\xff\xd9"}):
        still = (await take(staff)).json["still"]
        async with fair.parts.database.session() as session:
            await session.execute(update(StillRow).where(StillRow.id == still["id"]).values(**forgery))
        page = await staff.get(still["url"])
        assert 'id="broken"' in page.text
        assert 'id="genuine"' not in page.text
        assert (await staff.get(f"{still['url']}.json")).json["is_genuine"] is False


@pytest.mark.usefixtures("show")
async def test_nobody_takes_stills_without_end(fair: OpenFair) -> None:
    async with visitor(fair.base_url) as other:
        await other.sign_in(OTHER_BUYER)
        answers = [await take(other) for _ in range(10)]
    taken = [answer.status for answer in answers]
    assert 201 in taken
    assert taken[-1] == 429
    assert int(answers[-1].headers["Retry-After"]) > 0


async def test_what_is_no_still_is_missing(staff: Visitor) -> None:
    for path in ("/stills/nobody", "/stills/nobody.json", "/stills/nobody.jpg"):
        assert (await staff.get(path)).status == 404
    answer = await staff.post_json("/api/stills/nobody/attach", {"call": "unknown"})
    assert answer.json["code"] == "no_call"
    for bad in ({"call": 7}, {"call": "x" * 200}):
        assert (await staff.post_json("/api/stills/nobody/attach", bad)).status in (400, 413)

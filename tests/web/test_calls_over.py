"""What is had of a call that is over: no way in, nothing between the two for others, no credentials."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from rooms.fair.policy import Actor, Role
from rooms.negotiation.calls import Call
from showroom.app import open_fair
from showroom.embedded import EmbeddedValkey
from tests.rooms.test_call_files import PDF
from tests.web.conftest import PEOPLE, OpenFair, furnish, settings_for
from tests.web.test_call_files import send
from tests.web.test_policy import actor, answered_call
from tests.web.visitor import Visitor, visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def fair(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[OpenFair]:
    """A fair of its own, which has a TURN server."""
    valkey = EmbeddedValkey(tmp_path_factory.mktemp("valkey"))
    turn = {"TURN_URLS": "turn:turn.example", "TURN_SECRET": "a secret of the two servers"}
    settings = settings_for(tmp_path_factory.mktemp("fair"), await valkey.start(), **turn)
    async with open_fair(settings) as opened:
        yield OpenFair(opened.base_url, opened.parts, await furnish(opened.parts))
    await valkey.stop()


async def _begun(fair: OpenFair) -> tuple[Call, Actor]:
    """Return a call that runs, and its buyer."""
    call = await fair.parts.calls.get(await answered_call(fair))
    return call, await actor(fair, PEOPLE[Role.BUYER])


@pytest.mark.threat("T28")
async def test_a_link_that_was_not_used_opens_nothing_of_a_call_that_is_over(
    fair: OpenFair, buyer: Visitor
) -> None:
    call, shopper = await _begun(fair)
    token = await fair.parts.call_room.invite(shopper, call, "interpreter", "Tess", "Words")
    url = (await send(buyer, call, "offer.pdf", PDF)).json["file"]["url"]
    async with visitor(fair.base_url) as early, visitor(fair.base_url) as tess:
        assert (await early.get(f"/join/{token}")).status == 200
        await fair.parts.calls.hang_up(shopper, call.id)
        shown = await tess.get(f"/join/{token}")
        for who in (early, tess):
            joined = await who.submit(f"/join/{token}", {})
            assert (shown.status, joined.status, joined.headers.get("Set-Cookie")) == (404, 404, None)
            assert (await who.get(f"/meeting/{call.id}")).status in (303, 401, 403)
            assert (await who.get(url)).status in (303, 401, 403)
    (third,) = await fair.parts.call_room.parts.thirds.of(call.id)
    assert third.joined_at is None


async def test_a_note_for_the_other_is_not_for_who_was_the_third(fair: OpenFair, buyer: Visitor) -> None:
    call, shopper = await _begun(fair)
    token = await fair.parts.call_room.invite(shopper, call, "interpreter", "Tess", "Words")
    async with visitor(fair.base_url) as tess:
        await tess.submit(f"/join/{token}", {}, page=f"/join/{token}")
        await fair.parts.calls.hang_up(shopper, call.id)
        await buyer.post_json(f"/api/calls/{call.id}/notes", {"text": "Between us: I can go up to 12."})
        pages = [await who.get(f"/meeting/{call.id}") for who in (buyer, tess)]
    assert [len(page.data["gathering"]["notes"]) for page in pages] == [1, 0]
    assert "I can go up to 12" not in pages[1].text


async def test_a_call_that_is_over_gives_no_credentials(fair: OpenFair, buyer: Visitor) -> None:
    call, shopper = await _begun(fair)
    (server,) = (await buyer.get(f"/meeting/{call.id}")).data["ice_servers"]
    assert server["username"].endswith(shopper.id)
    await fair.parts.calls.hang_up(shopper, call.id)
    assert (await buyer.get(f"/meeting/{call.id}")).data["ice_servers"] == []

"""An erased name in the store: it goes from calls that are over, and no call back brings it again."""

from __future__ import annotations

import time
from dataclasses import dataclass

from config.ids import CallId
from rooms.fair.accounts import Accounts
from rooms.fair.policy import Actor, Role
from rooms.fair.seal import Seal
from rooms.live import keys
from rooms.negotiation.offers.bureau import Bureau, open_bureau
from rooms.negotiation.offers.desk import News
from rooms.negotiation.offers.erasure import Forget
from rooms.negotiation.offers.records import ThreadKey
from rooms.negotiation.outcomes import Outcomes
from rooms.negotiation.states import CallState
from tests.rooms.fair_facts import OAK, PASSWORD, staff
from tests.signaling.fair import CHAIR, Node


@dataclass(frozen=True)
class Scene:
    """A buyer who has asked for a call, and staff at whom it rings; `erase` takes the name out."""

    fair: Node
    buyer: Actor
    call: CallId
    bureau: Bureau

    async def erase(self) -> None:
        await self.bureau.erasure.ask(self.buyer, ThreadKey(OAK, self.buyer.id))

    async def kept(self) -> str:
        """Return what the store has of the call."""
        return str(await self.fair.redis.hgetall(keys.call(self.call)))

    async def names(self) -> list[str]:
        """Return the names in the records, one for each call."""
        found = await Outcomes(self.fair.database).of_thread(OAK, self.buyer.id)
        return [call.buyer_name for call in found]


async def rung(fair: Node, forget: Forget) -> Scene:
    accounts, calls = Accounts(fair.database, time.time, 12), fair.parts.calls
    it = await accounts.register_buyer("Ama Owusu", "Owusu Ltd", "ama@shop.example", PASSWORD, "GH", "en")
    buyer = Actor(it.id, Role.BUYER, it.name, it.company, None, "GH", "en")
    seal = Seal(b"k" * 32)
    bureau = open_bureau(fair.database, accounts, seal, time.time, "fair", tell_nobody, forget)
    await fair.talk("/booth", staff(), OAK)
    call = await calls.request(buyer, OAK, None, None, CHAIR, "k")
    return Scene(fair, buyer, call.id, bureau)


async def tell_nobody(_news: News) -> None:
    """Have no screens."""


async def test_a_call_back_brings_no_erased_name_again(fair: Node) -> None:
    calls = fair.parts.calls
    scene = await rung(fair, calls.erase_names)
    await calls.decline(staff(), scene.call)
    assert "Ama Owusu" in await scene.kept()
    for _ in range(2):
        await scene.erase()
        assert "Ama Owusu" not in await scene.kept()
    back = await fair.parts.asking.call_back(calls, staff(), OAK, scene.call, "n")
    assert (back.buyer_name, back.buyer_company, back.about) == ("", "Owusu Ltd", scene.call)
    assert await scene.names() == ["", ""]


async def test_a_call_that_runs_goes_on_without_the_erased_name(fair: Node) -> None:
    calls = fair.parts.calls
    scene = await rung(fair, calls.erase_names)
    await calls.accept(staff(), scene.call, "m")
    await scene.erase()
    assert "Ama Owusu" not in await scene.kept()
    call = await calls.get(scene.call)
    assert (call.state, call.buyer_name) == (CallState.TALKING, "")
    assert (await calls.hang_up(staff(), scene.call)).state is CallState.ENDED
    assert await scene.names() == [""]


async def test_a_call_back_goes_by_the_records(fair: Node) -> None:
    """Also where the store was away when the name was erased."""

    async def away(_calls: object) -> None:
        """Leave the store as it is."""

    scene = await rung(fair, away)
    await fair.parts.calls.decline(staff(), scene.call)
    await scene.erase()
    assert "Ama Owusu" in await scene.kept()
    back = await fair.parts.asking.call_back(fair.parts.calls, staff(), OAK, scene.call, "n")
    assert back.buyer_name == ""

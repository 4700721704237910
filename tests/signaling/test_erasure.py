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
from tests.rooms.test_call_files import PDF
from tests.signaling.fair import CHAIR, Node, Talker


@dataclass(frozen=True)
class Scene:
    """A buyer who has asked for a call, and staff at whom it rings; `erase` takes a name out, the buyer's."""

    fair: Node
    buyer: Actor
    call: CallId
    bureau: Bureau

    async def erase(self, who: Actor | None = None) -> None:
        await self.bureau.erasure.ask(who or self.buyer, ThreadKey(OAK, self.buyer.id))

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

    async def away(_calls: object, _account: object) -> None:
        """Leave the store as it is."""

    scene = await rung(fair, away)
    await fair.parts.calls.decline(staff(), scene.call)
    await scene.erase()
    assert "Ama Owusu" in await scene.kept()
    back = await fair.parts.asking.call_back(fair.parts.calls, staff(), OAK, scene.call, "n")
    assert back.buyer_name == ""


async def test_a_running_call_loses_the_name_of_staff_alone(fair: Node) -> None:
    """The buyer sees their company from then on; what is kept of it when it ends has no name."""
    calls, clerk = fair.parts.calls, staff()
    scene = await rung(fair, calls.erase_names)
    await calls.accept(clerk, scene.call, "m")
    assert clerk.name in await scene.kept()
    for _ in range(2):
        await scene.erase(clerk)
        assert clerk.name not in await scene.kept()
        assert "Ama Owusu" in await scene.kept()
    call = await calls.get(scene.call)
    assert (call.state, call.answered_by, call.answered_by_name) == (CallState.TALKING, clerk.id, "")
    meeting = Talker("/meeting")
    fair.talkers.append(meeting)
    await meeting.open(fair.url, {"v": 1, "ticket": fair.ticket("/meeting", scene.buyer, call=call.id)})
    seen = await meeting.hear("snapshot")
    assert (seen["call"]["answered_by"], seen["other"]["name"]) == ("Oak & Ash", "Oak & Ash")
    assert [it["name"] for it in seen["gathering"]["seats"]] == ["Ama Owusu", "Oak & Ash"]
    assert (await calls.hang_up(clerk, scene.call)).state is CallState.ENDED
    (kept,) = await Outcomes(fair.database).of_thread(OAK, scene.buyer.id)
    assert (kept.buyer_name, kept.answered_by, kept.answered_by_name) == ("Ama Owusu", clerk.id, "")


async def test_a_call_back_is_taken_without_the_name_of_who_rang(fair: Node) -> None:
    """The next call of the same person has their name again."""
    calls, clerk = fair.parts.calls, staff()
    scene = await rung(fair, calls.erase_names)
    await calls.decline(clerk, scene.call)
    back = await fair.parts.asking.call_back(calls, clerk, OAK, scene.call, "n")
    assert back.called_by_name == clerk.name
    await scene.erase(clerk)
    taken = await calls.outgoing.answer(scene.buyer, back.id)
    assert (taken.called_by, taken.called_by_name, taken.answered_by_name) == (clerk.id, "", "")
    await calls.hang_up(clerk, back.id)
    again = await fair.parts.asking.call_back(calls, clerk, OAK, scene.call, "o")
    assert again.called_by_name == clerk.name
    told = await Outcomes(fair.database).of_thread(OAK, scene.buyer.id)
    assert sorted(str(it.called_by_name) for it in told) == ["", "None", clerk.name]


async def test_what_lies_in_a_meeting_is_of_a_company_once_the_name_is_erased(fair: Node) -> None:
    """Files, notes, and who asked to record, where nothing was recorded."""
    calls, clerk, room = fair.parts.calls, staff(), fair.call_room
    scene = await rung(fair, calls.erase_names)
    call = await calls.accept(clerk, scene.call, "m")
    for who in (scene.buyer, clerk):
        await room.add_file(who, call, "Seam.pdf", PDF)
        await room.leave_note(who, call, "Up to 12.")
    await room.parts.consents.answer(clerk, call, "en", is_agreed=True)
    for who, left in ((clerk, ["Ama Owusu", "Oak & Ash"]), (scene.buyer, ["Owusu Ltd", "Oak & Ash"])):
        await scene.erase(who)
        found = await room.gathering(await calls.get(scene.call))
        assert [it["sent_by"] for it in found["files"]] == left
        assert [it["name"] for it in found["notes"]] == left
        assert found["consent"]["asked_by"] == "Oak & Ash"

"""Two who have just sat down in a private call, those they invite, and what is said and heard there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from config.ids import CallId
from rooms.fair.policy import Actor
from tests.media.peer import AUDIO, Peer
from tests.rooms.fair_facts import OAK, buyer, staff
from tests.signaling.fair import CHAIR, Node, Talker

WORD = b"for one side"


@dataclass
class Table:
    """Two who have just sat down."""

    fair: Node
    call: CallId
    staff: Talker
    buyer: Talker

    async def invite(self, kind: str = "colleague", name: str = "Tess") -> str:
        answer = await self.buyer.ask("invite", {"kind": kind, "name": name, "company": "Words Ltd"})
        return str(answer["link"]).removeprefix("/join/")

    async def third(self, kind: str = "colleague", name: str = "Tess") -> tuple[Actor, Talker]:
        """Let a third person in by a link."""
        third = await self.fair.call_room.join(await self.invite(kind, name))
        return third.actor, await self.fair.talk("/meeting", third.actor, call=self.call)

    async def ear(self, party: Talker, seat: str) -> Peer:
        """Let somebody hear a seat through the relay."""
        ear, stage = Peer("recvonly"), self.fair.call_room.parts.stage
        self.fair.peers.append(ear)
        answered = await stage.view(self.call, seat, await ticket_of(party), ear.offer(), "192.0.2.2")
        return await ear.connect(answered.sdp)

    @asynccontextmanager
    async def voice(self, speaker: Talker) -> AsyncIterator[None]:
        """Let somebody say `WORD` again and again for as long as the block lasts."""
        voice, stage = Peer("sendonly"), self.fair.call_room.parts.stage
        self.fair.peers.append(voice)
        answered = await stage.publish(self.call, await ticket_of(speaker), voice.offer(), "192.0.2.1")
        await voice.connect(answered.sdp)
        words = asyncio.create_task(_talk(voice))
        try:
            await self.is_live()
            yield
        finally:
            words.cancel()
            await asyncio.wait([words])

    async def is_live(self) -> None:
        """Return once packets of somebody in the call flow."""
        async with asyncio.timeout(10):
            while not self.fair.call_room.parts.stage.live(self.call):
                await asyncio.sleep(0.02)


async def laid(fair: Node) -> Table:
    """Return a call that was accepted, with both parties in it."""
    await fair.parts.duty.on(OAK, staff().id, staff().name)
    call = await fair.parts.calls.request(buyer(), OAK, None, None, CHAIR, "key")
    await fair.parts.calls.accept(staff(), call.id, "key")
    first = await fair.talk("/meeting", staff(), call=call.id)
    second = await fair.talk("/meeting", buyer(), call=call.id)
    return Table(fair, call.id, first, second)


async def ticket_of(talker: Talker) -> str:
    """Return what opens the relay's doors of the call to somebody."""
    return str((await talker.hear("snapshot"))["media_ticket"])


async def _talk(voice: Peer) -> None:
    for number in range(100_000):
        voice.send(AUDIO, number, WORD, timestamp=number * 960)
        await asyncio.sleep(0.02)

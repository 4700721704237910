"""Private calls whose parties send into the relay, and what of them is on the disk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from config.ids import AccountId
from rooms.fair.policy import Actor, Role
from rooms.negotiation.calls import Call
from showroom import data_folder
from showroom.demo.clip import encode
from showroom.load.clip_file import Clip, read_clip
from showroom.load.publisher import Publisher
from tests.web.conftest import LUMEN, OpenFair, take
from tests.web.on_air import FRAMES_PER_SECOND, SECONDS, SIZE, pictures, until

SELLER = Actor(AccountId("seller"), Role.STAFF, "Seller", "Lumen", LUMEN)


async def clip_in(folder: Path) -> Clip:
    """Return a picture with sound that can be sent."""
    await asyncio.to_thread(encode, pictures(), SIZE, FRAMES_PER_SECOND, folder / "clip.mkv", SECONDS, 0)
    return read_clip(folder / "clip.mkv")


async def talking(fair: OpenFair, who: str) -> Call:
    """Let somebody new talk with the seller."""
    buyer = Actor(AccountId(who), Role.BUYER, who.title(), "Shop", None)
    await fair.parts.duty.on(LUMEN, SELLER.id, SELLER.name)
    asked = await fair.parts.calls.request(buyer, LUMEN, None, None, None, "key")
    answered = await take(fair, SELLER, asked)
    await fair.parts.duty.off(LUMEN, SELLER.id)
    return answered


@asynccontextmanager
async def sending(fair: OpenFair, call: Call, actor: Actor, clip: Clip) -> AsyncIterator[None]:
    """Send picture and sound into a call through its own door."""
    bearer = fair.parts.call_room.media_ticket(actor, call.id)
    async with aiohttp.ClientSession() as http:
        publisher = Publisher(http, f"{fair.base_url}/whip/calls/{call.id}", clip, bearer)
        await publisher.open()
        playing = asyncio.create_task(publisher.play())
        await until(lambda: _is_live(fair, call))
        yield
        playing.cancel()
        await asyncio.wait([playing])
        await publisher.close()


async def _is_live(fair: OpenFair, call: Call) -> bool:
    return bool(fair.parts.call_room.parts.stage.live(call.id))


def on_disk(fair: OpenFair) -> dict[Path, int]:
    """Return every file of every recording and its size."""
    folder = fair.parts.settings.data.folder / data_folder.RECORDINGS
    return {path: path.stat().st_size for path in folder.rglob("*") if path.is_file()}


async def is_writing(fair: OpenFair, call: Call) -> bool:
    """Tell whether packets of the call reach a recorder."""
    names = fair.parts.call_room.parts.stage.live(call.id)
    publications = [fair.parts.relay.publication(sent.name) for sent in names]
    return any(publication.sinks[1:] for publication in publications if publication)


async def agree(fair: OpenFair, call: Call, *people: Actor) -> None:
    for person in people:
        await fair.parts.call_room.answer(person, call, "en", is_agreed=True)


async def has_grown(fair: OpenFair, before: dict[Path, int]) -> bool:
    return sum(on_disk(fair).values()) > sum(before.values()) + 1000

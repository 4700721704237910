"""A snapshot is never older than what was told before it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from rooms.fair.policy import Actor
from signaling.conversation import READS_AT_ONCE
from signaling.herald import inside
from tests.rooms.fair_facts import OAK, buyer, guest, staff
from tests.signaling.fair import Node, on_air
from tests.signaling.held import Hold
from tests.signaling.test_calls import ring


async def test_a_show_that_begins_while_a_studio_opens_is_in_what_it_is_told_last(
    fair: Node, hold: Hold
) -> None:
    """The studio was told of the show first, and then that there is none: it could not be ended there."""
    held = hold(fair.parts.shows, "pinned")  # the show has been read by then
    opening = asyncio.create_task(fair.talk("/booth", staff(), OAK))
    await held.was_made.wait()
    peer, _ = await fair.go_live(fair.publish_ticket(staff()))
    async with on_air(peer):
        await fair.talkers[0].hear("show")
        held.may_go_on.set()
        studio = await opening
        last = [message["show"] for event, message in studio.told if event in ("show", "snapshot")][-1]
        assert last is not None
        assert last["state"] == "live"


async def test_a_ring_while_a_studio_opens_is_not_taken_back(fair: Node, hold: Hold) -> None:
    await fair.talk("/booth", staff(), OAK)
    shopper = await fair.talk("/hall", buyer(), OAK)
    held = hold(fair.parts.appointing, "near")  # the calls have been read by then
    opening = asyncio.create_task(fair.talk("/booth", staff(2), OAK))
    await held.was_made.wait()
    call = (await ring(shopper))["id"]
    await fair.talkers[2].hear("ring")
    held.may_go_on.set()
    studio = await opening
    told = [message for event, message in studio.told if event == "snapshot"]
    assert [ringing["id"] for ringing in told[-1]["calls"]] == [call]


async def test_of_a_whole_audience_few_snapshots_are_read_again(
    fair: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read side by side all of them were stale at each word that was told, and the records were overrun."""
    may_go_on, read, readings = asyncio.Event(), fair.parts.appointing.near, 0

    async def slowly(actor: Actor) -> Any:
        nonlocal readings
        readings += 1
        await may_go_on.wait()
        return await read(actor)

    monkeypatch.setattr(fair.parts.appointing, "near", slowly)
    coming = [asyncio.create_task(fair.talk("/hall", guest(), OAK)) for _ in range(3 * READS_AT_ONCE)]
    while len(fair.sockets.server.manager.rooms.get("/hall", {}).get(inside(OAK), ())) < len(coming):
        await asyncio.sleep(0.02)
    while readings < READS_AT_ONCE:
        await asyncio.sleep(0.02)
    await fair.parts.herald.viewers_changed(OAK, 7)
    may_go_on.set()
    await asyncio.gather(*coming)
    assert readings <= len(coming) + READS_AT_ONCE

"""Whoever is on the air by a stream key is taken off it when that key is replaced, and at no other time."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from config.errors import Busy
from config.ids import RoomId
from tests.rooms.fair_facts import LAMP, OAK, staff
from tests.signaling.fair import LASTING, PATIENCE_SECONDS, Node, on_air


@pytest.mark.threat("T26")
@pytest.mark.parametrize("fair", [LASTING], indirect=True)
async def test_who_is_on_the_air_by_a_key_that_was_replaced_is_taken_off(fair: Node) -> None:
    """The show waits for whoever has the new one; the key of another room is as good as before."""
    peer, _ = await fair.go_live(await fair.stream_keys.rotate(OAK, staff().id))
    other, _ = await fair.go_live(await fair.stream_keys.rotate(LAMP, staff().id), LAMP)
    async with on_air(peer), on_air(other):
        await peer.until(lambda: fair.relay.is_live(OAK) and fair.relay.is_live(LAMP))
        key = await fair.stream_keys.rotate(OAK, staff().id)
        await peer.until(lambda: peer.is_closed, PATIENCE_SECONDS)
        assert await fair.parts.shows.get(OAK)
        again, _ = await fair.go_live(key)
        async with on_air(again):
            await again.until(lambda: fair.relay.is_live(OAK))
            await fair.stage.old_keys.look()
            assert not again.is_closed
            assert not other.is_closed


async def test_records_that_are_away_take_nobody_off(fair: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    peer, _ = await fair.go_live(await fair.stream_keys.rotate(OAK, staff().id))
    async with on_air(peer):
        await peer.until(lambda: fair.relay.is_live(OAK))
        with monkeypatch.context() as patch:
            patch.setattr(fair.stream_keys, "hashes", _away)
            await fair.stream_keys.rotate(OAK, staff().id)
            with pytest.raises(Busy):
                await fair.stage.old_keys.look()
            patch.setattr(fair.stream_keys, "hashes", _none)
            await fair.stage.old_keys.look()
            assert fair.relay.is_live(OAK)
            assert not peer.is_closed
        await peer.until(lambda: peer.is_closed, PATIENCE_SECONDS)


async def test_records_are_not_asked_while_nobody_is_on_the_air_by_key(
    fair: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    peer, _ = await fair.go_live(fair.publish_ticket(staff()))
    async with on_air(peer):
        await peer.until(lambda: fair.relay.is_live(OAK))
        monkeypatch.setattr(fair.stream_keys, "hashes", _away)
        await fair.stage.old_keys.look()
        assert not peer.is_closed


async def _away(_rooms: Collection[RoomId]) -> dict[RoomId, str]:
    raise Busy("The fair's records cannot be reached; try again in a moment.", code="store_away")


async def _none(_rooms: Collection[RoomId]) -> dict[RoomId, str]:
    return {}

"""WHIP and WHEP as services: whose sessions they are, and how they may be changed (RFC 9725)."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import AsyncExitStack

import pytest

from config.errors import Denied, FairError, Invalid, Missing
from config.ids import RoomId, SessionId
from tests.rooms.fair_facts import LAMP, OAK, guest, staff
from tests.signaling.fair import LASTING, Node, on_air
from tests.signaling.held import Hold

FRAGMENT = "application/trickle-ice-sdpfrag"
TRICKLE = "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\n"


async def test_whip_follows_the_rules_for_entity_tags(fair: Node) -> None:
    """Candidates are taken with the right tag, and with the newest only; a refusal ends nothing."""
    bearer = fair.publish_ticket(staff())
    peer, answered = await fair.go_live(bearer)
    place = (OAK, answered.session, bearer)
    for etag, kind, code in (
        (None, FRAGMENT, "if_match_missing"),
        ("wrong", FRAGMENT, "etag_mismatch"),
        (f"W/{answered.etag}", FRAGMENT, "etag_mismatch"),
        (answered.etag, "application/sdp", "content_type"),
    ):
        with pytest.raises(Invalid) as refusal:
            await fair.whip.patch(*place, etag, TRICKLE, kind)
        assert refusal.value.code == code
    assert await fair.whip.patch(*place, answered.etag, TRICKLE, FRAGMENT) is None
    restarted = await fair.whip.patch(*place, "*", TRICKLE, FRAGMENT)
    assert restarted
    with pytest.raises(Invalid, match="ETag"):
        await fair.whip.patch(*place, answered.etag, TRICKLE, FRAGMENT)
    assert await fair.whip.patch(*place, restarted.etag, TRICKLE, FRAGMENT) is None
    assert not peer.is_closed
    await fair.whip.delete(*place)


async def test_whep_follows_the_rules_for_entity_tags(fair: Node) -> None:
    peer, _ = await fair.go_live(fair.publish_ticket(staff()))
    async with on_air(peer):
        viewer, session = await fair.watch(guest())
        with pytest.raises(Invalid) as refusal:
            await fair.whep.patch(OAK, session, "", "wrong", TRICKLE, FRAGMENT)
        assert refusal.value.code == "etag_mismatch"
        with pytest.raises(Missing):
            await fair.whep.delete(LAMP, session, "")
        await fair.whep.delete(OAK, session, "")
        await viewer.until(lambda: viewer.is_closed)
        await fair.whep.delete(OAK, session, "")
        with pytest.raises(Missing) as gone:
            await fair.whep.patch(OAK, session, "", "*", TRICKLE, FRAGMENT)
    assert gone.value.code == "no_session"


async def test_an_encoder_that_closes_its_line_first_may_still_end_its_session(fair: Node) -> None:
    """As OBS does; nobody else may, and nothing else can be done with it."""
    bearer = fair.publish_ticket(staff())
    peer, answered = await fair.go_live(bearer)
    peer.close()
    async with asyncio.timeout(10):
        while fair.relay.is_live(OAK):
            await asyncio.sleep(0.02)
    with pytest.raises(Denied):
        await fair.whip.delete(OAK, answered.session, fair.publish_ticket(staff(2)))
    await fair.whip.delete(OAK, answered.session, bearer)
    with pytest.raises(Missing):
        await fair.whip.patch(OAK, answered.session, bearer, "*", TRICKLE, FRAGMENT)
    with pytest.raises(Missing):
        await fair.whip.delete(LAMP, answered.session, bearer)


@pytest.mark.parametrize("fair", [LASTING], indirect=True)
@pytest.mark.parametrize("is_restart", [True, False])
async def test_an_anchor_on_another_network_keeps_the_show_and_its_viewers(
    fair: Node, is_restart: bool
) -> None:
    """By an ICE restart, which keeps the session too, or by a new offer of the same account."""
    bearer = fair.publish_ticket(staff())
    anchor, answered = await fair.go_live(bearer)
    page = await fair.talk("/hall", guest(), OAK)
    async with on_air(anchor), AsyncExitStack() as stack:
        show = (await page.hear("show"))["show"]
        viewer, session = await fair.watch(guest())
        await viewer.until(lambda: bool(viewer.video()))
        if is_restart:
            restarted = await fair.whip.patch(OAK, answered.session, bearer, "*", TRICKLE, FRAGMENT)
            assert restarted
            await anchor.move(restarted.fragment)
        else:
            back, _ = await fair.go_live(fair.publish_ticket(staff()))
            await stack.enter_async_context(on_air(back))
        seen = len(viewer.video())
        await viewer.until(lambda: len(viewer.video()) > seen + 20)
        kept = await fair.parts.shows.get(OAK)
    assert kept
    assert kept.id == show["id"]
    assert anchor.is_closed is not is_restart
    assert fair.stage.viewer(OAK, session)
    assert not viewer.is_closed


async def test_a_viewer_on_another_network_keeps_its_session(fair: Node) -> None:
    anchor, _ = await fair.go_live(fair.publish_ticket(staff()))
    async with on_air(anchor):
        viewer, session = await fair.watch(guest())
        restarted = await fair.whep.patch(OAK, session, "", "*", TRICKLE, FRAGMENT)
        assert restarted
        await viewer.move(restarted.fragment)
        seen = len(viewer.video())
        await viewer.until(lambda: len(viewer.video()) > seen + 20)
        with pytest.raises(Invalid, match="ice-pwd"):
            await fair.whep.patch(OAK, session, "", "*", "a=mid:0\r\n", FRAGMENT)
        assert await fair.whep.patch(OAK, session, "", restarted.etag, TRICKLE, FRAGMENT) is None
        assert not viewer.is_closed


async def test_guessing_ends_nothing(fair: Node) -> None:
    """T16, a tenth: wrong, absent and foreign tokens, and addresses nobody has."""
    key = await fair.stream_keys.rotate(OAK, staff().id)
    rival_key = await fair.stream_keys.rotate(LAMP, staff(room=LAMP).id)
    peer, answered = await fair.go_live(fair.publish_ticket(staff()))
    async with on_air(peer):
        await peer.until(lambda: fair.relay.is_live(OAK))
        wrong = [
            "",
            "sk_wrong",
            "nonsense",
            rival_key,
            key,
            fair.publish_ticket(staff(room=LAMP), LAMP),
            fair.publish_ticket(staff(2)),
        ]
        real = [(OAK, answered.session, bearer) for bearer in wrong for _ in range(30)]
        made_up = [
            (room, SessionId(secrets.token_urlsafe(16)), bearer)
            for room in (OAK, LAMP, RoomId("nowhere"))
            for bearer in (*wrong, fair.publish_ticket(staff()))
            for _ in range(32)
        ]
        foreign = [(LAMP, answered.session, bearer) for bearer in wrong]
        refused = [await _try(fair, *place) for place in (*real, *made_up, *foreign)]
        assert len(refused) > 950
        assert set(refused) <= {"no_bearer", "wrong_key", "ticket_invalid", "denied", "no_session"}
        assert fair.relay.is_live(OAK)
        assert not peer.is_closed


async def _try(fair: Node, room: RoomId, session: SessionId, bearer: str) -> str:
    try:
        await fair.whip.delete(room, session, bearer)
    except (Denied, Missing) as error:
        with pytest.raises(FairError) as refusal:
            await fair.whip.patch(room, session, bearer, "*", TRICKLE, FRAGMENT)
        assert refusal.value.code == error.code
        return error.code
    return "ended"


async def test_a_newer_ticket_of_the_same_account_ends_the_session(fair: Node) -> None:
    """A studio page that reloaded tidies up what it left behind."""
    _, answered = await fair.go_live(fair.publish_ticket(staff()))
    await fair.whip.delete(OAK, answered.session, fair.publish_ticket(staff()))


async def test_a_rotated_key_still_ends_what_it_opened(fair: Node, hold: Hold) -> None:
    """Where the server has not ended it yet."""
    hold(fair.stream_keys, "hashes")
    key = await fair.stream_keys.rotate(OAK, staff().id)
    _, answered = await fair.go_live(key)
    await fair.stream_keys.rotate(OAK, staff().id)
    await fair.whip.delete(OAK, answered.session, key)

"""WHIP and WHEP over HTTP against the real relay: what RFC 9725 and the draft ask for, and clear refusals."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.web.conftest import LUMEN, TILE, OpenFair
from tests.web.offers import offer
from tests.web.visitor import Answer, Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")

SDP = "application/sdp"
FRAGMENT = "application/trickle-ice-sdpfrag"
TRICKLE = (
    "a=ice-ufrag:Ab3d\r\na=ice-pwd:0123456789abcdef01234567\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n"
    "a=candidate:1 1 udp 2130706431 192.0.2.1 54400 typ host\r\n"
)


class Door:
    """One of the two doors of the room `lumen`, used with its stream key."""

    def __init__(self, guest: Visitor, path: str, key: str) -> None:
        self._guest = guest
        self.path = path
        self.bearer = {"Authorization": f"Bearer {key}"}

    async def post(self, body: str | bytes, path: str = "", **headers: str) -> Answer:
        named = {
            "Content-Type": SDP,
            **self.bearer,
            **{name.replace("_", "-"): text for name, text in headers.items()},
        }
        return await self._guest.ask("POST", path or self.path, data=body, headers=named)

    async def patch(self, session: str, body: str = TRICKLE, **headers: str) -> Answer:
        named = {
            "Content-Type": FRAGMENT,
            **self.bearer,
            **{name.replace("_", "-"): text for name, text in headers.items()},
        }
        return await self._guest.ask("PATCH", session, data=body, headers=named)

    async def delete(self, session: str, **headers: str) -> Answer:
        named = {**self.bearer, **{name.replace("_", "-"): text for name, text in headers.items()}}
        return await self._guest.ask("DELETE", session, headers=named)


@pytest_asyncio.fixture(loop_scope="session")
async def whip(guest: Visitor, fair: OpenFair) -> AsyncIterator[Door]:
    """The publisher's door; whatever a test leaves open is closed."""
    yield Door(guest, f"/whip/{LUMEN}", fair.keys[LUMEN])
    fair.parts.relay.end_publication(LUMEN)


@pytest_asyncio.fixture(loop_scope="session")
async def whep(guest: Visitor) -> Door:
    """The viewers' door; it needs no token."""
    door = Door(guest, f"/whep/{LUMEN}", "")
    door.bearer = {}
    return door


async def test_publishing_creates_a_session_with_all_its_headers(whip: Door) -> None:
    answer = await whip.post(offer())
    assert answer.status == 201
    assert answer.headers["Content-Type"].startswith(SDP)
    assert answer.headers["Location"].startswith(f"{whip.path}/")
    assert len(answer.headers["Location"].rpartition("/")[2]) == 22
    assert answer.headers["ETag"].startswith('"')
    assert answer.headers["Accept-Patch"] == FRAGMENT
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert {"Location", "ETag", "Link"} <= set(answer.headers["Access-Control-Expose-Headers"].split(", "))
    assert answer.text.startswith("v=0\r\n")
    assert "a=ice-lite" in answer.text
    assert (await whip.delete(answer.headers["Location"])).status == 200


async def test_a_session_has_no_representation(whip: Door, guest: Visitor) -> None:
    session = (await whip.post(offer())).headers["Location"]
    answer = await guest.get(session)
    assert (answer.status, answer.text) == (204, "")


async def test_trickle_and_restart_are_answered_as_the_rfc_has_it(whip: Door) -> None:
    created = await whip.post(offer())
    session, etag = created.headers["Location"], created.headers["ETag"]
    accepted = await whip.patch(session, If_Match=etag)
    assert (accepted.status, accepted.text) == (204, "")
    assert "ETag" not in accepted.headers
    assert (await whip.patch(session)).status == 428
    assert (await whip.patch(session, If_Match='"another"')).status == 412
    restarted = await whip.patch(session, TRICKLE.replace("Ab3d", "New4"), If_Match="*")
    assert (restarted.status, restarted.headers["Content-Type"].partition(";")[0]) == (200, FRAGMENT)
    assert restarted.headers["ETag"] not in ('""', etag)
    assert restarted.headers["ETag"].startswith('"')
    for name in ("ice-lite", "mid:0", "ice-ufrag:", "ice-pwd:", "candidate:", "end-of-candidates"):
        assert f"a={name}" in restarted.text
    assert (await whip.patch(session, If_Match=etag)).status == 412
    assert (await whip.patch(session, If_Match=restarted.headers["ETag"])).status == 204
    again = TRICKLE.replace("Ab3d", "New5")
    assert (await whip.patch(session, again)).status == 428
    assert (await whip.patch(session, again, If_Match='"another"')).status == 412
    for ufrag in ("", "x", "a b c"):
        refused = await whip.patch(session, TRICKLE.replace("Ab3d", ufrag), If_Match="*")
        assert (refused.status, refused.json["code"]) == (400, "sdp_no_ice")
    for fragment in ("", "a=mid:0\r\n", "v=0\r\n"):
        refused = await whip.patch(session, fragment, If_Match="*")
        assert refused.status == 400
        assert refused.headers["Content-Type"].startswith("application/problem+json")
    assert (await whip.patch(session, If_Match=etag, Content_Type="text/plain")).status == 415
    assert (await whip.delete(session, If_Match='"another"')).status == 200


async def test_an_ended_session_is_gone(whip: Door) -> None:
    """Only its end may be asked for again: an encoder that has closed its line does so."""
    session = (await whip.post(offer())).headers["Location"]
    assert (await whip.delete(session)).status == 200
    assert (await whip.patch(session, If_Match="*")).status == 404
    assert (await whip.delete(session)).status == 200
    assert (await whip.delete(session[:-1] + "_")).status == 404


async def test_a_key_opens_its_own_room_only(whip: Door, fair: OpenFair) -> None:
    other = {"Authorization": f"Bearer {fair.keys[TILE]}"}
    assert (await whip.post(offer(), **other)).status in (401, 403)
    for wrong in ("Bearer sk_wrong", "Bearer ", "Basic eDp5", "Bearer " + "x" * 5000):
        answer = await whip.post(offer(), Authorization=wrong)
        assert answer.status in (401, 403), wrong
        assert answer.json["detail"]
        assert fair.parts.relay.facts(LUMEN) is None


async def test_sessions_are_not_ended_or_changed_without_their_key(
    whip: Door, guest: Visitor, fair: OpenFair
) -> None:
    session = (await whip.post(offer())).headers["Location"]
    foreign = [{}, {"Authorization": "Bearer sk_wrong"}, {"Authorization": f"Bearer {fair.keys[TILE]}"}]
    for headers in foreign:
        for method in ("DELETE", "PATCH"):
            answer = await guest.ask(
                method, session, headers={"Content-Type": FRAGMENT, "If-Match": "*", **headers}
            )
            assert answer.status in (401, 403, 404)
    elsewhere = session.replace(LUMEN, TILE)
    headers = {"Authorization": f"Bearer {fair.keys[TILE]}"}
    assert (await guest.ask("DELETE", elsewhere, headers=headers)).status in (401, 403, 404)
    assert (await whip.delete(session)).status == 200


async def test_unknown_rooms_are_missing(whip: Door, whep: Door) -> None:
    assert (await whip.post(offer(), "/whip/nobody")).status in (401, 404)
    assert (await whep.post(offer("recvonly"), "/whep/nobody")).status == 404


async def test_a_room_that_is_not_live_asks_to_come_back(whep: Door) -> None:
    answer = await whep.post(offer("recvonly"))
    assert (answer.status, answer.json["code"]) == (409, "not_live")
    assert int(answer.headers["Retry-After"]) > 0


MALFORMED = [
    b"",
    b"hello",
    b"v=0",
    b"\x00" * 100,
    b"v=0\r\n" * 100,
    b"m=video 9 UDP/TLS/RTP/SAVPF 96\r\n",
    b"\xff\xfe\xfd",
    offer().replace("a=fingerprint", "a=nothing").encode(),
    offer().replace("a=ice-ufrag", "a=x").encode(),
    offer().replace("UDP/TLS/RTP/SAVPF", "RTP/AVP").encode(),
    offer().replace("H264", "H999").replace("VP8", "V9").encode(),
    offer().replace("a=mid:1", "a=mid:0").encode(),
    offer().replace("sha-256", "md5").encode(),
]


@pytest.mark.parametrize("body", MALFORMED)
async def test_malformed_offers_get_words_and_leave_nothing(whip: Door, body: bytes, fair: OpenFair) -> None:
    answer = await whip.post(body)
    assert answer.status in (400, 422)
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.json["code"].startswith("sdp")
    assert fair.parts.relay.facts(LUMEN) is None


async def test_an_offer_that_is_too_large_is_refused_at_the_door(whip: Door) -> None:
    answer = await whip.post(offer() + "a=x:y\r\n" * 20_000)
    assert (answer.status, answer.json["code"]) == (413, "sdp_too_large")


async def test_only_sdp_comes_in_and_only_sdp_goes_out(whip: Door) -> None:
    assert (await whip.post(offer(), Content_Type="application/json")).status == 415
    assert (await whip.post(offer(), Content_Type="")).status == 415
    assert (await whip.post(offer(), Accept="text/html")).status == 406
    for accept in ("*/*", "application/sdp", "application/*;q=0.5, text/html"):
        answer = await whip.post(offer(), Accept=accept)
        assert answer.status == 201
        await whip.delete(answer.headers["Location"])


@pytest.mark.parametrize("path", ["/whip/lumen", "/whep/lumen", "/whip/lumen/abc", "/whep/lumen/abc"])
async def test_other_origins_may_ask_what_they_may_send(guest: Visitor, path: str) -> None:
    headers = {"Origin": "https://studio.example", "Access-Control-Request-Method": "POST"}
    answer = await guest.ask("OPTIONS", path, headers=headers)
    assert answer.status == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    allowed = answer.headers["Access-Control-Allow-Methods"]
    assert ("PATCH" in allowed and "DELETE" in allowed) if path.endswith("abc") else "POST" in allowed
    assert {"Authorization", "Content-Type", "If-Match"} <= set(
        answer.headers["Access-Control-Allow-Headers"].split(", ")
    )


async def test_refusals_are_readable_from_other_origins(guest: Visitor) -> None:
    answer = await guest.ask(
        "POST", "/whip/lumen", data=offer(), headers={"Origin": "https://studio.example", "Content-Type": SDP}
    )
    assert answer.status == 401
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")

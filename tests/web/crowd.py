"""Two exhibitors, everything that is theirs or of their buyers, and everybody who may come for it."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from config.ids import AccountId, RoomId, ShowId, new_id
from media.recording.sprites import Sprite
from rooms.fair.hours import Hours
from rooms.fair.moments import ShowPost
from rooms.fair.policy import Actor, Role
from rooms.fair.recording import Access, Kind
from rooms.fair.recordings import Recordings
from rooms.fair.webvtt import Cue
from rooms.live.shows import Show, ShowState
from rooms.negotiation.call import Call
from rooms.negotiation.outgoing import Callee
from rooms.negotiation.states import CallKind
from showroom.data_folder import RECORDINGS
from tests.media.recording.stream import EPOCH, Stream, clip_of
from tests.rooms.test_call_files import PNG
from tests.web.conftest import LUMEN, OTHER_BUYER, OTHER_STAFF, PEOPLE, TILE, OpenFair
from tests.web.doors import Door, Form, Raw, Who
from tests.web.on_air import on_air
from tests.web.recorded import record
from tests.web.test_offers import WISH
from tests.web.visitor import PASSWORD, Answer, Visitor, visitor

COLLEAGUE, LATE = "colleague@lumen.example", "late@shop.example"
EMAILS = {
    Who.BUYER: PEOPLE[Role.BUYER], Who.OTHER: OTHER_BUYER, Who.STAFF: PEOPLE[Role.STAFF],
    Who.COLLEAGUE: COLLEAGUE, Who.RIVAL: OTHER_STAFF, Who.ORGANISER: PEOPLE[Role.ORGANISER],
}
HOUR = 3600.0


@dataclass(slots=True)
class Crowd:
    """Who comes, what they can show, and the names of all the things."""

    fair: OpenFair
    people: dict[Who, Visitor] = field(default_factory=dict)
    actors: dict[Who, Actor] = field(default_factory=dict)
    csrf: dict[Who, str] = field(default_factory=dict)
    bearers: dict[tuple[Who, str], str] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)

    async def come(self, who: Who, door: Door) -> Answer:
        """Send what a door takes, in the name of somebody who does it as the pages do."""
        method, _, address = door.route.partition(" ")
        names = self.things | {part: self.things.get(thing, thing) for part, thing in door.named.items()}
        path = (address + door.query).format_map(names)
        headers = {"X-CSRF-Token": self.csrf[who]}
        bearer = self.bearers.get((who, door.bearer)) or self.things.get(door.bearer)
        if bearer:
            headers["Authorization"] = f"Bearer {bearer}"
        match self.filled(door.sends):
            case None:
                options: dict[str, Any] = {}
            case Raw(text, kind):
                options, headers["Content-Type"] = {"data": text}, kind
            case Form() as fields:
                options = {"data": dict(fields)}
            case fields:
                options = {"json": fields}
        return await self.people[who].ask(method, path, headers=headers, **options)

    def filled(self, what: Any) -> Any:
        """Return what is sent with things in the places of their names; each request has a key of its own."""
        match what:
            case dict():
                return type(what)((name, self.filled(value)) for name, value in what.items())
            case list():
                return [self.filled(value) for value in what]
            case "{key}":
                return new_id()
            case str() if what.startswith("{"):
                return self.things[what.strip("{}")]
        return what

    async def post(self, who: Who, path: str, sends: object) -> Any:
        """Return what somebody is answered who sends something and may."""
        headers = {"X-CSRF-Token": self.csrf[who]}
        answer = await self.people[who].ask("POST", path, json=sends, headers=headers)
        assert answer.status in (200, 201), answer.text
        return answer.json


@asynccontextmanager
async def gathered(fair: OpenFair, folder: Path) -> AsyncIterator[Crowd]:
    """Let everybody come, and have the room `lumen` on the air, sent by its staff from the studio."""
    parts = fair.parts
    await parts.accounts.add(COLLEAGUE, PASSWORD, "Colleague", Role.STAFF, LUMEN)
    late = await parts.accounts.add(LATE, PASSWORD, "Late", Role.BUYER)
    crowd = Crowd(fair)
    async with AsyncExitStack() as stack:
        for who in Who:
            crowd.people[who] = await stack.enter_async_context(visitor(fair.base_url))
            await _introduce(crowd, who)
        crowd.things.update(
            room=LUMEN, tile=TILE, product=f"{LUMEN}-1", tile_product=f"{TILE}-1", tile_key=fair.keys[TILE],
            buyer=crowd.actors[Who.BUYER].id, colleague=crowd.actors[Who.COLLEAGUE].id, late=late.id,
            rival=crowd.actors[Who.RIVAL].id, language="en", number=0, seat="buyer", key="none", spent="none",
            track="video", layer="h", whole="whole", list="index", section=0, piece=0, start=0, end=2,
            name="none.webp", path="none.css", later=time.time() + 3 * HOUR,
        )
        for fill in (_record, _talk, _deal, _appoint, _take_stills, _show_bearers):
            await fill(crowd)
        ticket = crowd.bearers[Who.STAFF, "publish"]
        air = on_air(replace(fair, keys={LUMEN: ticket}), LUMEN, folder)
        publisher = await stack.enter_async_context(air)
        assert publisher._session is not None
        crowd.things["session"] = publisher._session.name
        yield crowd


async def _introduce(crowd: Crowd, who: Who) -> None:
    """Sign somebody in, and note how the parts know them and what their pages have to send."""
    browser = crowd.people[who]
    if who in EMAILS:
        await browser.sign_in(EMAILS[who])
    session = (await browser.get("/api/session")).json
    me = session["me"]
    room = RoomId(me["room"]) if me["room"] else None
    crowd.actors[who] = Actor(AccountId(me["id"]), Role(me["role"]), me["name"], "", room)
    crowd.csrf[who] = session["csrf"]


async def _record(crowd: Crowd) -> None:
    """Recordings of the room for everybody, for some and for few, with all that hangs on them."""
    parts, things = crowd.fair.parts, crowd.things
    folder = parts.settings.data.folder
    packets = list(Stream(clip_of(folder)).packets(4))
    for name, access in (
        ("public", Access.PUBLIC), ("signed_in", Access.SIGNED_IN), ("invited", Access.INVITED),
        ("spare", Access.PUBLIC), ("deleted", Access.INVITED),
    ):
        things[name] = show = ShowId(await record(parts, LUMEN, packets, name, access))
        await _hang_on(crowd, show)
    things["tile_film"] = await record(parts, TILE, packets)
    staff, buyer = crowd.actors[Who.STAFF], crowd.actors[Who.BUYER]
    await parts.recordings.set_access(staff, things["invited"], Access.INVITED, [buyer.id])
    await parts.recordings.delete(staff, things["deleted"])
    for name in ("talk", "spare_talk"):
        things[name] = new_id()
        parties = [buyer.id, staff.id]
        await parts.recordings.begin(things[name], LUMEN, EPOCH, "elsewhere", Kind.CALL, parties=parties)
        await parts.recordings.end(things[name], "ended")
    now, keys = time.time(), parts.hls.keys
    invited, signed_in = [await _circle(parts.recordings, things[name]) for name in ("invited", "signed_in")]
    things["invited_key"] = keys.mint(things["invited"], int(now + HOUR), invited)
    things["signed_in_key"] = keys.mint(things["signed_in"], int(now + HOUR), signed_in)
    things["old_key"] = keys.mint(things["invited"], int(now - 1), invited)
    things.update(show=things["public"], recording=things["public"], post=f"{things['public']}-post")


async def _circle(recordings: Recordings, show: str) -> str:
    return await recordings.circle(await recordings.get(show))


async def _hang_on(crowd: Crowd, show: ShowId) -> None:
    """A post, captions and the seek bar's pictures."""
    parts, staff = crowd.fair.parts, crowd.actors[Who.STAFF]
    await parts.show_log.begin(Show(show, LUMEN, ShowState.LIVE, staff.name, EPOCH, None, None, 1))
    post = ShowPost(f"{show}-post", show, 1.0, staff.id, staff.name, "", staff.role, "Hello", EPOCH + 1)
    await parts.moments.keep([post])
    await parts.captions.put(staff, show, LUMEN, "en", "", [Cue("", 1.0, 2.0, "Hello")])
    folder = parts.settings.data.folder / RECORDINGS / show
    (folder / "sprite.json").write_text(json.dumps(asdict(Sprite(10.0, 10, 10, 160, 90, 1))))
    (folder / "sprite-0.jpg").write_bytes(b"\xff\xd8 sheet")


async def _talk(crowd: Crowd) -> None:
    """Calls: one that is over, one that runs with a third person in it, one elsewhere, two that ring."""
    parts, things, actors = crowd.fair.parts, crowd.things, crowd.actors
    for who, room in ((Who.STAFF, LUMEN), (Who.COLLEAGUE, LUMEN), (Who.RIVAL, TILE)):
        await parts.duty.on(room, actors[who].id, actors[who].name)
    buyer = actors[Who.BUYER]
    ended = await _answered(crowd, Who.BUYER, Who.STAFF, LUMEN)
    for party in (buyer, actors[Who.STAFF]):
        await parts.calls.take_seat(party, ended)
    await parts.calls.hang_up(buyer, ended.id)
    callee = Callee(buyer.id, buyer.name, "", "", "en")
    ring = parts.calls.outgoing.ring
    outgoing = await ring(actors[Who.RIVAL], TILE, CallKind.CALL_BACK, callee, new_id())
    call = await _answered(crowd, Who.BUYER, Who.STAFF, LUMEN)
    elsewhere = await _answered(crowd, Who.OTHER, Who.RIVAL, TILE)
    ringing = await parts.calls.request(actors[Who.OTHER], LUMEN, None, None, None, new_id())
    things.update(
        call=call.id, ended=ended.id, elsewhere=elsewhere.id, ringing=ringing.id, outgoing=outgoing.id
    )
    add = parts.call_room.add_file
    things["file"] = (await add(buyer, call, "seam.png", PNG)).id
    things["other_file"] = (await add(actors[Who.OTHER], elsewhere, "seam.png", PNG)).id
    await _let_in(crowd, call)


async def _answered(crowd: Crowd, buyer: Who, staff: Who, room: RoomId) -> Call:
    calls = crowd.fair.parts.calls
    asked = await calls.request(crowd.actors[buyer], room, None, None, None, new_id())
    return await calls.accept(crowd.actors[staff], asked.id, new_id())


async def _let_in(crowd: Crowd, call: Call) -> None:
    """Let the third person in by a link; another link waits."""
    room, buyer = crowd.fair.parts.call_room, crowd.actors[Who.BUYER]
    token = await room.invite(buyer, call, "interpreter", "Tess", "Words")
    headers = {"X-CSRF-Token": crowd.csrf[Who.THIRD]}
    assert (await crowd.people[Who.THIRD].ask("POST", f"/join/{token}", headers=headers)).status == 303
    (third,) = await room.parts.thirds.of(call.id)
    crowd.things.update(
        spent=token, token=await room.invite(buyer, call, "colleague", "Cole", ""),
        third_seat=third.id.removeprefix("third:"),
    )
    crowd.actors[Who.THIRD] = third.actor


async def _deal(crowd: Crowd) -> None:
    """Offers: one that waits for signatures, one that has them, one of another buyer; and messages."""
    things = crowd.things
    thread, theirs = (f"/api/threads/{LUMEN}/{crowd.actors[who].id}" for who in (Who.BUYER, Who.OTHER))
    for name, who, path in (
        ("offer", Who.STAFF, thread), ("agreed", Who.STAFF, thread), ("other_offer", Who.OTHER, theirs)
    ):
        sent = await crowd.post(who, f"{path}/offers", {"key": new_id(), "wish": WISH})
        things[name] = sent["offer"]
    for who in (Who.BUYER, Who.STAFF):
        signing = {"key": new_id(), "password": PASSWORD, **await _seen(crowd, who, things["agreed"])}
        await crowd.post(who, f"/api/offers/{things['agreed']}/sign", signing)
    things.update(await _seen(crowd, Who.BUYER, things["offer"]))
    for name, who, room in (("subject", Who.BUYER, LUMEN), ("tile_subject", Who.OTHER, TILE)):
        letter = {"subject": "Lamps", "text": "How many?", "quantity": 1, "product": None}
        things[name] = (await crowd.post(who, f"/api/rooms/{room}/messages", letter))["id"]


async def _seen(crowd: Crowd, who: Who, offer: str) -> dict[str, Any]:
    """Return what somebody who signs the first version of an offer has seen."""
    found = (await crowd.people[who].get(f"/api/offers/{offer}")).json["offer"]
    return {"version": 1, "sha256": found["versions"][0]["sha256"], "consent": found["consent"]}


async def _appoint(crowd: Crowd) -> None:
    """An appointment that was asked for, a show that is announced, and the calendar of the buyer."""
    things, hours = crowd.things, Hours("UTC", dict.fromkeys(range(7), ((0, 1440),)))
    await crowd.fair.parts.asking.hours.set(crowd.actors[Who.STAFF], LUMEN, hours)
    listed = await crowd.people[Who.BUYER].get(f"/api/rooms/{LUMEN}/appointment-slots?minutes=15&days=7")
    slots = [it["starts_at"] for it in listed.json["slots"]]
    wish = {"starts_at": slots[8], "minutes": 15, "language": "en"}
    asked = await crowd.post(Who.BUYER, f"/api/rooms/{LUMEN}/appointments", wish)
    show = {"title": "Lamps", "starts_at": time.time() + 2 * HOUR, "minutes": 15, "language": "en"}
    announced = await crowd.post(Who.STAFF, f"/api/rooms/{LUMEN}/programme", show)
    things.update(
        appointment=asked["appointment"]["id"], slot=slots[16], announced=announced["show"]["id"],
        calendar=(await crowd.post(Who.BUYER, "/api/calendar", {}))["url"].rpartition("/")[2][:-4],
    )
    await crowd.post(Who.BUYER, f"/api/programme/{things['announced']}/reserve", {})


async def _take_stills(crowd: Crowd) -> None:
    """Stills of the buyer, of the other buyer and of the staff; none belongs to a call yet."""
    stills = crowd.fair.parts.stills
    for name, who in (("still", Who.BUYER), ("other_still", Who.OTHER), ("staff_still", Who.STAFF)):
        show = crowd.things["public"]
        moment = stills.new_moment(crowd.actors[who], LUMEN, "Lumen", show, 1000, int(EPOCH * 1000))
        crowd.things[name] = (await stills.keep(moment, b"\xff\xd8 a picture \xff\xd9", 320, 200)).id


async def _show_bearers(crowd: Crowd) -> None:
    """The tokens that each can get: for their own room, their own call."""
    calls = {Who.OTHER: "elsewhere", Who.RIVAL: "elsewhere"}
    for who in (Who.STAFF, Who.COLLEAGUE, Who.RIVAL):
        room = crowd.actors[who].room
        wish = {"purpose": "publish", "room": room}
        crowd.bearers[who, "publish"] = (await crowd.post(who, "/api/tickets", wish))["ticket"]
    for who in (Who.BUYER, Who.STAFF, Who.THIRD, *calls):
        wish = {"purpose": "call_media", "call": crowd.things[calls.get(who, "call")]}
        crowd.bearers[who, "call_media"] = (await crowd.post(who, "/api/tickets", wish))["ticket"]
    keys = {room: await crowd.fair.parts.caption_keys.rotate(room, "test") for room in (LUMEN, TILE)}
    for who, room in ((Who.STAFF, LUMEN), (Who.COLLEAGUE, LUMEN), (Who.RIVAL, TILE)):
        crowd.bearers[who, "captions"] = keys[room]

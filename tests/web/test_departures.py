"""An exhibitor is taken out of the fair on the organiser's pages: what others meet then, and back in."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio

from config.ids import AccountId, CompanyId, ProductId, RoomId, new_id
from rooms.fair.announced import Announcement
from rooms.fair.companies import Company
from rooms.fair.policy import Actor, Role
from rooms.fair.products import Product
from rooms.fair.recording import Access
from tests.media.recording.stream import Stream, clip_of
from tests.web.conftest import PEOPLE, OpenFair
from tests.web.offers import offer
from tests.web.recorded import record
from tests.web.test_exhibitors import LIST
from tests.web.test_offers import WISH
from tests.web.visitor import PASSWORD, Answer, Visitor, visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")

GONE, ROOMS = "exhibitor_left", count()


@dataclass
class Leaver:
    """An exhibitor with a past, and those who come to it."""

    fair: OpenFair
    room: RoomId
    organiser: Visitor
    staff: Visitor
    buyer: Visitor
    guest: Visitor
    key: str
    show: str
    announced: str
    offer: str
    keeper: Actor
    buyer_id: str

    @property
    def page(self) -> str:
        return f"{LIST}/{self.room}"

    @property
    def thread(self) -> str:
        return f"/threads/{self.room}/{self.buyer_id}"

    async def publish(self, by: str = "whip") -> Answer:
        """Come by a door with the stream key."""
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/sdp"}
        sdp = offer("sendonly" if by == "whip" else "recvonly")
        return await self.guest.ask("POST", f"/{by}/{self.room}", data=sdp, headers=headers)

    async def leave(self) -> Answer:
        return await self.organiser.submit(f"{self.page}/departure", {}, page=f"{self.page}/departure")

    async def come_back(self) -> Answer:
        return await self.organiser.submit(f"{self.page}/return", {}, page=self.page)


@pytest_asyncio.fixture(loop_scope="session")
async def leaver(fair: OpenFair, tmp_path: Path) -> AsyncIterator[Leaver]:
    """One with a product, a recording, an announced show, and an offer that its buyer has sent."""
    parts, number = fair.parts, next(ROOMS)
    room, name = RoomId(f"leaver-{number}"), f"Leaver <i>{number}"
    company = Company(CompanyId(room), room, name, "PT", "Porto", 1, f"L{number}", "", ("pt",), "", "")
    await parts.companies.add(company)
    facts = "Cork stool", "", None, "EUR", None, "piece", "", 1
    await parts.products.add(Product(ProductId(f"{room}-1"), room, *facts))
    account = await parts.accounts.add(f"ana@{room}.example", PASSWORD, "Ana", Role.STAFF, room)
    key = await parts.stream_keys.rotate(room, account.id)
    show = await record(parts, room, Stream(clip_of(tmp_path)).packets(4), "Corks of the year")
    announced = await parts.programme.announce(
        account.actor, room, Announcement(f"Corks {number}", time.time() + 3600, 30)
    )
    (person,) = await parts.accounts.by_emails([PEOPLE[Role.BUYER]])
    async with (
        visitor(fair.base_url) as organiser, visitor(fair.base_url) as staff,
        visitor(fair.base_url) as buyer, visitor(fair.base_url) as guest,
    ):
        await organiser.sign_in(PEOPLE[Role.ORGANISER])
        await staff.sign_in(account.email)
        await buyer.sign_in(PEOPLE[Role.BUYER])
        wish = WISH | {"lines": [WISH["lines"][0] | {"product": f"{room}-1"}]}
        path = f"/api/threads/{room}/{person.id}/offers"
        sent = (await buyer.post_json(path, {"key": new_id(), "wish": wish})).json
        people = organiser, staff, buyer, guest
        yield Leaver(fair, room, *people, key, show, announced.id, sent["offer"], account.actor, person.id)


async def test_the_organiser_reads_what_follows_before_it_does(leaver: Leaver, fair: OpenFair) -> None:
    page = await leaver.organiser.get(leaver.page)
    assert f'href="{leaver.page}/departure"' in page.text
    asked = await leaver.organiser.get(f"{leaver.page}/departure")
    name = f"Leaver &lt;i&gt;{leaver.room.rpartition('-')[2]}"
    assert f"Take <bdi>{name}</bdi> out of the fair?</h1>" in asked.text
    for said in ("1 announced show is no longer", "1 member of its staff", "No appointment is to come"):
        assert said in asked.text
    assert "The show that runs now ends." not in asked.text
    await fair.parts.shows.begin(leaver.room, "Ana")
    assert "The show that runs now ends." in (await leaver.organiser.get(f"{leaver.page}/departure")).text
    await fair.parts.shows.end(leaver.room)
    assert (await leaver.guest.get(f"/rooms/{leaver.room}")).status == 200


async def test_it_is_in_no_hall_map_search_or_feed(leaver: Leaver) -> None:
    found = f'href="/rooms/{leaver.room}"'
    lists = "/", "/?hall=1", "/?q=leaver", "/?country=PT", "/?q=cork+stool"
    assert [found in (await leaver.guest.get(path)).text for path in lists] == [True] * len(lists)
    done = await leaver.leave()
    assert (done.status, done.headers["Location"]) == (303, leaver.page)
    assert [found in (await leaver.guest.get(path)).text for path in lists] == [False] * len(lists)
    assert leaver.announced not in (await leaver.guest.get("/")).text
    entry = await leaver.guest.get(f"/programme/{leaver.announced}.ics")
    assert "STATUS:CANCELLED" in entry.text
    listed = await leaver.organiser.get(LIST)
    assert listed.text.index("Have left the fair") < listed.text.index(f'href="{leaver.page}"')
    assert "It has left the fair on" in (await leaver.organiser.get(leaver.page)).text
    assert (await leaver.organiser.get(f"{leaver.page}/departure")).status == 303


async def test_its_room_says_so_in_a_page_of_its_own(leaver: Leaver) -> None:
    await leaver.leave()
    page = await leaver.guest.get(f"/rooms/{leaver.room}")
    assert (page.status, "has left the fair</h1>" in page.text) == (410, True)
    assert 'href="/threads"' not in page.text
    assert 'href="/threads"' in (await leaver.buyer.get(f"/rooms/{leaver.room}")).text
    own = await leaver.staff.get(f"/studio/{leaver.room}")
    assert (own.status, "Your company has left the fair" in own.text) == (410, True)
    assert f'href="/recordings/{leaver.show}/download"' in own.text
    looked = await leaver.organiser.get(f"/studio/{leaver.room}")
    assert (looked.status, leaver.show in looked.text, "/download" in looked.text) == (410, True, False)
    booked = await leaver.buyer.get(f"/rooms/{leaver.room}/appointment")
    assert (booked.status, "No longer at this fair" in booked.text) == (410, True)


async def test_programs_are_told_by_a_code(leaver: Leaver) -> None:
    """At once, and by what each node remembers within a second."""
    await leaver.leave()
    message = {"subject": "Corks", "text": "How many?", "quantity": None, "product": None}
    captioner = {"Authorization": "Bearer x"}
    refused = [
        await leaver.publish(), await leaver.publish("whep"),
        await leaver.guest.ask("POST", f"/captions/{leaver.room}", json={}, headers=captioner),
        await leaver.guest.get(f"/api/rooms/{leaver.room}/appointment-slots"),
        await leaver.staff.post_json(f"/api/rooms/{leaver.room}/stream-key", {}),
        await leaver.buyer.post_json(f"/api/programme/{leaver.announced}/reserve", {}),
        await leaver.buyer.post_json(f"/api/rooms/{leaver.room}/messages", message),
        *[await leaver.staff.post_json("/api/tickets", {"purpose": purpose, "room": leaver.room})
          for purpose in ("hall", "booth", "publish", "rehearsal")],
    ]  # fmt: skip
    assert [(it.status, it.json["code"]) for it in refused] == [(410, GONE)] * len(refused)
    while leaver.room not in leaver.fair.parts.departures.left:
        await leaver.guest.get("/healthz")
    shelf = await leaver.staff.get(f"/studio/{leaver.room}/shelf")
    hours = await leaver.staff.post_json(f"/api/rooms/{leaver.room}/hours", {"zone": "UTC", "weekly": {}})
    assert (shelf.status, hours.status, hours.json["code"]) == (410, 410, GONE)
    assert (await leaver.staff.get("/api/appointments")).status == 200


async def test_both_sides_keep_their_negotiation_to_read_and_take_along(leaver: Leaver) -> None:
    await leaver.leave()
    for side in (leaver.buyer, leaver.staff):
        page = await side.get(leaver.thread)
        assert (page.status, "has left the fair." in page.text) == (200, True)
        thread = (await side.get(f"/api{leaver.thread}")).json
        assert (thread["has_left"], len(thread["offers"])) == (True, 1)
        assert (await side.get(f"{leaver.thread}.csv")).status == 200
        assert leaver.thread in (await side.get("/threads")).text
    mine = (await leaver.buyer.get(f"/api/offers/{leaver.offer}")).json["offer"]
    theirs = (await leaver.staff.get(f"/api/offers/{leaver.offer}")).json["offer"]
    assert (mine["may"], theirs["may"]) == (["withdraw"], [])
    again = await leaver.buyer.post_json(f"/api{leaver.thread}/offers", {"key": new_id(), "wish": WISH})
    assert (again.status, again.json["code"]) == (410, GONE)
    wish = {"key": new_id(), "version": 1}
    assert (await leaver.buyer.post_json(f"/api/offers/{leaver.offer}/withdraw", wish)).status == 200


async def test_its_recordings_are_for_its_staff_the_organiser_and_the_invited(leaver: Leaver) -> None:
    replay, public = f"/rooms/{leaver.room}/shows/{leaver.show}", f"/hls/{leaver.show}/whole/index.m3u8"
    assert (await leaver.guest.get(public)).status == 200
    await leaver.leave()
    page = await leaver.guest.get(replay)
    assert (page.status, "This exhibitor has left the fair" in page.text) == (410, True)
    chapters = f"/api/shows/{leaver.show}/chapters"
    assert (await leaver.guest.get(chapters)).json["code"] == GONE
    while (await leaver.guest.get(public)).status == 200:  # what is known of a show is used for two seconds
        pass
    for own in (leaver.staff, leaver.organiser):
        page = await own.get(replay)
        assert (page.status, page.data["has_left"], 'id="call-button"' in page.text) == (200, True, False)
        assert (await own.get(page.data["source"])).status == 200
    assert (await leaver.staff.get(f"/recordings/{leaver.show}/download")).status == 200
    invited = [AccountId(leaver.buyer_id)]
    await leaver.fair.parts.recordings.set_access(leaver.keeper, leaver.show, Access.INVITED, invited)
    assert (await leaver.buyer.get(replay)).status == 200


async def test_all_of_it_is_there_again_once_it_is_taken_back_in(leaver: Leaver) -> None:
    await leaver.leave()
    assert (await leaver.guest.get(f"/rooms/{leaver.room}")).status == 410
    back = await leaver.come_back()
    assert (back.status, back.headers["Location"]) == (303, f"{leaver.page}?back=1")
    assert "It is at the fair again." in (await leaver.organiser.get(back.headers["Location"])).text
    room = await leaver.guest.get(f"/rooms/{leaver.room}")
    assert (room.status, "Cork stool" in room.text, leaver.announced in room.text) == (200, True, True)
    assert f'href="/rooms/{leaver.room}"' in (await leaver.guest.get("/?q=leaver")).text
    assert (await leaver.staff.get(f"/studio/{leaver.room}")).status == 200
    while leaver.room in leaver.fair.parts.departures.left:
        await leaver.guest.get("/healthz")
    assert (await leaver.publish()).status == 201

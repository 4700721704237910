"""A fair in which something of everything is there: for tests that ask for all of it by its name."""

from __future__ import annotations

import time
from dataclasses import replace

from config.ids import AccountId, CallId, ProductId, RoomId, ShowId, new_id
from config.settings import load_settings
from rooms.fair.announced import Announcement
from rooms.fair.buyer_messages import Wish as Message
from rooms.fair.hours import DAY_MINUTES, Hours
from rooms.fair.policy import Actor, Role
from rooms.fair.webvtt import Cue
from rooms.live.chat import Post
from rooms.negotiation.appointments.appointment import Wish as Time
from rooms.negotiation.appointments.slots import QUARTER_SECONDS
from rooms.negotiation.call import Call
from rooms.negotiation.offers.records import OfferId, ThreadKey
from rooms.negotiation.offers.signing import Seen
from rooms.negotiation.offers.terms import Wish as Sheet
from rooms.negotiation.offers.terms import WishedLine
from rooms.negotiation.states import CallState
from showroom.app import open_fair
from tests.rooms.recorded import record
from tests.rooms.test_call_files import PDF
from tests.web.conftest import LUMEN, OTHER_BUYER, PEOPLE, TILE, furnish
from tests.web.recorded import record as record_files
from tests.web.test_recorded_files import vp8_show
from tests.web.visitor import PASSWORD
from web.app import Parts

DAY_SECONDS = 86_400
OLD_SHOWS = [f"old-{number}" for number in range(4)]
"""What is there to be deleted; no files, but records of them."""
SHEET = Sheet(lines=(WishedLine("", "Lamp", "100", "pcs", "12.50"),), currency="EUR")

Names = dict[str, list[str]]
"""Parameters of the interface to the names that are there, `operation.parameter` for one operation alone."""


async def furnished(environment: dict[str, str]) -> Names:
    """Open the fair of these settings, put something of everything into it, and close it again."""
    async with open_fair(load_settings(None, environment)) as fair:
        await furnish(fair.parts)
        parts, staff, buyer = fair.parts, await _person(fair.parts, Role.STAFF), await _buyer(fair.parts)
        shows = await _shows(parts, staff, buyer)
        calls = await _calls(parts, staff, buyer, ShowId(shows[0]))
        return {
            "room": [LUMEN, TILE, "nobody"], "buyer": [buyer.id, "nobody"], "show": [*shows, "nothing"],
            "recording": [*shows, "nothing"], "delete_recording.recording": OLD_SHOWS, "film": shows,
            "call": [*calls, "nothing"], "language": ["en", "x-nothing"], "delete_captions.language": ["de"],
            "product": [f"{LUMEN}-1"], "staff": [staff.id], "account": [buyer.id],
            "caption_key": [await parts.caption_keys.rotate(TILE, "test")], "number": ["0"],
            "token": [await parts.calendar_feeds.renew(buyer), "nothing"], "send_captions.room": [TILE],
            **await _kept(parts, buyer, calls), **await _wanted(parts, staff, buyer),
            "offer": await _offers(parts, staff, buyer),
        }


async def _person(parts: Parts, role: Role) -> Actor:
    account, _ = await parts.accounts.sign_in(PEOPLE[role], PASSWORD)
    return Actor(AccountId(account.id), role, account.name, account.company, account.room)


async def _buyer(parts: Parts) -> Actor:
    return await _person(parts, Role.BUYER)


async def _shows(parts: Parts, staff: Actor, buyer: Actor) -> list[str]:
    """Record shows of a room with posts, a product and captions in each; let another one run."""
    shows = [await record_files(parts, LUMEN, vp8_show()) for _ in range(2)]
    for name in OLD_SHOWS:
        await record(parts.recordings, name, LUMEN)
    for name in (*shows, *OLD_SHOWS):
        show, recording = ShowId(name), await parts.recordings.get(name)
        running = await parts.shows.begin(LUMEN, staff.name)
        await parts.show_log.begin(replace(running, id=show, started_at=recording.started_at))
        await parts.moments.pinned(show, 1.0, ProductId(f"{LUMEN}-1"))
        for said in ("post-1", f"{name}-post"):
            post = Post(said, buyer.id, buyer.name, buyer.company, Role.BUYER, "Hello", time.time())
            await parts.moments.posted(show, 2.0, post)
        for language in ("en", "de"):
            await parts.captions.put(staff, show, LUMEN, language, "", [Cue("", 0.0, 2.0, "Hello")])
    await parts.shows.end(LUMEN)
    await parts.show_log.begin(await parts.shows.begin(TILE, "Tia"))
    return shows


async def _calls(parts: Parts, staff: Actor, buyer: Actor, show: ShowId) -> list[str]:
    """Let one call run, and another have been missed."""
    await parts.duty.on(LUMEN, staff.id, staff.name)
    asked = await parts.calls.request(buyer, LUMEN, None, None, None, "key")
    running = await parts.calls.accept(staff, asked.id, "key")
    now = time.time()
    missed = Call(
        CallId(f"{LUMEN}.{new_id()}"), LUMEN, show, 12.5, ProductId(f"{LUMEN}-1"), buyer.id, buyer.name,
        buyer.company, buyer.country, "en", CallState.RINGING, now - 60, now - 60, now - 30, None, None, (),
        1,
    )
    await parts.outcomes.record(missed)
    await parts.outcomes.record(replace(missed, state=CallState.MISSED, since=now - 30, epoch=2))
    return [running.id, missed.id]


async def _kept(parts: Parts, buyer: Actor, calls: list[str]) -> Names:
    """Keep a still, a file, a message and a missed call."""
    moment = parts.stills.new_moment(buyer, LUMEN, "Lumen", ShowId("show"), 1000, 1_790_000_001_000)
    still = await parts.stills.keep(moment, b"\xff\xd8\xff", 4, 3)
    call = await parts.calls.get(CallId(calls[0]))
    file = await parts.call_room.parts.files.add(buyer, call, "terms.pdf", PDF)
    message = await parts.asking.messages.send(buyer, LUMEN, Message("Samples", "Two, please."))
    return {
        "still": [still.id, "nothing"], "file": [file.id, "nothing"], "post": ["post-1", "nothing"],
        "subject": [message.id, calls[1], "nothing"],
    }


async def _wanted(parts: Parts, staff: Actor, buyer: Actor) -> Names:
    """Announce shows and ask for appointments, the next days at noon."""
    always: dict[int, tuple[tuple[int, int], ...]] = dict.fromkeys(range(7), ((0, DAY_MINUTES),))
    await parts.asking.hours.set(staff, LUMEN, Hours("UTC", always))
    noon = (time.time() // QUARTER_SECONDS) * QUARTER_SECONDS + DAY_SECONDS
    wishes = [Announcement(f"Show {n}", noon + n * DAY_SECONDS, 45) for n in range(6)]
    announced = [await parts.programme.announce(staff, LUMEN, wish) for wish in wishes]
    times = [Time(noon + n * 4 * QUARTER_SECONDS, 30) for n in range(6)]
    appointments = [await parts.appointments.request(buyer, LUMEN, wish) for wish in times]
    shows: list[str] = [it.id for it in announced]
    asked: list[str] = [it.id for it in appointments]
    return {
        "announced": [*shows[:2], "nothing"], "cancel_announcement.announced": shows[2:],
        "appointment": [*asked[:2], "nothing"], "cancel_appointment.appointment": [asked[2], "nothing"],
        "decline_appointment.appointment": [asked[3], "nothing"],
        "accept_appointment.appointment": [asked[4], "nothing"],
    }


async def _offers(parts: Parts, staff: Actor, buyer: Actor) -> list[str]:
    """Send offers of both sides, and let both have signed one."""
    thread = ThreadKey(RoomId(LUMEN), buyer.id)
    other, _ = await parts.accounts.sign_in(OTHER_BUYER, PASSWORD)
    foreign = Actor(AccountId(other.id), Role.BUYER, other.name, other.company, None)
    sent = [await parts.bureau.offers.send(buyer, thread, SHEET, f"mine-{n}") for n in range(3)]
    sent.append(await parts.bureau.offers.send(staff, thread, SHEET, "theirs"))
    theirs = await parts.bureau.offers.send(foreign, ThreadKey(LUMEN, foreign.id), SHEET, "foreign")
    await _sign(parts, sent[0].offer, sent[0].sha256, staff, buyer)
    return [*(it.offer for it in sent), theirs.offer, "nothing"]


async def _sign(parts: Parts, offer: OfferId, sha256: str, *signers: Actor) -> None:
    for actor in signers:
        seen = Seen(1, sha256, "I agree.", "en")
        await parts.bureau.signing.sign(actor, offer, seen, PASSWORD, f"sign-{actor.role}")

"""Threads and offers for scripts: read, drafted, sent, countered, withdrawn and signed.

Who may do what is decided by the parts themselves, which know the thread; here requests become calls.
"""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web

from config.errors import Conflict, Invalid
from config.ids import AccountId, CallId, RoomId
from rooms.fair.policy import Actor
from rooms.negotiation.offers.differences import differences
from rooms.negotiation.offers.drafts import draft_data
from rooms.negotiation.offers.records import Offer, OfferId, ThreadKey, Version
from rooms.negotiation.offers.requests import Receipt
from rooms.negotiation.offers.signing import Seen
from rooms.negotiation.offers.threads import side_of
from web import keys
from web.i18n import current_language, gettext
from web.identity import actor_of
from web.json_body import json_fields, text_in
from web.offer_data import consent_to, offer_data, receipt_data, thread_data
from web.offer_wish import whole_in, wish_in

KEY_LENGTH = 64
ID_LENGTH = 128
PASSWORD_LENGTH = 500
CONSENT_LENGTH = 2000
PRIVATE = {"Cache-Control": "private, no-store"}


async def of_mine(request: web.Request) -> web.Response:
    """List the threads of whoever asks, the newest first."""
    found = await request.app[keys.BUREAU].threads.of(await actor_of(request))
    listed = [
        {
            "room": it.key.room, "buyer": it.key.buyer, "company": it.company, "buyer_name": it.buyer.name,
            "buyer_company": it.buyer.company, "changed_at_ms": it.changed_at_ms,
        }
        for it in found
    ]
    return web.json_response({"threads": listed}, headers=PRIVATE)


async def thread(request: web.Request) -> web.Response:
    """Give a thread with its offers, and the drafts of the reader's own side."""
    return web.json_response(await thread_of(request), headers=PRIVATE)


async def thread_of(request: web.Request) -> dict[str, Any]:
    """Return the thread of the URL as its scripts need it."""
    actor, key, bureau = await actor_of(request), thread_key(request), request.app[keys.BUREAU]
    found = await bureau.threads.get(actor, key)
    offers, drafts, products = await asyncio.gather(
        bureau.offers.of_thread(actor, key), bureau.drafts.of(actor, key),
        request.app[keys.PRODUCTS].of_room(key.room),
    )
    return thread_data(found, side_of(actor), offers, drafts, products, int(request.app[keys.CLOCK]() * 1000))


async def save_draft(request: web.Request) -> web.Response:
    """Keep what is being typed; 409 with what is there when somebody else has typed meanwhile."""
    fields, actor = await json_fields(request), await actor_of(request)
    offer = OfferId(text_in(fields, "offer", ID_LENGTH)) or None
    draft = await request.app[keys.BUREAU].drafts.save(
        actor, thread_key(request), offer, whole_in(fields, "revision") or 0, wish_in(fields)
    )
    return web.json_response({"draft": draft_data(draft)}, headers=PRIVATE)


async def send(request: web.Request) -> web.Response:
    """Open an offer."""
    fields, actor = await json_fields(request), await actor_of(request)
    call = CallId(text_in(fields, "call", ID_LENGTH)) or None
    receipt = await request.app[keys.BUREAU].offers.send(
        actor, thread_key(request), wish_in(fields), text_in(fields, "key", KEY_LENGTH), call,
        whole_in(fields, "draft"),
    )
    return _done(receipt, 201)


async def offer(request: web.Request) -> web.Response:
    """Give one offer."""
    actor, found = await found_offer(request)
    has_left = (await request.app[keys.BUREAU].threads.get(actor, found.thread)).has_left
    now_ms = int(request.app[keys.CLOCK]() * 1000)
    body = {"offer": offer_data(found, side_of(actor), now_ms, has_left=has_left)}
    return web.json_response(body, headers=PRIVATE)


async def counter(request: web.Request) -> web.Response:
    """Add a version to an offer; 409 with the differences when there is a newer one already."""
    fields, actor = await json_fields(request), await actor_of(request)
    receipt = await request.app[keys.BUREAU].offers.counter(
        actor, offer_id(request), whole_in(fields, "version") or 0, wish_in(fields),
        text_in(fields, "key", KEY_LENGTH), whole_in(fields, "draft"),
    )
    return _done(receipt, 201)


async def withdraw(request: web.Request) -> web.Response:
    """Take back what one's side has sent."""
    fields, actor = await json_fields(request), await actor_of(request)
    receipt = await request.app[keys.BUREAU].offers.withdraw(
        actor, offer_id(request), whole_in(fields, "version") or 0, text_in(fields, "key", KEY_LENGTH)
    )
    return _done(receipt)


async def sign(request: web.Request) -> web.Response:
    """Sign a version with one's password; the words of consent must be those that the fair asks for."""
    fields = await json_fields(request)
    actor, found = await found_offer(request)
    seen = Seen(
        whole_in(fields, "version") or 0, text_in(fields, "sha256", ID_LENGTH),
        text_in(fields, "consent", CONSENT_LENGTH), current_language(),
    )
    _check_consent(seen, actor, found)
    request.app[keys.SIGNING_ALLOWANCE].take(actor.id)
    receipt = await request.app[keys.BUREAU].signing.sign(
        actor, found.id, seen, text_in(fields, "password", PASSWORD_LENGTH),
        text_in(fields, "key", KEY_LENGTH),
    )
    return _done(receipt)


async def compare(request: web.Request) -> web.Response:
    """Give the differences between two versions."""
    _actor, found = await found_offer(request)
    before, after = (_version(found, request.query.get(name, "")) for name in ("from", "to"))
    body = {"differences": differences(before.document, after.document).data()}
    return web.json_response(body, headers=PRIVATE)


async def erase(request: web.Request) -> web.Response:
    """Take the name of who asks out of everything in a thread that is not signed."""
    erased = await request.app[keys.BUREAU].erasure.ask(await actor_of(request), thread_key(request))
    return web.json_response({"versions": erased.versions, "calls": erased.calls}, headers=PRIVATE)


def thread_key(request: web.Request) -> ThreadKey:
    """Return the thread that the URL names."""
    return ThreadKey(RoomId(request.match_info["room"]), AccountId(request.match_info["buyer"]))


def offer_id(request: web.Request) -> OfferId:
    """Return the offer that the URL names."""
    return OfferId(request.match_info["offer"])


async def found_offer(request: web.Request) -> tuple[Actor, Offer]:
    """Return who asks, and the offer that the URL names if it is theirs."""
    actor = await actor_of(request)
    return actor, await request.app[keys.BUREAU].offers.get(actor, offer_id(request))


def _version(found: Offer, text: str) -> Version:
    for version in found.versions:
        if str(version.number) == text:
            return version
    raise Invalid(gettext("There is no such version of this offer."), code="no_version")


def _check_consent(seen: Seen, actor: Actor, found: Offer) -> None:
    """Refuse words that are not the fair's; what is wrong with an old version is said by the rules."""
    meant = next((it for it in found.versions if it.number == seen.version), None)
    if meant is not None and seen.consent != consent_to(meant, side_of(actor)):
        message = gettext("The words of consent are not those of this page; reload it and read them again.")
        raise Conflict(message, code="other_consent")


def _done(receipt: Receipt, status: int = 200) -> web.Response:
    return web.json_response(receipt_data(receipt), status=status, headers=PRIVATE)

"""The meeting: where a buyer and a member of staff talk privately, a product on the table between them."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from config.errors import Missing
from config.ids import ProductId
from rooms.fair.companies import Company
from rooms.fair.policy import Actor, Role
from rooms.negotiation.calls import Call, CallState
from rooms.negotiation.consent_texts import consent_text
from signaling.call_stage import seat_of
from signaling.wire import ProductData, posts_data, product_data
from signaling.wire_moments import still_data
from web import keys
from web.call_identity import inside
from web.i18n import current_language
from web.local_path import see_other
from web.templating import render


@dataclass(frozen=True, slots=True)
class Party:
    """The other person at the table."""

    name: str
    company: str
    country: str


async def meeting(request: web.Request) -> web.StreamResponse:
    """Show the meeting to those who are in it; a call that nobody has accepted leads back to its room."""
    app = request.app
    actor, call = await inside(request)
    if call.state not in (CallState.TALKING, CallState.ENDED):
        return see_other(f"/rooms/{call.room}")
    company, products, posts, stills = await asyncio.gather(
        app[keys.COMPANIES].ever_by_room(call.room),
        app[keys.PRODUCTS].of_room(call.room),
        app[keys.CHAT].tail(f"call:{call.id}"),
        app[keys.STILLS].of_call(call.id),
    )
    is_staff, is_third = actor.role is Role.STAFF, actor.role is Role.THIRD
    other, is_over = _other(call, actor, company), call.state is CallState.ENDED
    back_url = f"/studio/{call.room}" if is_staff else f"/rooms/{call.room}"
    consent, language = consent_text(current_language())
    data: dict[str, Any] = {
        "call": call.id,
        "room": call.room,
        "is_over": is_over,
        "is_staff": is_staff,
        "talking_since": call.since,
        "product": await _on_the_table(app, call.product),
        "products": [product_data(product) for product in products] if is_staff else [],
        "posts": posts_data(posts, actor),
        "stills": [still_data(still) for still in stills],
        "buyer": call.buyer,
        "other": {"name": other.name, "company": other.company, "country": other.country},
        "now": app[keys.CLOCK](),
        "is_third": is_third,
        "seat": seat_of(call, actor.id),
        "consent": {"text": consent, "language": language},
        "ice_servers": [] if is_over else app[keys.TURN].servers(actor.id),
        "gathering": await app[keys.CALL_ROOM].gathering_for(actor, call) if is_over else None,
    }
    return await render(request, "meeting.html", data=data, other=other, is_over=is_over, is_staff=is_staff,
                        is_third=is_third, back_url=back_url)


def _other(call: Call, actor: Actor, company: Company) -> Party:
    if actor.id != call.answered_by:
        return Party(call.answered_by_name or company.name, company.name, company.country)
    return Party(call.buyer_name, call.buyer_company, call.buyer_country)


async def _on_the_table(app: web.Application, product: ProductId | None) -> ProductData | None:
    if product is not None:
        with suppress(Missing):  # taken off the shelf since the request
            return product_data(await app[keys.PRODUCTS].get(product))
    return None

"""The meeting: where a buyer and a member of staff talk privately, a product on the table between them."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from config.errors import Missing
from config.ids import CallId, ProductId
from rooms.fair.companies import Company
from rooms.fair.policy import Actor, Permission, Role
from rooms.negotiation.calls import Call, CallState
from signaling.wire import ProductData, posts_data, product_data
from signaling.wire_moments import still_data
from web import keys
from web.identity import actor_of, allow
from web.templating import render


@dataclass(frozen=True, slots=True)
class Party:
    """The other person at the table."""

    name: str
    company: str
    country: str


@allow(Permission.JOIN_CALL)
async def meeting(request: web.Request) -> web.StreamResponse:
    """Show the meeting to its two parties; a call that nobody has accepted leads back to its room."""
    app, actor = request.app, await actor_of(request)
    call = await app[keys.CALLS].get(CallId(request.match_info["call"]))
    if call.state not in (CallState.TALKING, CallState.ENDED):
        return web.HTTPSeeOther(f"/rooms/{call.room}")
    company, products, posts, stills = await asyncio.gather(
        app[keys.COMPANIES].by_room(call.room),
        app[keys.PRODUCTS].of_room(call.room),
        app[keys.CHAT].tail(f"call:{call.id}"),
        app[keys.STILLS].of_call(call.id),
    )
    is_staff, other = actor.role is Role.STAFF, _other(call, actor, company)
    is_over = call.state is CallState.ENDED
    back_url = f"/studio/{call.room}" if is_staff else f"/rooms/{call.room}"
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
        "now": time.time(),
    }
    return await render(request, "meeting.html", data=data, other=other, is_over=is_over, is_staff=is_staff,
                        back_url=back_url)


def _other(call: Call, actor: Actor, company: Company) -> Party:
    if actor.id == call.buyer:
        return Party(call.answered_by_name or company.name, company.name, company.country)
    return Party(call.buyer_name, call.buyer_company, call.buyer_country)


async def _on_the_table(app: web.Application, product: ProductId | None) -> ProductData | None:
    if product is not None:
        with suppress(Missing):  # taken off the shelf since the request
            return product_data(await app[keys.PRODUCTS].get(product))
    return None

"""The threads of whoever is signed in, and the page of one: its time line, its offers, and what to take
along.
"""

from __future__ import annotations

from aiohttp import web

from rooms.negotiation.offers.states import Side
from rooms.negotiation.offers.threads import MOST_LISTED, side_of
from web import keys
from web.identity import actor_of
from web.offers import thread_key, thread_of
from web.templating import render
from web.thread_entries import entries_of


async def threads(request: web.Request) -> web.Response:
    """List one's threads, the newest first; all of them when asked to."""
    actor, most = await actor_of(request), None if request.query.get("all") else MOST_LISTED
    found = await request.app[keys.BUREAU].threads.of(actor, most)
    return await render(
        request, "threads.html", threads=found, is_buyer=side_of(actor) is Side.BUYER,
        has_more=len(found) == most, data={"now": request.app[keys.CLOCK]()},
    )


async def thread(request: web.Request) -> web.Response:
    """Show one thread to its two sides."""
    actor, key = await actor_of(request), thread_key(request)
    found = await request.app[keys.BUREAU].threads.get(actor, key)
    data = {"thread": await thread_of(request), "now": request.app[keys.CLOCK](), "call": ""}
    return await render(
        request, "thread.html", data=data, thread=found, is_buyer=side_of(actor) is Side.BUYER,
        entries=await entries_of(request.app, actor, found),
    )

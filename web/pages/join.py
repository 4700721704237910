"""The link of a third person: it says who is expected where, and lets them in once."""

from __future__ import annotations

from aiohttp import web

from rooms.negotiation.calls import Call
from rooms.negotiation.thirds import Third
from web import keys
from web.call_identity import remember_third
from web.local_path import see_other
from web.templating import render


async def show(request: web.Request) -> web.StreamResponse:
    """Show whom the link names and whose call it is; looking does not use it up."""
    request.app[keys.JOIN_ALLOWANCE].take(request.app[keys.CLIENT].address(request))
    third, call = await request.app[keys.CALL_ROOM].invited(request.match_info["token"])
    return await render(request, "join.html", third=third, call=call, company=await _company(request, call))


async def join(request: web.Request) -> web.StreamResponse:
    """Use the link up and lead to the meeting."""
    request.app[keys.JOIN_ALLOWANCE].take(request.app[keys.CLIENT].address(request))
    third: Third = await request.app[keys.CALL_ROOM].join(request.match_info["token"])
    response = see_other(f"/meeting/{third.call}")
    remember_third(request, response, third)
    return response


async def _company(request: web.Request, call: Call) -> str:
    return (await request.app[keys.COMPANIES].ever_by_room(call.room)).name

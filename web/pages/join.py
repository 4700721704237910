"""The link of a third person: it says who is expected where, and lets them in once."""

from __future__ import annotations

from aiohttp import web

from rooms.negotiation.calls import Call
from rooms.negotiation.thirds import Third
from web import keys
from web.call_identity import came_as, remember_third
from web.local_path import see_other
from web.templating import render


async def show(request: web.Request) -> web.StreamResponse:
    """Show whom the link names and whose call it is; looking does not use it up.

    Whoever came by it finds back into the call by it, as long as they keep the cookie it gave them.
    """
    request.app[keys.JOIN_ALLOWANCE].take(request.app[keys.CLIENT].network(request))
    if came := await _came_by(request):
        return see_other(f"/meeting/{came.call}")
    third, call = await request.app[keys.CALL_ROOM].invited(request.match_info["token"])
    return await render(request, "join.html", third=third, call=call, company=await _company(request, call))


async def join(request: web.Request) -> web.StreamResponse:
    """Use the link up and lead to the meeting; there too whom a second tap sends here again."""
    request.app[keys.JOIN_ALLOWANCE].take(request.app[keys.CLIENT].network(request))
    if came := await _came_by(request):
        return see_other(f"/meeting/{came.call}")
    third: Third = await request.app[keys.CALL_ROOM].join(request.match_info["token"])
    response = see_other(f"/meeting/{third.call}")
    remember_third(request, response, third)
    return response


async def _came_by(request: web.Request) -> Third | None:
    third = await request.app[keys.CALL_ROOM].parts.thirds.came_by(request.match_info["token"])
    return third if third is not None and came_as(request, third) else None


async def _company(request: web.Request, call: Call) -> str:
    return (await request.app[keys.COMPANIES].ever_by_room(call.room)).name

"""The studio: where staff put their room on the air, answer calls, pin products and chat."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web

from config.errors import Denied
from config.ids import RoomId
from rooms.fair.companies import Company
from rooms.fair.policy import Actor, Permission, Role, may
from signaling.rehearsal import RehearsalStage
from signaling.wire import duty_data, posts_data, product_data, show_data
from signaling.wire_programme import RehearsalData, rehearsal_data
from web import keys
from web.asking_data import proposal_url
from web.i18n import LANGUAGES, current_locale, gettext
from web.identity import actor_of, allow, room_of
from web.local_path import see_other
from web.pages.left import left_page
from web.pages.programme import announced_data, coming
from web.pages.room import hls_addresses
from web.templating import render

FFMPEG_LINE = (
    "ffmpeg -re -stream_loop -1 -i show.mp4 -c:v libx264 -profile:v baseline -bf 0 -g 60 -b:v 2000k"
    " -pix_fmt yuv420p -c:a libopus -ar 48000 -ac 2 -f whip -authorization STREAM_KEY {address}"
)
"""Baseline without B frames, a key frame every two seconds: what every viewer's browser can start from."""


CURL_LINE = (
    "curl -H 'Authorization: Bearer CAPTION_KEY' -H 'Content-Type: application/json'"
    """ -d '{{"language": "en", "cues": [{{"text": "Hello"}}]}}' {address}"""
)
"""Shows a caption in the room, for four seconds."""

LAST_SHOWS = 8
"""So many of a room's shows are listed for their captions."""


async def own_studio(request: web.Request) -> web.StreamResponse:
    """Lead staff to the studio of their own room."""
    actor = await actor_of(request)
    if actor.role is Role.GUEST:
        raise Denied(gettext("Please sign in to open your studio."), code="sign_in")
    if actor.role is not Role.STAFF or actor.room is None:
        raise Denied(gettext("Studios belong to exhibitors. Sign in with an exhibitor's account."))
    return see_other(f"/studio/{actor.room}")


@allow(Permission.SEE_STUDIO)
async def studio(request: web.Request) -> web.Response:
    """Show the console of a room to its staff, and to the organiser to look on."""
    actor, room = await actor_of(request), room_of(request)
    assert room is not None  # noqa: S101 - the URL pattern has it
    company = await request.app[keys.COMPANIES].ever_by_room(room)
    if company.left_at is not None:
        return await left_page(request, actor, company)
    return await _console(request, actor, company)


async def _console(request: web.Request, actor: Actor, company: Company) -> web.Response:
    app, room = request.app, company.room
    products, key_made_at, captions = await asyncio.gather(
        app[keys.PRODUCTS].of_room(room), app[keys.STREAM_KEYS].facts(room), _captions(app, room)
    )
    show, pinned, viewers, duty, posts = await asyncio.gather(
        app[keys.SHOWS].get(room),
        app[keys.SHOWS].pinned(room),
        app[keys.AUDIENCE].viewers(room),
        app[keys.DUTY].on_duty(room),
        app[keys.CHAT].tail(room),
    )
    address = f"{app[keys.SETTINGS].public_url}/whip/{room}"
    data = {
        **_doors(room, address),
        "company": company.name,
        "show": show_data(show),
        "pinned": pinned,
        "products": [product_data(product) for product in products],
        "viewers": viewers,
        "duty": duty_data(duty),
        "posts": posts_data(posts, actor),
        "has_key": key_made_at is not None,
        "rehearsal": await _rehearsal(app[keys.STAGE].rehearsals, room),
        "ffmpeg_line": FFMPEG_LINE.format(address=address),
        "curl_line": captions["curl_line"],
        **_rights(actor, room),
        **(desk := await _desk(app, actor, room))["data"],
        "now": app[keys.CLOCK](),
    }
    return await render(
        request, "studio.html", data=data, company=company, products=products, pinned=pinned, show=show,
        viewers=viewers, duty=duty, key_made_at=key_made_at, whip_url=address, **captions,
        has_hls=bool(hls_addresses(app[keys.SETTINGS])["hls_url"]), ffmpeg_line=data["ffmpeg_line"],
        **await _programme(app, actor, company), **desk["page"], **_rights(actor, room),
    )


async def _desk(app: web.Application, actor: Actor, room: RoomId) -> dict[str, dict[str, Any]]:
    """Return the company's hours and what this person has said of themselves."""
    asking = app[keys.ASKING]
    hours, roster = await asyncio.gather(asking.hours.of_room(room), asking.roster.of_room(room))
    entry = next((entry for entry in roster if entry.account == actor.id), None)
    names = current_locale().days["stand-alone"]["wide"]
    return {
        "page": {"hours": hours, "entry": entry, "weekdays": [names[day] for day in range(7)]},
        "data": {"hours_set": bool(hours.weekly), "appointment_url": proposal_url(room)},
    }


async def _captions(app: web.Application, room: RoomId) -> dict[str, Any]:
    """Return how captions are sent, and the last shows, whose captions can be edited."""
    made_at, shows = await asyncio.gather(
        app[keys.CAPTION_KEYS].facts(room), app[keys.SHOW_LOG].of_room(room))
    address = f"{app[keys.SETTINGS].public_url}/captions/{room}"
    return {
        "caption_key_made_at": made_at, "captions_url": address,
        "curl_line": CURL_LINE.format(address=address), "last_shows": shows[:LAST_SHOWS],
    }


async def _programme(app: web.Application, actor: Actor, company: Company) -> dict[str, Any]:
    """What is announced, what can be played, and the languages of shows, those of the company first."""
    announced = await app[keys.PROGRAMME].of_room(company.room)
    return {
        "announced": await coming(app, actor, announced),
        "announced_data": announced_data,
        "films": await app[keys.FILMS].of_room(company.room),
        "loop": await app[keys.PROGRAMME].loop(company.room),
        "tongues": list(dict.fromkeys([*company.languages, *LANGUAGES])),
    }


async def _rehearsal(rehearsals: RehearsalStage, room: RoomId) -> RehearsalData | None:
    return rehearsal_data(await rehearsals.of(room), has_picture=rehearsals.has_picture(room))


def _doors(room: RoomId, whip_address: str) -> dict[str, Any]:
    """The page publishes to its own origin, which need not be the public address."""
    return {
        "room": room,
        "whip_url": whip_address,
        "publish_url": f"/whip/{room}",
        "whep_url": f"/whep/{room}",
    }


def _rights(actor: Actor, room: RoomId) -> dict[str, bool]:
    return {
        "may_publish": may(actor, Permission.PUBLISH, room),
        "may_answer": may(actor, Permission.ANSWER_CALLS, room),
        "may_post": may(actor, Permission.POST, room),
    }

"""The room: the show, the product on the table, the shelf, the chat, and the way to a private call."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from config.ids import ProductId, RoomId, ShowId
from config.settings import Settings
from rooms.fair.companies import Company
from rooms.fair.policy import Actor, Permission, Role, may
from rooms.fair.products import Product
from rooms.fair.promise import Promise, promise
from rooms.fair.visibility import Choice
from rooms.live.chat import Post
from rooms.live.duty import Attendant
from rooms.live.shows import Show
from web import keys
from web.asking_data import appointment_url, promise_data
from web.i18n import current_language
from web.identity import actor_of, allow, room_of
from web.pages.data import duty_data, post_data, product_data, show_data
from web.pages.left import left_page
from web.pages.programme import coming_in, may_be_reminded
from web.replays import Film, film_of, replays_of
from web.templating import render, sign_in_url


@dataclass(frozen=True, slots=True)
class Scene:
    """A room as it is at this moment."""

    company: Company
    products: tuple[Product, ...]
    show: Show | None
    pinned: Product | None
    viewers: int
    duty: tuple[Attendant, ...]
    posts: tuple[Post, ...]
    has_picture: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """Whether the room's staff may see a buyer, None for others; `is_asked` are those who have never said."""

    choice: Choice | None
    is_asked: bool


@allow(Permission.WATCH)
async def room(request: web.Request) -> web.Response:
    """Show the room; `ask=1` continues a request for a call that signing in has interrupted."""
    actor, company = await actor_of(request), await company_of(request)
    if company.left_at is not None:
        return await left_page(request, actor, company)
    scene = await scene_of(request.app, company)
    film, past, ahead, promised, seen = await asyncio.gather(
        film_of(request.app, scene.company.room), replays_of(request, actor, scene.company),
        coming_in(request.app, actor, scene.company.room),
        promised_in(request, actor, scene.company.room), _seen(request, actor, scene.company.room),
    )
    captions = await _captions(request.app, scene.show, film)
    data = _data(request, scene, actor, film) | captions | {"promise": promise_data(promised)}
    return await render(
        request, "room.html", data=data, promise=promised, scene=scene, visibility=seen.choice,
        asks_visibility=seen.is_asked, company=scene.company, may_call=may_call(actor),
        hall=await _hall_title(request.app, scene.company),
        is_own=may(actor, Permission.SEE_STUDIO, scene.company.room),
        sign_in_here_url=sign_in_url(request.path), poster=_poster(scene), loop=film, past=past,
        may_still=may(actor, Permission.TAKE_STILL, scene.company.room),
        coming=ahead, announced=ahead[1:], may_be_reminded=may_be_reminded(actor),
    )


async def _seen(request: web.Request, actor: Actor, room: RoomId) -> Seen:
    if actor.role is not Role.BUYER:
        return Seen(None, is_asked=False)
    visibility = request.app[keys.ASKING].visibility
    return Seen(await visibility.of(actor.id, room), not await visibility.has_chosen(actor.id))


async def promised_in(request: web.Request, actor: Actor, room: RoomId) -> Promise | None:
    """Return when somebody who speaks the reader's language comes, or else when the stand opens."""
    asking = request.app[keys.ASKING]
    hours, roster = await asyncio.gather(asking.hours.of_room(room), asking.roster.of_room(room))
    language = current_language() if actor.role is Role.GUEST else actor.language
    return promise(hours, roster, language, request.app[keys.CLOCK]())


async def company_of(request: web.Request) -> Company:
    """Return whose room the URL names, also when they have left; `Missing` where there is none."""
    room = room_of(request)
    assert room is not None  # noqa: S101 - the URL pattern has it
    return await request.app[keys.COMPANIES].ever_by_room(room)


async def scene_of(app: web.Application, company: Company) -> Scene:
    """Return the room of a company."""
    room = company.room
    products, show, pinned, viewers, duty, posts = await asyncio.gather(
        app[keys.PRODUCTS].of_room(room), app[keys.SHOWS].get(room), app[keys.SHOWS].pinned(room),
        app[keys.AUDIENCE].viewers(room), app[keys.DUTY].on_duty(room), app[keys.CHAT].tail(room),
    )
    return Scene(company, tuple(products), show, _on_the_table(products, pinned), viewers, tuple(duty),
                 tuple(posts), has_picture=show is not None and app[keys.STAGE].stills.of(room) is not None)


def _on_the_table(products: list[Product], pinned: ProductId | None) -> Product | None:
    return next((product for product in products if product.id == pinned), None)


async def _hall_title(app: web.Application, company: Company) -> str:
    return next((hall.title for hall in await app[keys.COMPANIES].halls() if hall.number == company.hall), "")


def may_call(actor: Actor) -> bool:
    """Whether the page offers a call: to buyers, and to guests, who may become one."""
    return actor.role is Role.GUEST or may(actor, Permission.REQUEST_CALL)


def _poster(scene: Scene) -> str:
    company = scene.company
    return f"/thumbnails/{company.room}.jpg" if scene.has_picture else f"/pictures/{company.portrait}"


async def _captions(app: web.Application, show: Show | None, loop: Film | None) -> dict[str, Any]:
    """Return what is played here, by the id that its captions have, and the languages they are in so far."""
    played = _played(show, loop)
    languages = await app[keys.CAPTIONS].languages(played) if played else []
    return {"captions_of": played, "captions": [language for language, _name in languages]}


def _played(show: Show | None, loop: Film | None) -> ShowId | None:
    """Return the running show or the recording that runs as one; in a dark room what fills the time."""
    if show is not None:
        return show.film.recording if show.film else show.id
    return ShowId(loop.show) if loop else None


def _data(request: web.Request, scene: Scene, actor: Actor, film: Film | None) -> dict[str, Any]:
    room = scene.company.room
    return {
        "room": room,
        "company": scene.company.name,
        "show": show_data(scene.show),
        "pinned": product_data(scene.pinned) if scene.pinned else None,
        "viewers": scene.viewers,
        "duty": duty_data(list(scene.duty)),
        "posts": [post_data(post, actor.id) for post in scene.posts],
        "may_post": may(actor, Permission.POST, room),
        "ask": request.query.get("ask") == "1",
        "whep_url": f"/whep/{room}",
        **hls_addresses(request.app[keys.SETTINGS]),
        "loop": film.data() if film else None,
        "thumbnail": f"/thumbnails/{room}.jpg",
        "appointment_url": appointment_url(room),
        "remind": request.query.get("remind", ""),
        "sign_in_url": sign_in_url(request.path),
        "sign_in_to_ask_url": sign_in_url(f"{request.path}?ask=1"),
        "now": request.app[keys.CLOCK](),
    }


def hls_addresses(settings: Settings) -> dict[str, str]:
    """Return where any show is as HLS, `{show}` standing for its id; empty where none is served."""
    is_served = settings.hls.enabled and settings.recording.enabled
    names = {"hls_url": "index.m3u8", "whole_url": "whole/index.m3u8"}
    return {name: f"/hls/{{show}}/{path}" if is_served else "" for name, path in names.items()}

"""The replay of a show: its recording with everything that was on the table and said, at its second."""

from __future__ import annotations

import asyncio
import math
from typing import Any

from aiohttp import web

from config.errors import Missing
from config.ids import ShowId
from media.recording.facts import GAP_SECONDS
from rooms.fair.moments import Chapter
from rooms.fair.policy import Actor, Permission, Role, may
from rooms.fair.products import Product
from rooms.fair.recording import Kind, Recording
from rooms.fair.recording_memory import Gap, gaps_of, remembered
from web import keys
from web.identity import actor_of, allow
from web.pages.closed_replay import closed_page
from web.pages.data import duty_data, product_data
from web.pages.programme import coming_in, may_be_reminded
from web.pages.room import Scene, company_of, may_call, scene_of
from web.replays import (
    access_words,
    forms_of_recording,
    left_out,
    poster_of,
    replays_of,
    source_of,
    title_of,
)
from web.templating import render

POSTS_WITHOUT_SCRIPTS = 200


@allow(Permission.WATCH)
async def replay(request: web.Request) -> web.Response:
    """Show a recording from second `t` on; `ask=1` continues a request that signing in has interrupted."""
    actor, app = await actor_of(request), request.app
    scene = await scene_of(app, await company_of(request))
    recording = await _recording(request, scene)
    closed = await closed_page(request, actor, recording, scene)
    if closed is not None:
        return closed
    show = ShowId(recording.id)
    chapters, posts, gaps, source, past, tongues = await asyncio.gather(
        app[keys.MOMENTS].chapters(show), app[keys.MOMENTS].posts(show, limit=POSTS_WITHOUT_SCRIPTS),
        gaps_of(app[keys.DATABASE], recording.id, GAP_SECONDS), source_of(app, recording),
        replays_of(request, actor, scene.company, recording.id), app[keys.CAPTIONS].languages(show),
    )
    forms = await forms_of_recording(app, recording)
    ahead = await coming_in(app, actor, scene.company.room)
    shelf = {product.id: product for product in scene.products}
    marked = [_chapter(chapter, shelf.get(chapter.product)) for chapter in chapters]
    data = {
        **_data(request, scene, recording), "chapters": marked, "gaps": [_gap(gap) for gap in gaps],
        "source": source, "captions": [language for language, _name in tongues],
    }
    return await render(
        request, "replay.html", data=data, scene=scene, company=scene.company, recording=recording,
        title=title_of(recording), access_words=access_words(recording), chapters=_listed(chapters, shelf),
        seconds_of=_first_seconds(chapters), posts=posts, past=past,
        announced=[it for it in ahead if not it.is_on_air], may_be_reminded=may_be_reminded(actor),
        is_hls=source.endswith(".m3u8"), poster=poster_of(recording, scene.company),
        may_call=may_call(actor) and scene.company.left_at is None, is_own=_is_own(actor, scene),
        left_out=left_out(forms), others=forms[1:],
    )


async def _recording(request: web.Request, scene: Scene) -> Recording:
    recording = await remembered(request.app[keys.DATABASE], request.match_info["show"])
    if recording.room != scene.company.room or recording.kind is not Kind.SHOW:
        raise Missing("There is no such recording.", code="no_recording")
    return recording


def _data(request: web.Request, scene: Scene, recording: Recording) -> dict[str, Any]:
    return {
        "room": scene.company.room,
        "company": scene.company.name,
        "has_left": scene.company.left_at is not None,
        "show": {"id": recording.id, "started_at": recording.started_at},
        "seconds": recording.seconds,
        "sprite_url": f"/shows/{recording.id}/sprite.json",
        "posts_url": f"/api/shows/{recording.id}/posts",
        "duty": duty_data(list(scene.duty)),
        "at": _second(request.query.get("t", ""), recording.seconds),
        "ask": request.query.get("ask") == "1",
        "now": request.app[keys.CLOCK](),
    }


def _second(text: str, length: float) -> float:
    """Return where a link leads: inside the recording, whatever it says."""
    try:
        second = float(text or 0)
    except ValueError:
        return 0.0
    return min(max(second, 0.0), max(length - 1, 0.0)) if math.isfinite(second) else 0.0


def _chapter(chapter: Chapter, product: Product | None) -> dict[str, Any]:
    shown = product_data(product) if product else None
    return {"second": chapter.second, "title": chapter.title, "product": shown}


def _gap(gap: Gap) -> dict[str, float]:
    return {"from": gap.start, "to": gap.end}


def _listed(chapters: list[Chapter], shelf: dict[Any, Product]) -> list[dict[str, Any]]:
    """Return chapters as the page lists them, with the pictures of products that are still on the shelf."""
    pictures = {product: facts.picture for product, facts in shelf.items()}
    return [
        {"second": chapter.second, "title": chapter.title, "picture": pictures.get(chapter.product)}
        for chapter in chapters
    ]


def _first_seconds(chapters: list[Chapter]) -> dict[str, float]:
    return {chapter.product: chapter.second for chapter in reversed(chapters)}


def _is_own(actor: Actor, scene: Scene) -> bool:
    return actor.role is not Role.GUEST and may(actor, Permission.MANAGE_RECORDINGS, scene.company.room)

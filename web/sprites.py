"""The seek bar's pictures over HTTP, for those who may watch the show."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path

from aiohttp import web

from config.errors import Missing
from config.ids import ShowId
from media.recording.sprites import INTERVAL_SECONDS, Sprite, read_sprite, sheet_path
from web import keys
from web.watching import watched_show

RECORDINGS = "recordings"
FOR_EVER = "private, max-age=31536000, immutable"
GROWING = f"private, max-age={int(INTERVAL_SECONDS)}"


async def index(request: web.Request) -> web.Response:
    """Say how many tiles there are and on which sheets."""
    show = await watched_show(request)
    sprite = await _sprite(request, show)
    urls = [f"/shows/{show}/sprite-{number}.jpg{_version(sprite, number)}" for number in range(sprite.sheets)]
    return web.json_response({**asdict(sprite), "urls": urls}, headers={"Cache-Control": "private, no-cache"})


async def sheet(request: web.Request) -> web.FileResponse:
    """Send a sheet; one that is full does not change any more."""
    show, number = await watched_show(request), int(request.match_info["number"])
    sprite = await _sprite(request, show)
    path = sheet_path(_folder(request), show, number)
    if not await asyncio.to_thread(path.is_file):
        raise Missing("There is no such picture.", code="no_picture")
    age = FOR_EVER if sprite.is_full(number) else GROWING
    return web.FileResponse(path, headers={"Content-Type": "image/jpeg", "Cache-Control": age})


def _version(sprite: Sprite, number: int) -> str:
    """Return what makes the address of a sheet that grows another one when it has grown."""
    return "" if sprite.is_full(number) else f"?tiles={sprite.count}"


async def _sprite(request: web.Request, show: ShowId) -> Sprite:
    sprite = await asyncio.to_thread(read_sprite, _folder(request), show)
    if sprite is None:
        raise Missing("There are no pictures of this show.", code="no_picture")
    return sprite


def _folder(request: web.Request) -> Path:
    return request.app[keys.SETTINGS].data.folder / RECORDINGS

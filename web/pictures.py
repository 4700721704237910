"""Files and pictures: static files, pictures of companies and products, and the live picture of a room."""

from __future__ import annotations

import re

from aiohttp import web

from config.errors import Missing
from config.ids import RoomId
from rooms.fair.pictures import FOLDER, NO_PICTURE
from web import keys
from web.i18n import gettext
from web.identity import actor_of

NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]{0,100}\.(webp|jpg|png)$")
"""Names of pictures are made by the server; nothing else is looked for."""

TYPES = {"webp": "image/webp", "jpg": "image/jpeg", "png": "image/png"}
FOR_EVER = "public, max-age=31536000, immutable"


async def picture(request: web.Request) -> web.FileResponse:
    """Send a picture; its content never changes under its name."""
    found = NAME.match(request.match_info["name"])
    if found is None:
        raise Missing(gettext("There is no such picture."), code="no_picture")
    if found[0] == NO_PICTURE:
        return request.app[keys.ASSETS].response(NO_PICTURE)
    path = request.app[keys.SETTINGS].data.folder / FOLDER / found[0]
    if path.is_symlink() or not path.is_file():
        raise Missing(gettext("There is no such picture."), code="no_picture")
    return web.FileResponse(path, headers={"Content-Type": TYPES[found[1]], "Cache-Control": FOR_EVER})


async def keep_sent(request: web.Request) -> str:
    """Keep the picture that is the body of a request, and return its name."""
    request.app[keys.PICTURE_ALLOWANCE].take((await actor_of(request)).id)
    return await request.app[keys.PICTURES].keep(await request.read())


def kept(name: str) -> web.Response:
    """Say where a picture is that was kept."""
    return web.json_response({"picture": f"/pictures/{name}"}, headers={"Cache-Control": "no-store"})


async def thumbnail(request: web.Request) -> web.Response:
    """Send the newest still of a show, for some seconds of caching."""
    jpeg = request.app[keys.STAGE].stills.of(RoomId(request.match_info["room"]))
    if jpeg is None:
        raise Missing(gettext("There is no live picture of this room now."), code="no_picture")
    seconds = int(request.app[keys.SETTINGS].shows.thumbnail_seconds)
    return web.Response(
        body=jpeg, content_type="image/jpeg", headers={"Cache-Control": f"public, max-age={seconds}"}
    )


async def static(request: web.Request) -> web.FileResponse:
    """Send a script, style or icon of ours."""
    return request.app[keys.ASSETS].response(request.match_info["path"])


async def favicon(request: web.Request) -> web.FileResponse:
    """Send the icon to browsers that ask without being told."""
    return request.app[keys.ASSETS].response("favicon.svg")

"""The HTTP interface for programs: its OpenAPI document, and the page that explains it to people."""

from __future__ import annotations

import hashlib

from aiohttp import web
from markupsafe import Markup

from web import keys
from web.openapi import reading
from web.openapi.document import SHAPES, TAGS, document
from web.openapi.introduction import OVERVIEW, SECTIONS, sample_of
from web.openapi.parameters import PATH_PARAMETERS, names_in
from web.openapi.refusals import REFUSALS, STATUSES
from web.templating import render

KEPT = "public, max-age=300"


async def openapi(request: web.Request) -> web.Response:
    """Give the document."""
    body = document(request.app[keys.SETTINGS].public_url)
    tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    headers = {"Cache-Control": KEPT, "ETag": tag}
    if request.headers.get("If-None-Match") == tag:
        return web.Response(status=304, headers=headers)
    return web.Response(body=body, content_type="application/json", headers=headers)


async def docs(request: web.Request) -> web.Response:
    """Show the document."""
    return await render(
        request, "api_docs.html", tags=TAGS, shapes=SHAPES, refusals=REFUSALS, statuses=STATUSES,
        overview=OVERVIEW, sections=SECTIONS, reading=reading, parameters=PATH_PARAMETERS, names_in=names_in,
        sample_of=sample_of, marked=marked, fair=request.app[keys.SETTINGS].public_url,
    )


def marked(text: str) -> Markup:
    """Return a text in which what stands between backticks is code."""
    parts = text.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else part for place, part in enumerate(parts)
    )

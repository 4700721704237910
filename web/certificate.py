"""The fair's certificate and public key over HTTP, with which anybody can check what the fair sealed."""

from __future__ import annotations

import hashlib

from aiohttp import web

from web import keys

PEM = "application/x-pem-file"
KEPT = "public, max-age=3600"


async def published(request: web.Request) -> web.Response:
    """Give what `showroom verify --certificate` wants."""
    pem = request.app[keys.SHEETS].published
    tag = f'"{hashlib.sha256(pem).hexdigest()[:16]}"'
    headers = {"Cache-Control": KEPT, "ETag": tag}
    if request.headers.get("If-None-Match") == tag:
        return web.Response(status=304, headers=headers)
    headers["Content-Disposition"] = 'attachment; filename="fair-certificate.pem"'
    return web.Response(body=pem, content_type=PEM, headers=headers)

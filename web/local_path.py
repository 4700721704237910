"""Where to go next: only ever to a page of ours."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from aiohttp import web

_LOCAL = re.compile(r"^/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,1000}$")


def local_path(text: str, otherwise: str = "/") -> str:
    """Return `text` if it is a path on this very server, else `otherwise`.

    Browsers take `//host`, `/\\host` and control characters as ways to leave; none of them passes.
    """
    if not _LOCAL.match(text):
        return otherwise
    try:
        parts = urlsplit(text)
    except ValueError:
        return otherwise
    return text if not parts.scheme and not parts.netloc else otherwise


def see_other(path: str) -> web.Response:
    """Return the answer that leads a browser on to `path`."""
    return web.Response(status=303, headers={"Location": path})

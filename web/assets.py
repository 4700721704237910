"""Static files: their versioned addresses, their caching, and the icons that are drawn into pages.

An address is `/static/v/<version>/<path>`, where the version is a digest of all files. Modules import
each other by relative path, so a page's first module decides the version of them all, and every one
may be cached for ever. The same path without a version works too and is revalidated each time.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from xml.etree import ElementTree as ET

from aiohttp import web
from markupsafe import Markup

from config.errors import Missing

FOLDER = Path(__file__).parent / "static"
_SVG = "{http://www.w3.org/2000/svg}"
_VERSIONED = re.compile(r"^v/([0-9a-f]{12})/")
_MIRRORED = frozenset(
    {"arrow-left", "arrow-right", "chevron-left", "chevron-right", "log-in", "log-out", "send"}
)
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".wav": "audio/wav",
    ".txt": "text/plain; charset=utf-8",
}
"""What is served, by ending; anything else in the folder is not."""


class Assets:
    """The files under one folder, found once at start; a path that is not among them does not exist."""

    def __init__(self, folder: Path = FOLDER) -> None:
        found = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix in TYPES)
        self._files = {path.relative_to(folder).as_posix(): path for path in found}
        self.version = _digest(found)
        self._icons = _icons_in(folder / "icons.svg")

    def url(self, path: str) -> str:
        """Return the versioned address of a file; raise `Missing` for a file that is not there."""
        if path not in self._files:
            raise Missing(f"there is no static file {path}")
        return f"/static/v/{self.version}/{path}"

    def icon(self, name: str) -> Markup:
        """Return an icon as inline SVG, hidden from screen readers: the control beside it has the name."""
        if name not in self._icons:
            raise Missing(f"there is no icon {name}; add it to tools/vendor.mjs")
        return self._icons[name]

    def response(self, path: str) -> web.FileResponse:
        """Return the file at `path`, cached for ever when its version is the present one."""
        versioned = _VERSIONED.match(path)
        plain = path[versioned.end() :] if versioned else path
        if plain not in self._files:
            raise Missing("There is no such file.")
        file = self._files[plain]
        fresh = versioned is not None and versioned[1] == self.version
        headers = {
            "Content-Type": TYPES[file.suffix],
            "Cache-Control": "public, max-age=31536000, immutable" if fresh else "no-cache",
        }
        return web.FileResponse(file, headers=headers)


def _digest(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _icons_in(sprite: Path) -> dict[str, Markup]:
    if not sprite.exists():
        return {}
    ET.register_namespace("", _SVG[1:-1])
    root = ET.fromstring(sprite.read_text("utf-8"))  # noqa: S314 - our own file, built by tools/vendor.mjs
    return {symbol.attrib["id"]: _inline(symbol) for symbol in root.iter(f"{_SVG}symbol")}


def _inline(symbol: ET.Element) -> Markup:
    name = symbol.attrib["id"]
    shapes = "".join(ET.tostring(shape, "unicode") for shape in symbol)
    shapes = shapes.replace(' xmlns="http://www.w3.org/2000/svg"', "")
    classes = "icon icon-mirrored" if name in _MIRRORED else "icon"
    return Markup(f'<svg class="{classes}" viewBox="0 0 24 24" aria-hidden="true">{shapes}</svg>')  # noqa: S704 - ditto
